import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { compileLearning } from '../../build.ts';
import { sigmoid } from '../models/sigmoid.ts';
import {
  LEARNING_WASM,
  ParameterError,
  importancesOf,
  loadLearning,
  openLearning,
  predictRow,
  predictionOf,
  scoresOf,
} from './learning.node.ts';
import type { BoostingParameters, ForestParameters, Samples, TreeModel } from './learning.node.ts';
import { madeSamples } from './made-samples.ts';
import { LEAF } from './model.ts';

const learning = await openLearning();
const good = madeSamples('class', { rows: 200, features: 3 });
const binary: BoostingParameters = { objective: 'binary', trees: 3 };

const withColumn = (column: Float64Array): Samples => ({ ...good, columns: [column, ...good.columns.slice(1)] });
const changed = (values: Float64Array | undefined, row: number, value: number): Float64Array =>
  (values ?? new Float64Array()).with(row, value);

test('the module that is built is the one that the sources give', async () => {
  expect(Buffer.from(await compileLearning()).equals(await readFile(LEARNING_WASM))).toBe(true);
});

test('bytes and a compiled module load alike', async () => {
  const ofModule = await loadLearning(await WebAssembly.compile(await readFile(LEARNING_WASM)));
  expect(ofModule.boost(good, binary)).toEqual(learning.boost(good, binary));
});

describe('samples that cannot be used are refused with the reason', () => {
  test.each<{ name: string; samples: Samples; reason: RegExp; parameters?: BoostingParameters }>([
    { name: 'no rows', samples: { names: ['a'], columns: [new Float64Array()], target: new Float64Array() }, reason: /0 rows/ },
    { name: 'too few rows', samples: madeSamples('class', { rows: 39, features: 2 }), reason: /39 rows, but one split needs 40/ },
    { name: 'one class only', samples: { ...good, target: new Float64Array(200).fill(1) }, reason: /no row is of class 0/ },
    {
      name: 'a target that is no class',
      samples: { ...good, target: changed(good.target, 7, 0.5) },
      reason: /target of row 7 is 0.5.*class from 0 to 1/,
    },
    {
      name: 'a target that is no number',
      samples: { ...good, target: changed(good.target, 9, Number.NaN) },
      reason: /target of row 9 is NaN/,
    },
    {
      name: 'an infinite target',
      samples: { ...good, target: changed(good.target, 9, Infinity) },
      parameters: { objective: 'regression' },
      reason: /target of row 9 is Infinity/,
    },
    { name: 'an infinite value', samples: withColumn(changed(good.columns[0], 3, -Infinity)), reason: /f0 of row 3 is -Infinity/ },
    { name: 'a short column', samples: withColumn(new Float64Array(199)), reason: /f0 has 199 values and the target 200/ },
    { name: 'a column too few', samples: { ...good, columns: good.columns.slice(1) }, reason: /2 columns for 3 names/ },
    { name: 'two of a name', samples: { ...good, names: ['a', 'b', 'a'] }, reason: /two features are called a/ },
    { name: 'no name', samples: { ...good, names: ['a', '', 'c'] }, reason: /1 to 256 bytes/ },
    { name: 'no features', samples: { names: [], columns: [], target: good.target }, reason: /0 features/ },
    { name: 'a negative weight', samples: { ...good, weights: new Float64Array(200).fill(-1) }, reason: /weight of row 0 is -1/ },
    { name: 'no weight at all', samples: { ...good, weights: new Float64Array(200) }, reason: /all weights are zero/ },
    { name: 'short weights', samples: { ...good, weights: new Float64Array(3).fill(1) }, reason: /weights has 3 values/ },
    {
      name: 'features that never vary',
      samples: { ...good, columns: [new Float64Array(200).fill(4), new Float64Array(200).fill(Number.NaN), new Float64Array(200)] },
      reason: /one value in all rows, or none at all/,
    },
    {
      name: 'a class that is never seen',
      samples: good,
      parameters: { objective: 'multiclass', classes: 3 },
      reason: /no row is of class 2/,
    },
    {
      name: 'patience without rows that are held out',
      samples: good,
      parameters: { ...binary, patience: 5 },
      reason: /patience needs rows/,
    },
  ])('$name', ({ samples, reason, parameters = binary }) => {
    expect(() => learning.boost(samples, parameters)).toThrow(RangeError);
    expect(() => learning.boost(samples, parameters)).toThrow(reason);
  });

  test('held-out rows with other features', () => {
    expect(() => learning.boost(good, binary, { ...good, names: ['f1', 'f0', 'f2'] })).toThrow(/in the same order/);
  });

  test('more memory than there may be', () => {
    const wide = madeSamples('class', { rows: 100, features: 600 });
    expect(() => learning.boost(wide, { ...binary, depthMax: 60, leavesMax: 4096, leafSamplesMin: 1 })).toThrow(
      /needs [\d,]+ MiB of memory, but at most 1,024 MiB/,
    );
  });
});

describe('parameters out of bounds are refused with what they may be', () => {
  test.each<{ name: string; parameters: object; reason: RegExp }>([
    { name: 'no objective', parameters: { objective: 'best' }, reason: /objective is "best"/ },
    { name: 'no trees', parameters: { trees: 0 }, reason: /trees is 0, but must be a whole number from 1 to 10000/ },
    { name: 'half a leaf', parameters: { leavesMax: 2.5 }, reason: /leavesMax is 2.5/ },
    { name: 'a rate of zero', parameters: { learningRate: 0 }, reason: /learningRate is 0, but must be a number above 0 to 1/ },
    { name: 'more than all rows', parameters: { rowShare: 1.1 }, reason: /rowShare/ },
    { name: 'too many bins', parameters: { binsMax: 256 }, reason: /binsMax is 256/ },
    { name: 'a seed that is none', parameters: { seed: -1 }, reason: /seed is -1/ },
    { name: 'a name with a slip', parameters: { learningrate: 0.1 }, reason: /no parameter learningrate/ },
    { name: 'classes of two', parameters: { classes: 2 }, reason: /classes is 2, but must be left out/ },
    { name: 'a quantile without a value', parameters: { objective: 'quantile' }, reason: /quantile is undefined, but must be given/ },
    { name: 'a direction that is none', parameters: { monotone: { f0: 2 } }, reason: /monotone.f0 is 2/ },
    { name: 'directions that are none', parameters: { monotone: null }, reason: /monotone is null, but must be 1 or -1 by name/ },
    { name: 'directions in a list', parameters: { monotone: [1] }, reason: /monotone is \[1\]/ },
    { name: 'nothing for a number', parameters: { trees: null }, reason: /trees is null/ },
    { name: 'a direction of no feature', parameters: { monotone: { f9: 1 } }, reason: /monotone.f9/ },
    {
      name: 'classes in order',
      parameters: { objective: 'multiclass', classes: 2, monotone: { f0: 1 } },
      reason: /left out: the probability/,
    },
  ])('$name', ({ parameters, reason }) => {
    const all = { ...binary, ...parameters } as BoostingParameters;
    expect(() => learning.boost(good, all)).toThrow(ParameterError);
    expect(() => learning.boost(good, all)).toThrow(reason);
  });
});

describe('a forest has rows to split, although it draws some of them twice', () => {
  const forest = (rows: number, parameters: Partial<ForestParameters> = {}): TreeModel =>
    learning.growForest(madeSamples('value', { rows, features: 3 }), { objective: 'regression', trees: 20, ...parameters }).model;

  test.each<{ name: string; rows: number; parameters?: Partial<ForestParameters>; reason: RegExp }>([
    { name: 'ten rows', rows: 10, reason: /draws about 6.5 different rows of 10.*needs 10, as leafSamplesMin is 5: give more rows/ },
    { name: 'too few draws', rows: 100, parameters: { rowShare: 0.1 }, reason: /draws about 9.6 different rows of 100/ },
  ])('$name are refused', ({ rows, parameters, reason }) => {
    expect(() => forest(rows, parameters)).toThrow(RangeError);
    expect(() => forest(rows, parameters)).toThrow(reason);
  });

  test.each([
    { name: 'enough of them', rows: 16, parameters: {} },
    { name: 'smaller leaves', rows: 10, parameters: { leafSamplesMin: 3 } },
  ])('$name are split', ({ rows, parameters }) => expect(forest(rows, parameters).features.some((code) => code !== LEAF)).toBe(true));
});

describe('features that say nothing', () => {
  test('constant and all-missing ones are never asked for, and may be anything later', () => {
    const samples = {
      ...good,
      columns: [good.columns[0] ?? new Float64Array(), new Float64Array(200).fill(4), new Float64Array(200).fill(Number.NaN)],
    };
    const { model } = learning.boost(samples, { ...binary, trees: 30 });
    expect(importancesOf(model)).toEqual(Float64Array.of(1, 0, 0));
    expect(predictRow(model, [0.3, 99, -5])).toEqual(predictRow(model, [0.3, 4, Number.NaN]));
  });

  test('neighbouring doubles and the largest ones are told apart', () => {
    const low = 1 + Number.EPSILON;
    const column = Float64Array.from(good.target, (value) => (value === 1 ? low + Number.EPSILON : low));
    const { model } = learning.boost(
      { names: ['a'], columns: [column], target: good.target },
      { ...binary, trees: 100, learningRate: 0.3 },
    );
    expect(predictRow(model, [low])[0]).toBeLessThan(0.05);
    expect(predictRow(model, [low + Number.EPSILON])[0]).toBeGreaterThan(0.95);
    const huge = good.target.map((value) => (value === 1 ? Number.MAX_VALUE : -Number.MAX_VALUE));
    const wide = learning.boost({ names: ['a'], columns: [huge], target: good.target }, binary).model;
    expect(predictRow(wide, [Number.MAX_VALUE])[0]).toBeGreaterThan(predictRow(wide, [-Number.MAX_VALUE])[0] ?? 1);
  });
});

describe('rows to be scored', () => {
  const { model } = learning.boost(good, binary);
  test.each([
    { name: 'too short', row: [1, 2], reason: /2 values and the model 3 features: f0, f1, f2/ },
    { name: 'infinite', row: [1, Infinity, 2], reason: /f1 is Infinity/ },
  ])('$name is refused', ({ row, reason }) => {
    expect(() => scoresOf(model, row)).toThrow(reason);
    expect(() =>
      learning.scoreColumns(
        model,
        row.map((value) => Float64Array.of(value)),
      ),
    ).toThrow(RangeError);
  });

  test('none at all have no scores', () => {
    expect(learning.scoreColumns(model, [new Float64Array(), new Float64Array(), new Float64Array()])).toEqual(new Float64Array());
  });

  test('have the probability of every other model with that score, which is never none', () => {
    for (const score of [-800, -40, -0.3, 0, 3, 800])
      expect(predictionOf(model, Float64Array.of(score))).toEqual(Float64Array.of(sigmoid(score)));
    expect(predictionOf(model, Float64Array.of(-800))[0]).toBeGreaterThan(0);
  });

  test('all values missing has a score', () => expect(scoresOf(model, [Number.NaN, Number.NaN, Number.NaN])[0]).toBeTypeOf('number'));
});
