import { describe, expect, test } from 'vitest';
import { trainLasso } from './elastic-net.ts';
import { trainLeastSquares } from './least-squares.ts';
import { trainLogistic } from './logistic.ts';
import { predict, predictRow } from './model.ts';
import type { TrainingData } from './training-data.ts';

const ROWS = 24;

/** Two features that say something about the label, and not all. */
function sample(change: (values: Float64Array, y: Float64Array) => void = () => undefined): TrainingData {
  const values = Float64Array.from({ length: 2 * ROWS }, (_, index) => ((index * 7919) % 97) / 97);
  const y = Float64Array.from({ length: ROWS }, (_, row) => ((row * 5) % 7 > 2 ? 1 : 0));
  change(values, y);
  return { features: ['slow', 'fast'], x: { rows: ROWS, columns: 2, values }, y };
}

const column = (values: Float64Array, k: number, of: (row: number) => number): void => {
  for (let row = 0; row < ROWS; row += 1) values[2 * row + k] = of(row);
};

describe('data that nothing can be learnt from are refused', () => {
  test.each<{ name: string; data: TrainingData; message: string }>([
    { name: 'too few rows', data: cut(6), message: 'logistic: 6 rows are too few to learn from: give at least 10.' },
    {
      name: 'one class',
      data: sample((_, y) => y.fill(1)),
      message: 'logistic: no row is of class 0: at least 2 of each class must count',
    },
    {
      name: 'one class of those that count',
      data: { ...sample(), weights: sample().y },
      message: 'logistic: no row is of class 0',
    },
    { name: 'one row of a class', data: sample((_, y) => y.fill(1, 1).fill(0, 0, 1)), message: 'only 1 row is of class 0' },
    {
      name: 'another label',
      data: sample((_, y) => y.fill(-1, 3, 4)),
      message: 'logistic: y[3] is -1, but a label of two classes is 0 or 1.',
    },
    {
      name: 'a constant feature',
      data: sample((values) => column(values, 1, () => 0.3)),
      message: 'logistic: the feature fast is 0.3 in every row that counts: leave it out.',
    },
    {
      name: 'a constant feature with rounding',
      data: sample((values) => column(values, 0, (row) => 0.1 + 0.2 - (row % 2) * 5e-17)),
      message: 'the feature slow is',
    },
    {
      name: 'an empty feature',
      data: sample((values) => column(values, 1, () => Number.NaN)),
      message: 'logistic: the feature fast has no value in any row: leave it out.',
    },
    {
      name: 'gaps',
      data: sample((values) => values.fill(Number.NaN, 9, 12)),
      message: 'the feature fast is NaN in row 4, and missing in 2 of 24 rows',
    },
    { name: 'infinity', data: sample((values) => values.fill(Infinity, 8, 9)), message: 'the feature slow is Infinity in row 4' },
    {
      name: 'values whose squares are 0',
      data: sample((values) => column(values, 1, (row) => (1 + (row % 2)) * 1e-170)),
      message: 'logistic: the feature fast moves by less than 1e-100: give it in a smaller unit, or leave it out.',
    },
    { name: 'fewer values', data: { ...sample(), x: { ...sample().x, rows: ROWS + 1 } }, message: 'logistic: x says 25 rows of 2 columns' },
    {
      name: 'a weight whose products are 0',
      data: { ...sample(), weights: new Float64Array(ROWS).fill(1e-170, 3, 4).fill(1, 4) },
      message: 'logistic: weights[3] is 1e-170, but a weight is 0, or from 1e-100 to 1e+100',
    },
    { name: 'a missing name', data: { ...sample(), features: ['slow'] }, message: 'logistic: 1 names for 24 rows of 2 columns' },
    { name: 'a name twice', data: { ...sample(), features: ['slow', 'slow'] }, message: 'the feature slow is there twice' },
    { name: 'labels of another length', data: { ...sample(), y: new Float64Array(3) }, message: 'logistic: y has 3 values for 24 rows' },
    {
      name: 'a negative weight',
      data: { ...sample(), weights: new Float64Array(ROWS).fill(-1, 2, 3) },
      message: 'logistic: weights[2] is -1',
    },
    {
      name: 'weights of nothing',
      data: { ...sample(), weights: new Float64Array(ROWS).fill(1, 0, 4) },
      message: 'logistic: only 4 rows have a weight above 0: at least 10 must count.',
    },
  ])('$name', ({ data, message }) => expect(() => trainLogistic(data)).toThrow(message));

  test('a feature that follows from another', () => {
    const data = sample((values) => column(values, 1, (row) => 3 * (values[2 * row] ?? 0) - 1));
    expect(() => trainLeastSquares(data)).toThrow('least-squares: the feature fast follows from those before it');
    expect(() => trainLogistic(data, { penalty: 1e-9 })).not.toThrow();
  });

  test('as many features as rows', () => {
    const features = Array.from({ length: ROWS }, (_, k) => `f${k}`);
    const values = Float64Array.from({ length: ROWS * ROWS }, (_, index) => ((index * index * 31 + index * 7) % 101) / 101);
    const data = { features, x: { rows: ROWS, columns: ROWS, values }, y: sample().y };
    expect(() => trainLeastSquares(data)).toThrow('24 rows for 24 features and an intercept fit anything');
  });

  test('parameters out of bounds', () => {
    expect(() => trainLogistic(sample(), { penalty: 0 })).toThrow('logistic: penalty is 0, but must be a number from 1e-9');
    expect(() => trainLasso(sample(), { penalty: Number.NaN })).toThrow('lasso: penalty is NaN');
  });
});

describe('a prediction takes the features of the model and no others', () => {
  const model = trainLogistic(sample());
  test.each([
    { name: 'turned', features: ['fast', 'slow'], message: 'logistic: feature 0 is fast, but the model was trained with slow, fast' },
    { name: 'renamed', features: ['slow', 'faster'], message: 'feature 1 is faster' },
  ])('$name', ({ features, message }) => expect(() => predict(model, { ...sample(), features })).toThrow(message));

  test('one more', () => {
    const x = { rows: 1, columns: 3, values: Float64Array.of(1, 2, 3) };
    expect(() => predict(model, { features: ['slow', 'fast', 'third'], x })).toThrow('feature 2 is third');
  });

  test('the same limits for one row as for many', () => {
    const given = Float64Array.of(1, 1e101);
    expect(() => predictRow(model, given)).toThrow('the feature fast is 1e+101: without a number of at most 1e+100');
    expect(() => predict(model, { features: model.features, x: { rows: 1, columns: 2, values: given } })).toThrow(
      'fast is 1e+101 in row 0',
    );
  });

  test('a gap', () => {
    expect(() => predictRow(model, Float64Array.of(1, Number.NaN))).toThrow('the feature fast is NaN: without a number of at most');
    expect(() => predictRow(model, Float64Array.of(1))).toThrow('row has 1 values for 2 rows');
  });
});

function cut(rows: number): TrainingData {
  const whole = sample();
  return { ...whole, x: { rows, columns: 2, values: whole.x.values.slice(0, 2 * rows) }, y: whole.y.slice(0, rows) };
}
