import { describe, expect, test } from 'vitest';
import { expectWithin, goldenModels } from '../models/golden-models.ts';
import type { GoldenRange } from '../models/golden-models.ts';
import { momentsOf } from '../moments.ts';
import type { Figure } from '../statistics-input.ts';
import { brierScore, logLoss } from '../validation/classification.ts';
import { rocAuc } from '../validation/ranking.ts';
import { regressionMeasures } from '../validation/regression.ts';
import { goldenSamples } from './golden-samples.ts';
import type { GoldenSamples } from './golden-samples.ts';
import { openLearning, predictionOf } from './learning.node.ts';
import type { Samples, TreeModel } from './learning.node.ts';

const learning = await openLearning();
/** The settings of scikit-learn's defaults, which the golden models have. */
const PLAIN = { trees: 100, learningRate: 0.1, depthMax: 3, leafSamplesMin: 1, leafHessianMin: 0, l2: 0 } as const;
const FOREST = { trees: 200, depthMax: 6, leafSamplesMin: 5 } as const;
const BINS = 255;

function predictionsOf(model: TreeModel, samples: Samples): Float64Array {
  return learning.scoreColumns(model, samples.columns).map((score) => predictionOf(model, Float64Array.of(score))[0] ?? Number.NaN);
}

/**
 * The same rows with a feature cut in slices, each a column of at most 255 values with those outside held at its ends: every threshold between
 * two values is a cut then, as in a splitter without bins.
 */
function withoutBins({ train, test }: GoldenSamples): GoldenSamples {
  const slices = train.columns.flatMap((column, feature) => {
    const values = [...new Set(column)].sort((a, b) => a - b);
    const starts = Array.from({ length: Math.ceil((values.length - 1) / (BINS - 1)) }, (_, slice) => slice * (BINS - 1));
    return starts.map((start) => {
      const [low, high] = [values[start] ?? 0, values[Math.min(start + BINS - 1, values.length - 1)] ?? 0];
      const held = (samples: Samples): Float64Array =>
        (samples.columns[feature] ?? new Float64Array()).map((value) => Math.min(high, Math.max(low, value)));
      return { name: `${train.names[feature]} from ${start}`, train: held(train), test: held(test) };
    });
  });
  const names = slices.map(({ name }) => name);
  const of = (part: 'train' | 'test', { target }: Samples): Samples => ({ names, columns: slices.map((slice) => slice[part]), target });
  return { train: of('train', train), test: of('test', test) };
}

const rSquared = (actual: Float64Array, predicted: Float64Array): Figure => regressionMeasures(actual, predicted).r2;

function expectInRange(actual: Figure, range: GoldenRange | undefined, name: string): void {
  expectWithin(actual, range?.mean, 4 * (range?.sd ?? 0), name);
}

describe.each(['AAPL', 'SPX'])('%s', (tag) => {
  const golden = goldenModels(tag);
  const volatility = goldenSamples(tag, 'y_vol');
  const level = goldenSamples(tag, 'y_vol_reg');
  const direction = goldenSamples(tag, 'y_dir');

  test.each([
    { name: 'gradient_boosting_100_lr0.1_depth3_y_vol', samples: volatility, parameters: PLAIN },
    { name: 'gradient_boosting_100_lr0.1_depth3_y_vol', samples: withoutBins(volatility), parameters: PLAIN },
    { name: 'hist_gradient_boosting_100_y_vol', samples: volatility, parameters: { ...PLAIN, leafSamplesMin: 20 } },
  ])('$name: AUC within 0.01, log-loss within 0.02 over $samples.train.names.length columns', ({ name, samples, parameters }) => {
    const { model } = learning.boost(samples.train, { objective: 'binary', ...parameters });
    const probabilities = predictionsOf(model, samples.test);
    expectWithin(rocAuc(samples.test.target, probabilities), golden.exact[name]?.['roc_auc'], 0.01, 'AUC');
    expectWithin(logLoss(samples.test.target, probabilities), golden.exact[name]?.['log_loss'], 0.02, 'log-loss');
  });

  test('one tree of squared error splits the rows as one by Gini impurity does, which is the same of two classes', () => {
    const expected = golden.exact['decision_tree_gini_depth3_y_vol'];
    const { train, test } = withoutBins(volatility);
    const { model } = learning.boost(train, { objective: 'regression', ...PLAIN, trees: 1, learningRate: 1 });
    expect([...model.counts].toSorted((a, b) => a - b)).toEqual([...(expected?.n ?? [])].toSorted((a, b) => a - b));
    // A cut lies midway between values of the node there and between values of all rows here: a few unseen rows lie between the two.
    const shares = predictionsOf(model, test);
    expectWithin(rocAuc(test.target, shares), expected?.['roc_auc'], 0.01, 'AUC');
    expectWithin(logLoss(test.target, shares), expected?.['log_loss'], 0.02, 'log-loss');
  });

  test('regression of all thresholds fits the rows that it learnt as the exact splitter does, and others within 0.02 of R²', () => {
    const { train, test } = withoutBins(level);
    const expected = golden.exact['gradient_boosting_reg_100_lr0.1_depth3_y_vol_reg'];
    const { model } = learning.boost(train, { objective: 'regression', ...PLAIN });
    expectWithin(rSquared(train.target, predictionsOf(model, train)), expected?.train['r2'], 1e-9, 'R² of the training');
    expectWithin(rSquared(test.target, predictionsOf(model, test)), expected?.['r2'], 0.02, 'R²');
  });

  test('regression in bins: R² of 255 bins within 0.035 of the exact splitter, of 240 to 255 bins within 0.025 in the mean', () => {
    // Which of two nearly equal splits comes first moves R² by several hundredths on these rows; the mean shows what bins cost apart from that.
    const expected = golden.exact['gradient_boosting_reg_100_lr0.1_depth3_y_vol_reg']?.['r2'];
    const found = Array.from({ length: 16 }, (_, fewer) => {
      const { model } = learning.boost(level.train, { objective: 'regression', ...PLAIN, binsMax: 255 - fewer });
      return rSquared(level.test.target, predictionsOf(model, level.test)) ?? Number.NaN;
    });
    expectWithin(found[0] ?? Number.NaN, expected, 0.035, 'R² of the default');
    expectWithin(momentsOf(found).mean, expected, 0.025, 'mean of R²');
  });

  test.each([1, 2, 3])('boosting half of the rows a tree, seed %i, within four deviations', (seed) => {
    const { model } = learning.boost(volatility.train, { objective: 'binary', ...PLAIN, rowShare: 0.5, seed });
    const probabilities = predictionsOf(model, volatility.test);
    const range = golden.ranges['gradient_boosting_subsample0.5_y_vol_20seeds'];
    expectInRange(rocAuc(volatility.test.target, probabilities), range?.['roc_auc'], 'AUC');
    expectInRange(logLoss(volatility.test.target, probabilities), range?.['log_loss'], 'log-loss');
    expectInRange(brierScore(volatility.test.target, probabilities), range?.['brier'], 'Brier');
  });

  test.each([1, 2, 3])('forests, seed %i, within four deviations', (seed) => {
    for (const [name, { train, test }] of Object.entries({ y_vol: volatility, y_dir: direction })) {
      const { model } = learning.growForest(train, { objective: 'binary', ...FOREST, seed });
      const probabilities = predictionsOf(model, test);
      const range = golden.ranges[`random_forest_200_${name}_20seeds`];
      expectInRange(rocAuc(test.target, probabilities), range?.['roc_auc'], `AUC of ${name}`);
      expectInRange(logLoss(test.target, probabilities), range?.['log_loss'], `log-loss of ${name}`);
      expectInRange(brierScore(test.target, probabilities), range?.['brier'], `Brier of ${name}`);
    }
    const { model } = learning.growForest(level.train, { objective: 'regression', ...FOREST, depthMax: 8, splitFeatureShare: 1, seed });
    expectInRange(
      rSquared(level.test.target, predictionsOf(model, level.test)),
      golden.ranges['random_forest_reg_200_y_vol_reg_10seeds']?.['r2'],
      'R²',
    );
  });

  test('nobody finds the direction of the next day', () => {
    const models = [
      learning.boost(direction.train, { objective: 'binary' }).model,
      learning.boost(direction.train, { objective: 'binary', ...PLAIN }).model,
      learning.growForest(direction.train, { objective: 'binary', ...FOREST, seed: 4 }).model,
    ];
    for (const model of models) {
      const found = rocAuc(direction.test.target, predictionsOf(model, direction.test));
      expect(Math.abs((found ?? Number.NaN) - 0.5)).toBeLessThanOrEqual(0.04);
    }
  });
});
