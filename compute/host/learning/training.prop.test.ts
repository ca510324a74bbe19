import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { logLoss } from '../validation/classification.ts';
import { shuffledPlaces } from '../validation/shuffle.ts';
import { encodeModel, openLearning, openTrainingPool, predictRow, scoresOf } from './learning.node.ts';
import type { BoostingParameters, Samples, TreeModel } from './learning.node.ts';
import { madeColumns, madeSamples, rowOf, uniform } from './made-samples.ts';
import { LEAF } from './model.ts';

const learning = await openLearning();
const pools = await Promise.all([2, 3].map((threads) => openTrainingPool({ threads })));
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

const chosen = (columns: readonly Float64Array[], order: readonly number[]): readonly Float64Array[] =>
  columns.map((column) => Float64Array.from(order, (row) => column[row] ?? Number.NaN));

function reordered({ names, columns, target }: Samples, order: readonly number[]): Samples {
  return { names, columns: chosen(columns, order), target: chosen([target], order)[0] ?? target };
}

const shape = fc.record({
  rows: fc.integer({ min: 60, max: 500 }),
  features: fc.integer({ min: 3, max: 7 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
  missing: fc.constantFrom(0, 0, 0.2),
  steps: fc.constantFrom(undefined, undefined, 3),
});
const growing = fc.record({
  depthMax: fc.integer({ min: 1, max: 7 }),
  leavesMax: fc.integer({ min: 2, max: 20 }),
  leafSamplesMin: fc.integer({ min: 1, max: 20 }),
  rowShare: fc.constantFrom(1, 0.7),
  treeFeatureShare: fc.constantFrom(1, 0.6),
  splitFeatureShare: fc.constantFrom(1, 0.5),
  binsMax: fc.constantFrom(255, 16, 2),
  seed: fc.integer({ min: 0, max: 1000 }),
});
/** Some columns twice: equal splits of two features, of which every number of threads must take the same one. */
const withTwins = ({ names, columns, target }: Samples): Samples => ({
  names: [...names, ...names.map((name) => `${name} again`)],
  columns: [...columns, ...columns],
  target,
});

/** What begins at counts or a quantile, which know no order; a mean is a sum of doubles. */
const ORDERLESS: readonly BoostingParameters[] = [
  { objective: 'binary' },
  { objective: 'multiclass', classes: 2 },
  { objective: 'quantile', quantile: 0.4 },
];

describe('the same bytes', () => {
  test('from one thread, two and three', async () => {
    await fc.assert(
      fc.asyncProperty(shape, growing, async (options, parameters) => {
        const samples = withTwins(madeSamples('class', options));
        const boosting: BoostingParameters = { objective: 'binary', trees: 6, ...parameters };
        const expected = encodeModel(learning.boost(samples, boosting).model);
        for (const pool of pools) expect(encodeModel((await pool.boost(samples, boosting)).model)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  test.each<{ name: string; parameters: Partial<BoostingParameters> }>([
    { name: 'all rows', parameters: {} },
    { name: 'a share of the rows', parameters: { rowShare: 0.6, seed: 4 } },
    { name: 'level by level', parameters: { depthMax: 5, leavesMax: 32 } },
  ])('where threads part the rows of a node together: $name', async ({ parameters }) => {
    const samples = madeSamples('class', { rows: 9000, features: 5, missing: 0.1 });
    const boosting: BoostingParameters = { objective: 'binary', trees: 4, ...parameters };
    const expected = encodeModel(learning.boost(samples, boosting).model);
    for (const pool of pools) expect(encodeModel((await pool.boost(samples, boosting)).model)).toEqual(expected);
  });

  test('of forests, classes and quantiles', async () => {
    const classes = madeSamples('class', { rows: 300, features: 4, missing: 0.1 }, 3);
    const values = madeSamples('value', { rows: 300, features: 4 });
    const [pool] = pools;
    if (pool === undefined) throw new Error('Invariant: there is a pool');
    const several: BoostingParameters = { objective: 'multiclass', classes: 3, trees: 5 };
    expect((await pool.boost(classes, several)).model).toEqual(learning.boost(classes, several).model);
    const upper: BoostingParameters = { objective: 'quantile', quantile: 0.9, trees: 5, rowShare: 0.5 };
    expect((await pool.boost(values, upper)).model).toEqual(learning.boost(values, upper).model);
    const forest = { objective: 'regression', trees: 8, seed: 3 } as const;
    expect((await pool.growForest(values, forest)).model).toEqual(learning.growForest(values, forest).model);
  });

  test('from the rows in any order, for sums of whole numbers know none', () => {
    fc.assert(
      fc.property(shape, growing, fc.constantFrom(...ORDERLESS), (options, parameters, objective) => {
        const samples = madeSamples(objective.objective === 'quantile' ? 'value' : 'class', options);
        const order = [...shuffledPlaces(options.rows, options.seed, 0)];
        const boosting: BoostingParameters = { ...objective, trees: 6, ...parameters, rowShare: 1 };
        const { model } = learning.boost(reordered(samples, order), boosting);
        expect(encodeModel(model)).toEqual(encodeModel(learning.boost(samples, boosting).model));
      }),
      { numRuns: 25 },
    );
  });

  test('with weights in other units, and without the rows that weigh nothing', () => {
    const samples = madeSamples('value', { rows: 400, features: 4 });
    const weights = Float64Array.from({ length: 400 }, (_, row) => row % 4);
    const kept = Array.from(weights.keys()).filter((row) => row % 4 > 0);
    const of = (given: Samples): TreeModel => learning.boost(given, { objective: 'regression', trees: 10, rowShare: 0.8 }).model;
    const expected = of({ ...samples, weights });
    expect(of({ ...samples, weights: weights.map((weight) => weight * 8) })).toEqual(expected);
    expect(of({ ...reordered(samples, kept), weights: weights.filter((weight) => weight > 0) })).toEqual(expected);
    expect(of({ ...samples, weights: new Float64Array(400).fill(0.1) })).toEqual(of(samples));
    expect(of(samples)).not.toEqual(expected);
  });

  test('differ by seed where something is drawn, and nowhere else', () => {
    const samples = madeSamples('class', { rows: 300, features: 5 });
    const of = (seed: number, rowShare: number): TreeModel =>
      learning.boost(samples, { objective: 'binary', trees: 5, seed, rowShare }).model;
    expect(of(1, 1)).toEqual(of(2, 1));
    expect(of(1, 0.5)).toEqual(of(1, 0.5));
    expect(of(1, 0.5)).not.toEqual(of(2, 0.5));
  });
});

test('the module and the walker give the same scores, bit for bit', () => {
  const samples = madeSamples('class', { rows: 500, features: 6, missing: 0.2 }, 3);
  const { model } = learning.boost(samples, { objective: 'multiclass', classes: 3, trees: 12, depthMax: 6 });
  const columns = madeColumns({ rows: 400, features: 6, seed: 9, missing: 0.3 });
  const scores = learning.scoreColumns(model, columns);
  for (let row = 0; row < 400; row += 1) {
    const walked = scoresOf(model, rowOf(columns, row));
    expect([0, 1, 2].map((output) => scores[output * 400 + row])).toEqual([...walked]);
    const probabilities = predictRow(model, rowOf(columns, row));
    expect(probabilities.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
  }
});

test('trees keep to their bounds', () => {
  fc.assert(
    fc.property(shape, growing, (options, parameters) => {
      const { model } = learning.boost(madeSamples('class', options), { objective: 'binary', trees: 4, ...parameters });
      const { roots, features, counts, lefts } = model;
      for (let tree = 0; tree < 4; tree += 1) {
        const [root = 0, end = 0] = roots.subarray(tree, tree + 2);
        const depths = new Map([[root, 0]]);
        expect((end - root + 1) / 2).toBeLessThanOrEqual(Math.min(parameters.leavesMax, 2 ** parameters.depthMax));
        for (let node = root; node < end; node += 1) {
          if (end - root > 1) expect(counts[node]).toBeGreaterThanOrEqual(parameters.leafSamplesMin);
          if (features[node] === LEAF) continue;
          const depth = (depths.get(node) ?? 0) + 1;
          expect(depth).toBeLessThanOrEqual(parameters.depthMax);
          depths.set(lefts[node] ?? 0, depth).set((lefts[node] ?? 0) + 1, depth);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test.each<BoostingParameters>([{ objective: 'binary' }, { objective: 'regression' }, { objective: 'quantile', quantile: 0.3 }])(
  '$objective keeps to the order that is asked for',
  (boosting) => {
    const samples = madeSamples(boosting.objective === 'binary' ? 'class' : 'value', { rows: 600, features: 4, missing: 0.05 });
    const monotone = { f0: 1, f1: -1 } as const;
    const grown = { trees: 60, depthMax: 5, learningRate: 0.3, leafSamplesMin: 3 };
    const { model } = learning.boost(samples, { ...boosting, ...grown, monotone });
    const free = learning.boost(samples, { ...boosting, ...grown }).model;
    let crossings = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const row = rowOf(madeColumns({ rows: 1, features: 4, seed }), 0);
      const scored = (of: TreeModel, feature: number): readonly number[] =>
        Array.from({ length: 41 }, (_, step) => scoresOf(of, row.with(feature, step / 20 - 1))[0] ?? Number.NaN);
      for (const [feature, direction] of [1, -1].entries()) {
        const steps = (of: TreeModel): readonly number[] =>
          scored(of, feature).flatMap((score, step, all) => (step > 0 ? [direction * (score - (all[step - 1] ?? 0))] : []));
        expect(Math.min(...steps(model))).toBeGreaterThanOrEqual(-1e-12);
        crossings += steps(free).filter((step) => step < -1e-12).length;
      }
    }
    // Without the constraint these rows would break it: the test would see it.
    expect(crossings).toBeGreaterThan(0);
  },
);

describe('early stopping', () => {
  const all = madeSamples('class', { rows: 900, features: 5 });
  const train = reordered(
    all,
    Array.from({ length: 600 }, (_, row) => row),
  );
  const held = reordered(
    all,
    Array.from({ length: 300 }, (_, row) => 600 + row),
  );
  const parameters: BoostingParameters = { objective: 'binary', trees: 400, learningRate: 0.5, patience: 10 };
  const { model, heldLosses, rounds } = learning.boost(train, parameters, held);

  test('keeps the trees up to the best round, and no more', () => {
    const best = heldLosses.indexOf(Math.min(...heldLosses));
    expect(rounds).toBe(best + 1);
    expect(heldLosses).toHaveLength(best + 11);
    expect(model).toEqual(learning.boost(train, { objective: 'binary', trees: rounds, learningRate: 0.5 }).model);
  });

  test('measures what the model would lose', () => {
    const probabilities = Float64Array.from(held.target, (_, row) => predictRow(model, rowOf(held.columns, row))[0] ?? Number.NaN);
    expect(heldLosses[rounds - 1]).toBeCloseTo(logLoss(held.target, probabilities), 12);
  });
});

test.each([0.1, 0.5, 0.9])('of a model of quantile %f, that part of the rows lies below', (quantile) => {
  const samples = madeSamples('value', { rows: 2000, features: 4 });
  const { model } = learning.boost(samples, { objective: 'quantile', quantile, trees: 100, learningRate: 0.1 });
  const scores = learning.scoreColumns(model, samples.columns);
  const below = samples.target.filter((value, row) => value <= (scores[row] ?? 0)).length / 2000;
  expect(Math.abs(below - quantile)).toBeLessThan(0.04);
});

test('that a value is missing can be all there is to learn', () => {
  const next = uniform(5);
  const target = Float64Array.from({ length: 400 }, () => Number(next() < 0.3));
  const column = target.map((value) => (value === 1 ? Number.NaN : 3));
  const samples = { names: ['gone', 'noise'], columns: [column, madeColumns({ rows: 400, features: 1 })[0] ?? column], target };
  const { model } = learning.boost(samples, { objective: 'binary', trees: 100, learningRate: 0.3 });
  expect(predictRow(model, [Number.NaN, 0])[0]).toBeGreaterThan(0.99);
  expect(predictRow(model, [3, 0])[0]).toBeLessThan(0.01);
  expect(predictRow(model, [1e9, 0])[0]).toBeLessThan(0.01);
});

test.each([
  { name: 'low', sign: 1 },
  { name: 'high', sign: -1 },
])('missing values go to the side of the $name ones where those are like them', ({ sign }) => {
  const column = Float64Array.from({ length: 300 }, (_, row) => (row % 3 === 0 ? Number.NaN : sign * ((row % 3) * 1000 + row)));
  const target = Float64Array.from({ length: 300 }, (_, row) => Number(row % 3 < 2));
  const samples = { names: ['level'], columns: [column], target };
  const { model } = learning.boost(samples, { objective: 'binary', trees: 1, depthMax: 1 });
  expect(scoresOf(model, [Number.NaN])).toEqual(scoresOf(model, [sign * 1100]));
  expect(scoresOf(model, [Number.NaN])[0]).toBeGreaterThan(scoresOf(model, [sign * 2100])[0] ?? Infinity);
});

test('a weight is as good as so many rows', () => {
  const samples = madeSamples('value', { rows: 200, features: 3 });
  const weights = Float64Array.from({ length: 200 }, (_, row) => 1 + (row % 3));
  const repeated = Array.from(weights).flatMap((weight, row) => Array.from({ length: weight }, () => row));
  const parameters: BoostingParameters = { objective: 'regression', trees: 30, l2: 0, leafSamplesMin: 1, leafHessianMin: 0 };
  const weighted = learning.boost({ ...samples, weights }, parameters).model;
  const rows = learning.boost(reordered(samples, repeated), parameters).model;
  const scores = learning.scoreColumns(rows, samples.columns);
  learning.scoreColumns(weighted, samples.columns).forEach((score, row) => expect(score).toBeCloseTo(scores[row] ?? Number.NaN, 6));
});
