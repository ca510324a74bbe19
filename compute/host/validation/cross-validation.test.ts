import { describe, expect, test } from 'vitest';
import { trainLogistic } from '../models/logistic.ts';
import { predict } from '../models/model.ts';
import { rowsOf } from '../models/training-data.ts';
import type { FeatureRows, TrainingData } from '../models/training-data.ts';
import { noise } from '../reference-series.ts';
import { logLoss } from './classification.ts';
import { crossValidate } from './cross-validation.ts';
import type { Learner } from './cross-validation.ts';
import { at } from '../rows-input.ts';
import { leakTest, pipelineOf } from './leak-test.ts';
import type { Pipeline } from './leak-test.ts';
import { permutationImportance } from './permutation-importance.ts';
import { purgedKFold } from './purged-k-fold.ts';
import { rocAuc } from './ranking.ts';
import { walkForward } from './walk-forward.ts';

const ROWS = 400;
const FEATURES = ['strong', 'weak', 'nothing', 'noise'];

/** Labels that two of four features know something of. */
const data: TrainingData = (() => {
  const columns = FEATURES.length;
  const values = Float64Array.from(noise(ROWS * columns, 11), (x) => x - 0.5);
  const luck = noise(ROWS, 23);
  const y = luck.map((x, row) => (at(values, row * columns) + 0.4 * at(values, row * columns + 1) + 0.6 * (x - 0.5) > 0 ? 1 : 0));
  return { features: FEATURES, x: { rows: ROWS, columns, values }, y };
})();
const times = Float64Array.from({ length: ROWS }, (_, row) => row);
const splits = purgedKFold({ starts: times, ends: times.map((time) => time + 3) }, { folds: 5, embargo: 2 });

const logistic: Learner = (train) => {
  const model = trainLogistic(train);
  return (rows) => predict(model, rows);
};

describe('a cross-validation', () => {
  const found = crossValidate(data, splits, logistic);

  test('has the baselines beside each result', () => {
    expect(found).toHaveLength(5);
    for (const { found: own, logistic: baseline, baseRateLogLoss } of found) {
      expect(own).toEqual(baseline);
      expect(baseRateLogLoss).toBeGreaterThan(0.65);
      expect(own.logLoss).toBeLessThan(0.6);
      expect(own.auc).toBeGreaterThan(0.75);
    }
  });

  test('only learns from the rows to learn from', () => {
    for (const [fold, split] of splits.entries()) {
      const changed = { ...data, y: data.y.map((label, row) => (split.train.includes(row) ? label : 1 - label)) };
      expect(crossValidate(changed, splits, logistic)[fold]?.probabilities).toEqual(found[fold]?.probabilities);
    }
  });
});

describe('permutation importance', () => {
  const score = (labels: Float64Array, predictions: Float64Array, weights?: Float64Array): number => -logLoss(labels, predictions, weights);
  const found = permutationImportance(data, splits, logistic, score, { seed: 5 });

  test('tells what matters from what does not', () => {
    const [strong, weak, nothing, idle] = found.map(({ mean }) => mean);
    expect(found.map(({ feature }) => feature)).toEqual(FEATURES);
    expect(strong).toBeGreaterThan(0.15);
    expect(weak).toBeGreaterThan(0.01);
    expect(strong).toBeGreaterThan(3 * (weak ?? 0));
    expect(Math.abs(nothing ?? 1)).toBeLessThan(0.01);
    expect(Math.abs(idle ?? 1)).toBeLessThan(0.01);
  });

  test('the same seed gives the same, another does not', () => {
    expect(permutationImportance(data, splits, logistic, score, { seed: 5 })).toEqual(found);
    expect(permutationImportance(data, splits, logistic, score, { seed: 6 })).not.toEqual(found);
  });

  test('is of rows that were not learnt from: memory is worth nothing', () => {
    const memory: Learner = (train) => {
      const keyOf = (rows: FeatureRows, row: number): string =>
        rows.x.values.slice(row * rows.x.columns, (row + 1) * rows.x.columns).join();
      const known = new Map(Array.from(train.y, (label, row) => [keyOf(train, row), label]));
      return (rows) => Float64Array.from({ length: rows.x.rows }, (_, row) => known.get(keyOf(rows, row)) ?? 0.5);
    };
    expect(permutationImportance(data, splits, memory, score, { seed: 5 }).map(({ mean }) => mean)).toEqual([0, 0, 0, 0]);
  });

  test('one split is refused', () =>
    expect(() => permutationImportance(data, splits.slice(0, 1), logistic, score, { seed: 5 })).toThrow('1 splits say nothing'));
});

/** Chooses the features of all rows that agree best with the labels, those of the test among them, and then learns as it should. */
const choosesByAll: Pipeline = (all, split) => {
  const wide = expanded(all);
  const merits = wide.features.map((_, column) =>
    Math.abs(
      (rocAuc(
        wide.y,
        Float64Array.from({ length: wide.x.rows }, (_row, row) => at(wide.x.values, row * wide.x.columns + column)),
      ) ?? 0) - 0.5,
    ),
  );
  const best = [...merits.keys()].toSorted((a, b) => at(merits, b) - at(merits, a)).slice(0, 4);
  const chosen: TrainingData = {
    features: best.map((column) => wide.features[column] ?? ''),
    x: {
      rows: wide.x.rows,
      columns: best.length,
      values: Float64Array.from({ length: wide.x.rows * best.length }, (_, index) =>
        at(wide.x.values, Math.floor(index / best.length) * wide.x.columns + at(best, index % best.length)),
      ),
    },
    y: wide.y,
  };
  return pipelineOf(logistic)(chosen, split);
};

/** Forty columns of noise more. */
function expanded(all: TrainingData): TrainingData {
  const extra = noise(all.x.rows * 40, 77);
  const columns = all.x.columns + 40;
  const values = new Float64Array(all.x.rows * columns);
  for (let row = 0; row < all.x.rows; row += 1) {
    values.set(all.x.values.subarray(row * all.x.columns, (row + 1) * all.x.columns), row * columns);
    values.set(extra.subarray(row * 40, (row + 1) * 40), row * columns + all.x.columns);
  }
  return { features: Array.from({ length: columns }, (_, k) => `c${k}`), x: { rows: all.x.rows, columns, values }, y: all.y };
}

describe('the leak test', () => {
  test('finds nothing in a pipeline that learns from the right rows', () => {
    const found = leakTest(data, splits, pipelineOf(logistic), { seed: 1 });
    expect(found.leaks).toBe(false);
    expect(found.mean).toBeGreaterThan(0.45);
    expect(found.mean).toBeLessThan(0.55);
  });

  test('calls few honest pipelines a leak', () => {
    const verdicts = Array.from(
      { length: 12 },
      (_, seed) => leakTest(data, splits, pipelineOf(logistic), { seed: 100 + seed, rounds: 8 }).leaks,
    );
    expect(verdicts.filter(Boolean)).toHaveLength(0);
  });

  test.each<{ name: string; pipeline: Pipeline }>([
    { name: 'learns from the test', pipeline: (all, split) => logistic(all)(rowsOf(all, split.test)) },
    { name: 'chooses features by all labels', pipeline: choosesByAll },
  ])('finds a pipeline that $name', ({ pipeline }) => {
    const found = leakTest(data, splits, pipeline, { seed: 1, rounds: 10 });
    expect(found.leaks).toBe(true);
  });

  test('leaves out splits that the shuffle gave one class to learn from', () => {
    const few = rowsOf(
      { ...data, y: data.y.map((_, row) => (row % 4 === 0 ? 1 : 0)) },
      Uint32Array.from({ length: 40 }, (_, row) => row),
    );
    const spans = { starts: times.slice(0, 40), ends: times.slice(0, 40) };
    const windows = walkForward(spans, { train: 14, test: 13 });
    const found = leakTest(few, windows, pipelineOf(logistic), { seed: 2, rounds: 12 });
    expect(found.aucs.length).toBeGreaterThanOrEqual(10);
    expect(found.leaks).toBe(false);
  });

  test('no split of both classes is refused', () => {
    const one = { ...data, y: new Float64Array(ROWS) };
    expect(() => leakTest(one, splits, pipelineOf(logistic), { seed: 1 })).toThrow(
      'leakTest: in 0 of 20 rounds a split has rows of both classes',
    );
  });

  test('too few rounds are refused', () =>
    expect(() => leakTest(data, splits, pipelineOf(logistic), { seed: 1, rounds: 2 })).toThrow('rounds is 2'));
});

test('chosen rows keep their labels and weights', () => {
  const weighted = { ...data, weights: times };
  const found = rowsOf(weighted, Uint32Array.of(5, 2));
  expect([...(found.weights ?? [])]).toEqual([5, 2]);
  expect([...found.y]).toEqual([data.y[5], data.y[2]]);
  expect([...found.x.values.subarray(4)]).toEqual([...data.x.values.subarray(8, 12)]);
});
