import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainRow, openLearning, scoresOf } from './learning.node.ts';
import { madeColumns, madeSamples, rowOf } from './made-samples.ts';
import { FEATURE_BITS, LEAF, MISSING_LEFT, type TreeModel } from './model.ts';

const learning = await openLearning();

/** The mean of a tree where only some features are known: those that are not go both ways, by the rows of the training. */
function expectation(model: TreeModel, node: number, row: Float64Array, known: number): number {
  const { features, values, lefts, counts } = model;
  const code = features[node] ?? LEAF;
  if (code === LEAF) return values[node] ?? Number.NaN;
  const feature = code & FEATURE_BITS;
  const left = lefts[node] ?? 0;
  const value = row[feature] ?? Number.NaN;
  const goesLeft = value <= (values[node] ?? 0) || (Number.isNaN(value) && code >= MISSING_LEFT);
  if ((known >> feature) & 1) return expectation(model, goesLeft ? left : left + 1, row, known);
  const both = [left, left + 1].map((child) => (counts[child] ?? 0) * expectation(model, child, row, known));
  return both.reduce((sum, each) => sum + each, 0) / (counts[node] ?? 1);
}

/** Shapley's definition: over all sets of the other features, what this one adds. */
function byDefinition(model: TreeModel, row: Float64Array, feature: number): number {
  const count = row.length;
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const worth = (known: number): number =>
    Array.from(model.roots.subarray(0, -1), (root) => expectation(model, root, row, known)).reduce((sum, each) => sum + each, 0);
  let sum = 0;
  for (let known = 0; known < 2 ** count; known += 1) {
    if ((known >> feature) & 1) continue;
    const size = known.toString(2).replaceAll('0', '').length;
    sum += ((factorial(size) * factorial(count - size - 1)) / factorial(count)) * (worth(known | (1 << feature)) - worth(known));
  }
  return sum;
}

test('contributions are those of the definition, over all sets of features', () => {
  const samples = madeSamples('value', { rows: 300, features: 5, missing: 0.1 });
  const { model } = learning.boost(samples, { objective: 'regression', trees: 6, depthMax: 5, leafSamplesMin: 5 });
  for (const row of [0, 17, 131, 299].map((index) => rowOf(samples.columns, index))) {
    const { contributions } = explainRow(model, row);
    row.forEach((_, feature) => expect(contributions[0]?.[feature]).toBeCloseTo(byDefinition(model, row, feature), 10));
  }
});

test('base and contributions sum up to the score, of every kind of model', () => {
  const options = { rows: 400, features: 6, missing: 0.1 };
  const classes = madeSamples('class', options, 3);
  const models = [
    learning.boost(madeSamples('class', options), { objective: 'binary', trees: 20, depthMax: 6 }).model,
    learning.boost(classes, { objective: 'multiclass', classes: 3, trees: 8 }).model,
    learning.growForest(madeSamples('value', options), { objective: 'regression', trees: 10 }).model,
  ];
  fc.assert(
    fc.property(fc.constantFrom(...models), fc.integer({ min: 1, max: 1e6 }), (model, seed) => {
      const row = rowOf(madeColumns({ rows: 1, features: 6, seed, missing: 0.2 }), 0);
      const { base, contributions } = explainRow(model, row);
      scoresOf(model, row).forEach((score, output) => {
        const sum = (contributions[output] ?? new Float64Array()).reduce((total, each) => total + each, base[output] ?? Number.NaN);
        expect(sum).toBeCloseTo(score, 9);
      });
    }),
    { numRuns: 60 },
  );
});

test('a feature that no split asks for adds nothing', () => {
  const samples = madeSamples('value', { rows: 300, features: 4 });
  const constant = { ...samples, columns: [...samples.columns.slice(0, 3), new Float64Array(300).fill(2)] };
  const { model } = learning.boost(constant, { objective: 'regression', trees: 5 });
  expect(explainRow(model, rowOf(constant.columns, 3)).contributions[0]?.[3]).toBe(0);
});

test('of trees of thirty levels over forty features, they still sum up to the score', () => {
  const samples = madeSamples('value', { rows: 3000, features: 40, missing: 0.02 });
  const grown = { trees: 2, depthMax: 30, leavesMax: 1000, leafSamplesMin: 1, l2: 0, splitFeatureShare: 0.1 } as const;
  const { model } = learning.boost(samples, { objective: 'regression', learningRate: 1, ...grown });
  expect(depthOf(model, model.roots[0] ?? 0)).toBe(30);
  for (const row of [0, 1500, 2999].map((index) => rowOf(samples.columns, index))) {
    const { base, contributions } = explainRow(model, row);
    const sum = (contributions[0] ?? new Float64Array()).reduce((total, each) => total + each, base[0] ?? Number.NaN);
    expect(sum).toBeCloseTo(scoresOf(model, row)[0] ?? Number.NaN, 9);
  }
});

function depthOf(model: TreeModel, node: number): number {
  const left = model.lefts[node] ?? 0;
  return left === 0 ? 0 : 1 + Math.max(depthOf(model, left), depthOf(model, left + 1));
}

test('rows that are none are refused as they are in prediction', () => {
  const { model } = learning.boost(madeSamples('class', { rows: 100, features: 3 }), { objective: 'binary', trees: 2 });
  expect(() => explainRow(model, [1, 2])).toThrow(/2 values and the model 3 features/);
  expect(() => explainRow(model, [1, Infinity, 2])).toThrow(/f1 is Infinity/);
});
