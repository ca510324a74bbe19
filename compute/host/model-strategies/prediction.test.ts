import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openLearning, type TreeModel } from '../learning/learning.node.ts';
import { madeSamples, rowOf } from '../learning/made-samples.ts';
import { fitIsotonic, fitPlatt, type Calibration } from '../models/calibration.ts';
import { scores, type LinearModel } from '../models/model.ts';
import { randomTraining } from '../models/random-training.ts';
import { sigmoid } from '../models/sigmoid.ts';
import { trainLogistic } from '../models/logistic.ts';
import { trainRidge } from '../models/least-squares.ts';
import { predictAny, type AnyModel } from './any-model.ts';
import { carriedBytes } from './carried-bytes.ts';

const ROOT = fileURLToPath(new URL('../../assembly/models', import.meta.url));
const ENTRY = 'prediction.test.entry.ts';
/** The prediction of a strategy's module alone, with the model and the row where the host puts them. */
const SOURCE = `import { Predictor } from './prediction';
import { predictorAt } from './predictor';
export { sigmoid } from './sigmoid';
let predictor: Predictor | null = null;
export function room(bytes: usize): usize { return heap.alloc(bytes); }
export function take(address: usize): void { predictor = predictorAt(address); }
export function predict(row: usize): f64 { return predictor!.predict(row); }
export function spread(row: usize): f64 { return predictor!.spread(row); }`;

interface Prediction {
  readonly memory: WebAssembly.Memory;
  room(bytes: number): number;
  take(address: number): void;
  predict(row: number): number;
  spread(row: number): number;
  sigmoid(z: number): number;
}

let module: Prediction;
beforeAll(async () => {
  let wasm = new Uint8Array(0);
  const flags = ['--outFile', 'module.wasm', '--runtime', 'minimal', '--enable', 'simd', '--optimizeLevel', '3'];
  const { error } = await asc.main([ENTRY, '--baseDir', ROOT, ...flags], {
    readFile: async (name, base) => (name === ENTRY ? SOURCE : readFile(`${base}/${name}`, 'utf8').catch(() => null)),
    writeFile: (_, contents) => {
      if (typeof contents !== 'string') wasm = Uint8Array.from(contents);
    },
  });
  if (error) throw error;
  const abort = (): never => {
    throw new Error('The module aborted.');
  };
  const { instance } = await WebAssembly.instantiate(wasm, { env: { abort } });
  module = instance.exports as unknown as Prediction;
});

const learning = await openLearning();

/** What the module says of rows, with the bytes that it would carry. */
function asked(model: AnyModel, rows: readonly Float64Array[], question: 'predict' | 'spread'): readonly number[] {
  const bytes = carriedBytes(model);
  const address = module.room(bytes.length + 16);
  const row = module.room((rows[0]?.length ?? 0) * 8);
  new Uint8Array(module.memory.buffer).set(bytes, address);
  module.take(address);
  return rows.map((values) => {
    new Float64Array(module.memory.buffer, row, values.length).set(values);
    return module[question](row);
  });
}

function expectSameBits(model: AnyModel, rows: readonly Float64Array[]): void {
  expect(asked(model, rows, 'predict')).toEqual(rows.map((row) => predictAny(model, row)));
}

const made = madeSamples('class', { rows: 400, features: 5 });
const values = madeSamples('value', { rows: 400, features: 5 });
const rows = Array.from({ length: 400 }, (_, row) => rowOf(made.columns, row));

describe('a module predicts what the host predicts, bit for bit', () => {
  test('the sigmoid', () =>
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -800, max: 800 }), (z) => {
        expect(module.sigmoid(z)).toBe(sigmoid(z));
      }),
      { numRuns: 3000 },
    ));

  test.each<{ name: string; model: () => AnyModel }>([
    { name: 'boosted trees', model: () => ({ form: 'trees', model: learning.boost(made, { objective: 'binary', trees: 60 }).model }) },
    { name: 'a forest', model: () => ({ form: 'trees', model: learning.growForest(made, { objective: 'binary', trees: 20 }).model }) },
    {
      name: 'boosted values',
      model: () => ({ form: 'trees', model: learning.boost(values, { objective: 'regression', trees: 30 }).model }),
    },
    {
      name: 'a boosted quantile',
      model: () => ({ form: 'trees', model: learning.boost(values, { objective: 'quantile', quantile: 0.9, trees: 20 }).model }),
    },
    {
      name: 'a forest of values',
      model: () => ({ form: 'trees', model: learning.growForest(values, { objective: 'regression', trees: 9 }).model }),
    },
  ])('$name', ({ model }) => expectSameBits(model(), rows));

  const calibrations: Readonly<Record<string, (model: LinearModel, found: Float64Array, y: Float64Array) => Calibration | null>> = {
    'logistic regression': () => null,
    'with Platt’s sigmoid': (_, found, y) => fitPlatt(found, y),
    'with isotonic steps': (_, found, y) => fitIsotonic(found, y),
  };
  test.each(Object.entries(calibrations))('%s', (_, calibrate) =>
    fc.assert(
      fc.property(randomTraining, ({ data }) => {
        const plain = trainLogistic(data);
        const model = { ...plain, calibration: calibrate(plain, scores(plain, data), data.y) };
        const { columns } = data.x;
        const own = Array.from({ length: data.x.rows }, (_row, row) => data.x.values.slice(row * columns, (row + 1) * columns));
        const beyond = own.map((row) => row.map((value) => value * 50));
        expectSameBits({ form: 'linear', model }, [...own, ...beyond]);
      }),
      { numRuns: 30 },
    ),
  );

  test('ridge regression', () =>
    fc.assert(
      fc.property(randomTraining, ({ data, values: y }) => {
        const { columns } = data.x;
        const model = trainRidge({ ...data, y });
        const own = Array.from({ length: data.x.rows }, (_row, row) => data.x.values.slice(row * columns, (row + 1) * columns));
        expectSameBits({ form: 'linear', model }, own);
      }),
      { numRuns: 20 },
    ));
});

describe('how far the members of an ensemble are apart', () => {
  /** What each tree says by itself. */
  const votesOf = (model: TreeModel, row: Float64Array): readonly number[] =>
    Array.from({ length: model.roots.length - 1 }, (_, tree) => {
      let node = model.roots[tree] ?? 0;
      while (model.features[node] !== 0xffff) {
        const goesLeft = (row[(model.features[node] ?? 0) & 0x7fff] ?? Number.NaN) <= (model.values[node] ?? 0);
        node = (model.lefts[node] ?? 0) + (goesLeft ? 0 : 1);
      }
      return (model.baseScores[0] ?? 0) + (model.values[node] ?? 0) * (model.roots.length - 1);
    });

  test.each<{ name: string; model: () => TreeModel }>([
    { name: 'a forest', model: () => learning.growForest(made, { objective: 'binary', trees: 25 }).model },
    { name: 'a forest of values', model: () => learning.growForest(values, { objective: 'regression', trees: 9 }).model },
  ])('$name: the standard deviation of its trees', ({ model: grow }) => {
    const model = grow();
    const found = asked({ form: 'trees', model }, rows, 'spread');
    for (const [index, row] of rows.entries()) {
      const votes = votesOf(model, row);
      const mean = votes.reduce((sum, vote) => sum + vote, 0) / votes.length;
      const variance = votes.reduce((sum, vote) => sum + (vote - mean) ** 2, 0) / votes.length;
      expect(found[index]).toBeCloseTo(Math.sqrt(variance), 12);
    }
    expect(Math.max(...found)).toBeGreaterThan(0.01);
  });

  test('boosted trees and linear models have no members', () => {
    const boosted = learning.boost(made, { objective: 'binary', trees: 5 }).model;
    expect(asked({ form: 'trees', model: boosted }, rows.slice(0, 3), 'spread')).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

test('a model of several classes is not carried', () => {
  const several = madeSamples('class', { rows: 400, features: 3 }, 3);
  const { model } = learning.boost(several, { objective: 'multiclass', classes: 3, trees: 3 });
  expect(() => carriedBytes({ form: 'trees', model })).toThrow('A module cannot carry a model of several classes');
});
