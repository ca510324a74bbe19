import { describe, expect, test } from 'vitest';
import { rowsOf } from '../models/training-data.ts';
import type { TrainingData } from '../models/training-data.ts';
import { crossValidate } from '../validation/cross-validation.ts';
import { purgedKFold } from '../validation/purged-k-fold.ts';
import { ParameterError, boostingLearner, forestLearner, openLearning, predictRow, samplesOf } from './learning.node.ts';
import { madeColumns, uniform } from './made-samples.ts';

const learning = await openLearning();
const ROWS = 600;
const FEATURES = ['a', 'b', 'c'];

/** Labels of which two features together know something, and neither alone: nothing for a straight line. */
const data: TrainingData = (() => {
  const columns = madeColumns({ rows: ROWS, features: FEATURES.length, seed: 3 });
  const luck = uniform(3, 1);
  const y = Float64Array.from({ length: ROWS }, (_, row) => {
    const level = (columns[0]?.[row] ?? 0) * (columns[1]?.[row] ?? 0);
    return Number(level > 0 === luck() < 0.9);
  });
  const values = Float64Array.from(
    { length: ROWS * FEATURES.length },
    (_, place) => columns[place % 3]?.[Math.floor(place / 3)] ?? Number.NaN,
  );
  return { features: FEATURES, x: { rows: ROWS, columns: FEATURES.length, values }, y };
})();
const times = Float64Array.from({ length: ROWS }, (_, row) => row);
const splits = purgedKFold({ starts: times, ends: times.map((time) => time + 3) }, { folds: 5, embargo: 2 });
const boosting = boostingLearner(learning, { objective: 'binary', trees: 100, learningRate: 0.1 });

describe.each([
  { name: 'boosting', learner: boosting },
  { name: 'a forest', learner: forestLearner(learning, { objective: 'binary', splitFeatureShare: 1 }) },
])('$name in purged folds', ({ learner }) => {
  const folds = crossValidate(data, splits, learner);

  test('finds on unseen rows what the logistic regression beside it does not', () => {
    expect(folds).toHaveLength(5);
    for (const { found, logistic } of folds) {
      expect(found.logLoss).toBeLessThan(Math.LN2 - 0.1);
      expect(found.logLoss).toBeLessThan(logistic.logLoss - 0.1);
      expect(found.auc).toBeGreaterThan(0.8);
    }
  });

  test('learns from the rows of its fold only', () => {
    const [split] = splits;
    const changed = { ...data, y: data.y.map((label, row) => (split?.train.includes(row) ? label : 1 - label)) };
    expect(crossValidate(changed, splits.slice(0, 1), learner)[0]?.probabilities).toEqual(folds[0]?.probabilities);
  });
});

test('rows, labels and weights are those that were given', () => {
  const weighted = { ...data, weights: times.map((time) => 1 + (time % 3)) };
  const samples = samplesOf(weighted);
  expect(samples.names).toEqual(FEATURES);
  expect(samples.weights).toEqual(weighted.weights);
  expect(samples.columns.map((column) => column[7])).toEqual([...data.x.values.subarray(21, 24)]);
  const { model } = learning.boost(samples, { objective: 'binary', trees: 100, learningRate: 0.1 });
  const rows = rowsOf(data, Uint32Array.of(7, 300));
  expect([...boosting(weighted)(rows)]).toEqual([7, 300].map((row) => predictRow(model, data.x.values.subarray(row * 3, row * 3 + 3))[0]));
  expect(boosting(weighted)(rows)).not.toEqual(boosting(data)(rows));
});

test('other features, and several classes, are refused', () => {
  const predict = boosting(data);
  expect(() => predict({ ...data, features: ['b', 'a', 'c'] })).toThrow(/the rows have b, a, c, but it was trained with a, b, c/);
  expect(() => boostingLearner(learning, { objective: 'multiclass', classes: 3 })).toThrow(ParameterError);
});

test('what a model was trained with is given beside it: the file holds what predicts alone', () => {
  const { parameters } = learning.boost(samplesOf(data), { objective: 'binary', trees: 2, seed: 7 });
  expect(parameters).toMatchObject({ method: 'boosting', objective: 'binary', trees: 2, seed: 7, learningRate: 0.05, depthMax: 3 });
});
