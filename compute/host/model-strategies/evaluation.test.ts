import { expect, test } from 'vitest';
import { trainLogistic } from '../models/logistic.ts';
import { predict } from '../models/model.ts';
import type { TrainingData } from '../models/training-data.ts';
import { crossValidate, type Learner } from '../validation/cross-validation.ts';
import type { Split } from '../validation/spans.ts';
import { evaluate, keepingLearner } from './evaluation.ts';

const ROWS = 240;
/** The first feature tells the label most of the time, the second nothing. */
const known = (row: number): number => Math.sin(row * 2.1) * 2;
const noise = (row: number): number => Math.cos(row * 7.7);
const data: TrainingData = {
  features: ['known', 'noise'],
  x: {
    rows: ROWS,
    columns: 2,
    values: Float64Array.from({ length: 2 * ROWS }, (_, at) => (at % 2 === 0 ? known(at >> 1) : noise(at >> 1))),
  },
  y: Float64Array.from({ length: ROWS }, (_, row) => (known(row) + 1.5 * Math.sin(row * 13.7) > 0 ? 1 : 0)),
};
const third = ROWS / 3;
const splits: readonly Split[] = [0, 1, 2].map((fold) => {
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const isTest = (row: number): boolean => Math.floor(row / third) === fold;
  return {
    train: Uint32Array.from(rows.filter((row) => !isTest(row))),
    test: Uint32Array.from(rows.filter(isTest)),
    purged: 0,
    embargoed: 0,
  };
});
let learnt = 0;
const learner: Learner = (train) => {
  learnt += 1;
  const model = trainLogistic(train);
  return (rows) => predict(model, rows);
};

function evaluated(over: readonly Split[]) {
  const folds: number[] = [];
  const keeping = keepingLearner(learner, (count) => folds.push(count));
  const found = crossValidate(data, over, keeping.learn);
  return { found, folds, evaluation: evaluate({ data, splits: over }, keeping.kept, 'classes', { seed: 2 ** 40 }) };
}

test('what the folds said of all unseen rows together: reliability and confusion count each once, and what tells the label matters', () => {
  const { found, folds, evaluation } = evaluated(splits);
  expect(folds).toEqual([1, 2, 3]);
  const { calibration, confusion, importances } = evaluation;
  expect(calibration?.bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS);
  const right = found.reduce((sum, { found: { accuracy } }) => sum + accuracy * third, 0);
  expect((confusion?.trueNegatives ?? 0) + (confusion?.truePositives ?? 0)).toBeCloseTo(right, 9);
  expect((confusion?.falseNegatives ?? 0) + (confusion?.falsePositives ?? 0)).toBeCloseTo(ROWS - right, 9);
  expect(importances.map(({ feature }) => feature)).toEqual(['known', 'noise']);
  expect(importances[0]?.mean).toBeGreaterThan(0.1);
  expect(Math.abs(importances[1]?.mean ?? 1)).toBeLessThan(0.02);
});

test('no fold is learnt twice, and one fold alone says nothing of how sure an importance is', () => {
  learnt = 0;
  expect(evaluated(splits.slice(0, 1)).evaluation).toMatchObject({ importances: [] });
  expect(learnt).toBe(1);
});

test('of values there are importances only', () => {
  const keeping = keepingLearner(learner, () => undefined);
  for (const { train } of splits) {
    const rows = [...train];
    const x = { rows: rows.length, columns: 2, values: Float64Array.from(rows.flatMap((row) => [known(row), noise(row)])) };
    keeping.learn({ ...data, x, y: Float64Array.from(rows, (row) => data.y[row] ?? 0) });
  }
  const { importances, calibration, confusion } = evaluate({ data, splits }, keeping.kept, 'values', { seed: 0 });
  expect([calibration, confusion]).toEqual([null, null]);
  expect(importances[0]?.mean).toBeGreaterThan(importances[1]?.mean ?? 1);
});
