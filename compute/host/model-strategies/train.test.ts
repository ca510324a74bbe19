import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenBars } from '../golden-features.ts';
import { openIndicators } from '../indicators.node.ts';
import { openLearning } from '../learning/learning.node.ts';
import { cutSeries, type SymbolSeries } from '../timeline.ts';
import { decodeAny, predictAny } from './any-model.ts';
import { modelModule } from './cached-module.ts';
import { carriedSource } from './carried-source.ts';
import { checkFreeFolder, readModelFolder, writeModelFolder } from './folder.ts';
import { writeManifest } from './manifest.ts';
import { inspectModelFolder, listModels } from './model-list.ts';
import { predictionLines } from './predictions.ts';
import { trainingSummary } from './summary.ts';
import { readCsvSeries } from '../datasets/dataset-flags.ts';
import { parseTrain, type TrainCommand } from './train-command.ts';
import { trainStrategy, type TrainedStrategy } from './train.ts';

const trainers = { indicators: await openIndicators(), learning: await openLearning(), compile: modelModule };
const bars = cutSeries(goldenBars('AAPL_daily_splitadj_2013_2018'), undefined, Date.parse('2015-12-31'));
const series: readonly SymbolSeries[] = [{ symbol: 'AAPL', bars }];

const COMMAND: TrainCommand = {
  csv: 'bars.csv',
  strategy: 'ml-direction',
  out: 'model',
  features: 'return_5,volatility_21,rsi_14',
  modelParam: ['trees=12', 'leafSamplesMin=5'],
  split: 'k-fold:3',
};

const train = (changes: Partial<TrainCommand> = {}, over = series): Promise<TrainedStrategy> =>
  trainStrategy({ ...parseTrain({ ...COMMAND, ...changes }, '0.0.0'), series: over }, trainers);

let trained: TrainedStrategy;
let home: string;
let folder: string;
beforeAll(async () => {
  trained = await train();
  home = await mkdtemp(join(tmpdir(), 'tidemark-models-'));
  folder = join(home, 'aapl');
  await writeModelFolder(folder, trained);
});
afterAll(() => rm(home, { recursive: true }));

describe('a training', () => {
  test('gives the same bytes again', async () => {
    const again = await train();
    expect(Buffer.compare(again.model, trained.model)).toBe(0);
    expect(Buffer.compare(writeManifest(again.manifest), writeManifest(trained.manifest))).toBe(0);
    expect(again.module.version).toBe(trained.module.version);
  });

  test('of another seed or threshold of what is drawn is another model, and another version of the strategy', async () => {
    const other = carriedSource({ model: decodeAny(trained.model), horizon: 6 });
    expect(other).not.toBe(carriedSource({ model: decodeAny(trained.model), horizon: 5 }));
    expect(trained.module.description.description).toContain(trained.manifest.id);
  });

  test('says where the model comes from', () => {
    const { manifest } = trained;
    expect(manifest.features.map(({ name, version }) => `${name}@${version}`)).toEqual(['return_5@2', 'volatility_21@2', 'rsi_14@1']);
    expect(manifest).toMatchObject({
      kind: 'boosting (binary)',
      horizon: 5,
      parent: null,
      training: { kind: 'boosting', seed: 0, calibration: 'none' },
    });
    expect(manifest.training.parameters).toMatchObject({ trees: 12, depthMax: 3, learningRate: 0.05 });
    expect(manifest.validation.folds).toHaveLength(3);
  });

  test('tells in words that it has found nothing', () => {
    const told = trainingSummary(trained.manifest);
    expect(told).toContain('AUC');
    expect(told).toMatch(/Nothing was found: mean log-loss on unseen rows is not below/);
    expect(told).toContain('count your tries');
  });
});

describe('a folder of a model', () => {
  test('is read as it was written', async () => {
    const { manifest, model, module } = await readModelFolder(folder);
    expect(manifest).toEqual(trained.manifest);
    expect(module.version).toBe(trained.module.version);
    expect(predictAny(model, Float64Array.of(0.01, 0.02, 0.5))).toBe(
      predictAny(decodeAny(trained.model), Float64Array.of(0.01, 0.02, 0.5)),
    );
    expect(await listModels(home)).toEqual([{ folder, manifest: trained.manifest, problem: undefined }]);
    expect(await inspectModelFolder(folder)).toMatchObject({ problem: undefined });
  });

  test('is never written over', async () => {
    await expect(checkFreeFolder(folder)).rejects.toThrow('is not empty: name a new folder');
    await expect(checkFreeFolder(join(home, 'new'))).resolves.toBeUndefined();
  });

  const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
  test.each<{ name: string; file: string; change: (bytes: Uint8Array) => Uint8Array; problem: RegExp }>([
    {
      name: 'a bit of the model',
      file: 'model.trees',
      change: (bytes) => flipped(bytes, 200),
      problem: /^The model file is [0-9a-f]{64}, and not/,
    },
    {
      name: 'a foreign model',
      file: 'model.trees',
      change: () => new TextEncoder().encode('{"lightgbm": 1}\n'),
      problem: /^The model file is/,
    },
    {
      name: 'half a module',
      file: 'strategy.wasm',
      change: (bytes) => bytes.subarray(0, 900),
      problem: /strategy.wasm is [0-9a-f]{64}, and the manifest says/,
    },
    { name: 'a changed manifest', file: 'manifest.json', change: (bytes) => flipped(bytes, 40), problem: /manifest.json is damaged/ },
    {
      name: 'features of another training',
      file: 'manifest.json',
      change: () => writeManifest({ ...trained.manifest, features: trained.manifest.features.map((each) => ({ ...each, version: 9 })) }),
      problem: /and its manifest says return_5@9/,
    },
  ])('with $name is refused', async ({ file, change, problem }) => {
    const copy = join(home, `damaged-${file}-${problem.source.length}`);
    await mkdir(copy);
    for (const name of ['model.trees', 'strategy.wasm', 'manifest.json']) {
      const bytes = await readFile(join(folder, name));
      await writeFile(join(copy, name), name === file ? change(bytes) : bytes);
    }
    const { problem: found } = await inspectModelFolder(copy);
    expect(found).toMatch(problem);
    await expect(readModelFolder(copy)).rejects.toThrow(problem);
    await rm(copy, { recursive: true });
  });

  test('without a file is no whole folder', async () => {
    expect((await inspectModelFolder(home)).problem).toContain('holds no manifest.json that can be read');
  });
});

describe('predictions', () => {
  const parse = (lines: Iterable<string>): readonly (readonly string[])[] => Array.from(lines, (line) => line.trimEnd().split(','));

  test('are the model’s on what the module saw, and explained to the last part', async () => {
    const read = await readModelFolder(folder);
    const [head = [], ...rows] = parse(
      predictionLines(read, series, { parameters: { long: 0.51, short: 0.5 }, features: true, explain: true }),
    );
    expect(head.join()).toBe(
      'time,symbol,probability,decision,reason,return_5@2,volatility_21@2,rsi_14@1,base,shap_return_5@2,shap_volatility_21@2,shap_rsi_14@1',
    );
    expect(rows).toHaveLength(bars.length);
    const empty = rows.filter((row) => row[2] === '');
    expect(empty).toHaveLength(21);
    expect(new Set(empty.map((row) => row[3]))).toEqual(new Set(['']));
    const whole = rows.filter((row) => row[2] !== '').map((row) => row.map((cell) => cell.replaceAll('"', '')));
    for (const row of whole) {
      // A reason with a comma is quoted, and counts as two cells here.
      const numbers = row.slice(-7).map(Number);
      expect(predictAny(read.model, Float64Array.from(numbers.slice(0, 3)))).toBe(Number(row[2]));
      const score = numbers.slice(3).reduce((sum, part) => sum + part, 0);
      expect(1 / (1 + Math.exp(-score))).toBeCloseTo(Number(row[2]), 9);
    }
    expect(new Set(whole.map((row) => row[3]))).toEqual(new Set(['LONG', 'OUT', 'ABSTAIN']));
  });
});

describe('bad input is refused', () => {
  const flat = { ...bars, volume: bars.volume.map(() => 0) };
  const rising = {
    ...bars,
    close: bars.close.map((_, bar) => 100 + bar),
    open: bars.close.map((_, bar) => 100 + bar),
    low: bars.close.map((_, bar) => 99 + bar),
    high: bars.close.map((_, bar) => 102 + bar + (bar % 3)),
  };
  const nowhere = { ...bars, close: bars.close.map((price, bar) => (bar === 7 ? Number.NaN : price)) };
  const of = (only: typeof bars): readonly SymbolSeries[] => [{ symbol: 'AAPL', bars: only }];
  test.each<{ name: string; run: () => Promise<unknown>; message: string }>([
    {
      name: 'too few rows',
      run: () => train({}, of(cutSeries(bars, undefined, Date.parse('2013-06-20')))),
      message: 'Only 2 bars have all features, a label',
    },
    { name: 'one class', run: () => train({ features: 'range_5,volatility_21' }, of(rising)), message: 'no row is of class 0' },
    {
      name: 'a constant feature',
      run: () => train({ features: 'return_5,volume_z_20' }, of(flat)),
      message: 'the feature volume_z_20@2 is 0 in every row',
    },
    { name: 'not a number', run: () => train({}, of(nowhere)), message: 'features: close[7] is NaN' },
    { name: 'an unknown feature', run: () => train({ features: 'oracle' }), message: 'There is no feature oracle' },
    { name: 'a label of values for a direction', run: () => train({ label: 'return:5' }), message: 'give it a label of two classes' },
    {
      name: 'a regression of classes',
      run: () => train({ model: 'ridge', modelParam: [] }),
      message: 'one that learns labels of two classes: boosting, forest, logistic',
    },
    { name: 'a calibration of trees', run: () => train({ calibration: 'platt' }), message: 'leave the calibration out' },
    { name: 'a parameter that is none', run: () => train({ model: 'logistic' }), message: 'it takes penalty' },
    { name: 'too many folds', run: () => train({ split: 'k-fold:900' }), message: 'purgedKFold' },
    {
      name: 'a label without a horizon',
      run: () => train({ label: 'direction' }),
      message: '--label is "direction"; it must have numbers, as direction:HORIZON',
    },
    { name: 'another strategy', run: () => train({ strategy: 'sma-crossover' }), message: 'it must be one of ml-direction, ml-rank' },
    { name: 'a file without such bars', run: () => readCsvSeries({ csv: join(home, 'none.csv') }), message: 'none.csv: cannot be read' },
  ])('$name', async ({ run, message }) => {
    await expect((async () => run())()).rejects.toThrow(message);
  });

  test('a model of a feature that is computed in another way now', () => {
    const model = decodeAny(trained.model);
    if (model.form !== 'trees') throw new Error('Invariant: the model is of trees');
    const old = { ...model, model: { ...model.model, names: model.model.names.map((name) => name.replace('return_5@2', 'return_5@1')) } };
    expect(() => carriedSource({ model: old, horizon: 5 })).toThrow(
      'trained with return_5@1, and this program computes return_5@2: the figures differ',
    );
  });
});
