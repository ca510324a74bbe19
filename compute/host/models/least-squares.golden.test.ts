import { describe, expect, test } from 'vitest';
import { regressionMeasures } from '../validation/regression.ts';
import { trainElasticNet, trainLasso } from './elastic-net.ts';
import { GOLDEN_TAGS, expectWithin, goldenModels, goldenSplit } from './golden-models.ts';
import { trainLeastSquares, trainRidge } from './least-squares.ts';
import { predict } from './model.ts';
import type { Model } from './model.ts';
import type { TrainingData } from './training-data.ts';

interface Case {
  readonly name: string;
  readonly train: (data: TrainingData) => Model;
  /** Coefficients of a closed form agree to the last digits; those of a descent where the golden one stopped. */
  readonly allowed: number;
}

const CASES: readonly Case[] = [
  { name: 'ols_y_vol_reg', train: trainLeastSquares, allowed: 1e-12 },
  { name: 'ridge_alpha1_y_vol_reg', train: (data) => trainRidge(data, { penalty: 1 }), allowed: 1e-12 },
  { name: 'lasso_alpha0.01_y_vol_reg', train: (data) => trainLasso(data, { penalty: 0.01 }), allowed: 1e-7 },
  {
    name: 'elasticnet_alpha0.02_l1ratio0.5_y_vol_reg',
    train: (data) => trainElasticNet(data, { penalty: 0.02, l1Ratio: 0.5 }),
    allowed: 1e-7,
  },
];

describe.each(GOLDEN_TAGS.flatMap((tag) => CASES.map((each) => ({ ...each, tag }))))(
  '$name of $tag',
  ({ tag, name, train: learn, allowed }) => {
    const golden = goldenModels(tag).exact[name];
    if (golden === undefined) throw new Error(`The golden file has no ${name}`);
    const { train, test: unseen } = goldenSplit(tag, 'y_vol_reg');
    const model = learn(train);
    if (model.kind === 'naive-bayes') throw new Error('Invariant: a regression is linear');
    const predicted = predict(model, unseen);

    test('coefficients and predictions', () => {
      for (const [column, coefficient] of golden.coef.entries()) {
        expectWithin(model.coefficients[column], coefficient, allowed, train.features[column] ?? '');
        expect(model.coefficients[column] === 0, train.features[column]).toBe(coefficient === 0);
      }
      expectWithin(model.intercept, golden.intercept, 1e-12, 'intercept');
      for (const [row, value] of golden.first5_test_pred.entries()) expectWithin(predicted[row], value, 10 * allowed, `row ${row}`);
    });

    test('measures', () => {
      const found = regressionMeasures(unseen.y, predicted);
      expectWithin(found.rmse, golden['rmse'], 1e-6, 'rmse');
      expectWithin(found.mae, golden['mae'], 1e-6, 'mae');
      expectWithin(found.r2, golden['r2'], 1e-6, 'r2');
      expectWithin(found.ic, golden['pearson'], 1e-6, 'pearson');
      expectWithin(found.rankIc, golden['spearman'], 1e-6, 'spearman');
    });
  },
);
