import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trainElasticNet, trainLasso } from './elastic-net.ts';
import { trainLeastSquares, trainRidge } from './least-squares.ts';
import { trainLogistic } from './logistic.ts';
import { modelId, readModel, writeModel } from './model-file.ts';
import { predict, predictRow, scores } from './model.ts';
import type { Model, ModelKind } from './model.ts';
import { trainNaiveBayes } from './naive-bayes.ts';
import { randomTraining, repeatedRows } from './random-training.ts';
import type { RandomTraining } from './random-training.ts';
import type { TrainingData } from './training-data.ts';

interface Case {
  readonly kind: ModelKind;
  readonly train: (data: TrainingData) => Model;
  readonly classes: boolean;
}

const CASES: readonly Case[] = [
  { kind: 'logistic', train: (data) => trainLogistic(data, { penalty: 0.5 }), classes: true },
  { kind: 'naive-bayes', train: (data) => trainNaiveBayes(data), classes: true },
  { kind: 'least-squares', train: trainLeastSquares, classes: false },
  { kind: 'ridge', train: (data) => trainRidge(data, { penalty: 2 }), classes: false },
  { kind: 'lasso', train: (data) => trainLasso(data, { penalty: 0.1 }), classes: false },
  { kind: 'elastic-net', train: (data) => trainElasticNet(data, { penalty: 0.2, l1Ratio: 0.4 }), classes: false },
];

const dataFor = ({ data, values }: RandomTraining, classes: boolean): TrainingData => (classes ? data : { ...data, y: values });

function expectClose(a: Float64Array, b: Float64Array, allowed: number): void {
  expect(a).toHaveLength(b.length);
  for (const [row, value] of a.entries())
    expect(Math.abs(value - (b[row] ?? Number.NaN)), `row ${row}`).toBeLessThan(allowed * (1 + Math.abs(value)));
}

describe.each(CASES)('$kind', ({ kind, train, classes }) => {
  test('a weight is so many rows', () =>
    fc.assert(
      fc.property(randomTraining, (each) => {
        const data = dataFor(each, classes);
        expectClose(scores(train(data), data), scores(train(repeatedRows(data)), data), 1e-7);
      }),
    ));

  test('units of a feature do not matter', () =>
    fc.assert(
      fc.property(randomTraining, (each) => {
        const data = dataFor(each, classes);
        const other = { ...data, x: { ...data.x, values: data.x.values.map((value) => 8 * value - 32) } };
        expectClose(scores(train(other), other), scores(train(data), data), 1e-7);
      }),
    ));

  test('the same data give the same bytes, and bytes the same predictions', () =>
    fc.assert(
      fc.property(randomTraining, (each) => {
        const data = dataFor(each, classes);
        const model = train(data);
        const bytes = writeModel(model);
        expect(writeModel(train(data))).toEqual(bytes);
        const again = readModel(bytes, modelId(bytes));
        expect(again.kind).toBe(kind);
        const predicted = predict(model, data);
        expect(predict(again, data)).toEqual(predicted);
        expect(predictRow(again, data.x.values.slice(0, data.x.columns))).toBe(predicted[0]);
        expect(predicted.every((value) => Number.isFinite(value) && (!classes || (value >= 0 && value <= 1)))).toBe(true);
      }),
    ));
});

/** Σ w (residual) x over the rows, by standardised column: what the penalty must balance at the optimum. */
function pulls(model: Model, data: TrainingData): readonly number[] {
  const predicted = predict(model, data);
  const { means, deviations } = model.standardisation;
  return model.features.map((_, k) => {
    let sum = 0;
    for (const [row, value] of predicted.entries()) {
      const x = ((data.x.values[row * data.x.columns + k] ?? 0) - (means[k] ?? 0)) / (deviations[k] ?? 1);
      sum += (data.weights?.[row] ?? 1) * ((data.y[row] ?? 0) - value) * x;
    }
    return sum;
  });
}

const coefficientsOf = (model: Model): readonly number[] => {
  if (model.kind === 'naive-bayes') throw new Error('Invariant: a linear model');
  return model.coefficients;
};

describe('what holds at the optimum', () => {
  test('of a logistic regression whose weights are tiny: the odds of the classes', () =>
    fc.assert(
      fc.property(randomTraining, fc.constantFrom(1e-20, 1e-60), ({ data }, unit) => {
        // Against the penalty the rows weigh nothing: only the intercept is left, the odds of the classes.
        const weights = data.weights.map((weight, row) => weight * unit * (data.y[row] === 1 ? 9 : 1));
        const weight = (label: number): number => weights.reduce((sum, each, row) => sum + (data.y[row] === label ? each : 0), 0);
        expect(trainLogistic({ ...data, weights }).intercept).toBeCloseTo(Math.log(weight(1) / weight(0)), 8);
      }),
    ));

  test('of a logistic regression and of ridge: pull = penalty · coefficient', () =>
    fc.assert(
      fc.property(randomTraining, fc.constantFrom(1e-2, 1, 30), (each, penalty) => {
        for (const classes of [true, false]) {
          const data = dataFor(each, classes);
          const model = classes ? trainLogistic(data, { penalty }) : trainRidge(data, { penalty });
          const balance = pulls(model, data).map((pull, k) => Math.abs(pull - penalty * (coefficientsOf(model)[k] ?? 0)));
          expect(Math.max(...balance)).toBeLessThan(1e-9 * data.x.rows);
        }
      }),
    ));

  test('of least squares: no pull is left', () =>
    fc.assert(
      fc.property(randomTraining, (each) => {
        const data = dataFor(each, false);
        expect(Math.max(...pulls(trainLeastSquares(data), data).map(Math.abs))).toBeLessThan(1e-9 * data.x.rows);
      }),
    ));

  test('of an elastic net: the pull is that of the penalty, and below it where the coefficient is 0 (Karush, Kuhn and Tucker)', () =>
    fc.assert(
      fc.property(randomTraining, fc.constantFrom(0.01, 0.1, 1), fc.constantFrom(0.1, 0.5, 1), (each, penalty, l1Ratio) => {
        const data = dataFor(each, false);
        const model = trainElasticNet(data, { penalty, l1Ratio });
        const weight = data.weights?.reduce((sum, value) => sum + value, 0) ?? Number.NaN;
        for (const [k, pull] of pulls(model, data).entries()) {
          const coefficient = coefficientsOf(model)[k] ?? Number.NaN;
          const l1 = penalty * l1Ratio;
          if (coefficient === 0) expect(Math.abs(pull / weight)).toBeLessThan(l1 + 1e-9);
          else expect(pull / weight).toBeCloseTo(Math.sign(coefficient) * l1 + penalty * (1 - l1Ratio) * coefficient, 9);
        }
      }),
    ));

  test('without features that matter the odds are those of the classes', () =>
    fc.assert(
      fc.property(randomTraining, ({ data }) => {
        const model = trainLogistic(data, { penalty: 1e12 });
        const weight = (label: number): number => data.weights.reduce((sum, each, row) => sum + (data.y[row] === label ? each : 0), 0);
        expect(model.intercept).toBeCloseTo(Math.log(weight(1) / weight(0)), 8);
      }),
    ));
});
