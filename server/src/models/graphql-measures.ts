import type { ModelManifest } from '@tidemark/compute/models';
import type { Builder } from '../graphql/builder.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { RecordedModel } from './model.ts';

type Figure = number | null;

/** Of classes or of values: those that do not apply are null. */
export interface MeasuresView {
  readonly auc?: Figure;
  readonly logLoss?: Figure;
  readonly brier?: Figure;
  readonly averagePrecision?: Figure;
  readonly accuracy?: Figure;
  readonly f1?: Figure;
  readonly mcc?: Figure;
  readonly rmse?: Figure;
  readonly mae?: Figure;
  readonly r2?: Figure;
  readonly ic?: Figure;
  readonly rankIc?: Figure;
}

export interface FoldView {
  readonly from: Instant;
  readonly to: Instant;
  readonly trainRows: number;
  readonly testRows: number;
  readonly found: MeasuresView;
  readonly baseline: MeasuresView;
  readonly baselineName: string;
  readonly baseRate: MeasuresView;
  readonly coin: MeasuresView | null;
}

type AnyFold = ModelManifest['validation']['folds'][number];

const rowsOf = ({ fromMs, toMs, trainRows, testRows }: AnyFold) => ({
  from: instantFromMs(fromMs),
  to: instantFromMs(toMs),
  trainRows,
  testRows,
});

/** Each fold beside whoever learns least: a linear model, the base rate or the mean, a coin. */
export function foldsOf({ manifest: { validation } }: RecordedModel): FoldView[] {
  if (validation.task === 'values')
    return validation.folds.map((fold) => ({
      ...rowsOf(fold),
      found: fold.found,
      baseline: fold.ridge,
      baselineName: 'ridge regression',
      baseRate: { rmse: fold.meanRmse },
      coin: null,
    }));
  return validation.folds.map((fold) => ({
    ...rowsOf(fold),
    found: fold.found,
    baseline: fold.logistic,
    baselineName: 'logistic regression',
    baseRate: { logLoss: fold.baseRateLogLoss },
    coin: { logLoss: Math.LN2 },
  }));
}

function addFolds(builder: Builder): void {
  builder.objectType('ModelMeasures', {
    description: 'On rows that were not learnt from; those of the other task, and those without a meaning, are null.',
    fields: (t) => ({
      auc: t.exposeFloat('auc', { nullable: true }),
      logLoss: t.exposeFloat('logLoss', { nullable: true }),
      brier: t.exposeFloat('brier', { nullable: true }),
      averagePrecision: t.exposeFloat('averagePrecision', { nullable: true }),
      accuracy: t.exposeFloat('accuracy', { nullable: true }),
      f1: t.exposeFloat('f1', { nullable: true }),
      mcc: t.exposeFloat('mcc', { nullable: true }),
      rmse: t.exposeFloat('rmse', { nullable: true }),
      mae: t.exposeFloat('mae', { nullable: true }),
      r2: t.exposeFloat('r2', { nullable: true }),
      ic: t.exposeFloat('ic', { nullable: true }),
      rankIc: t.exposeFloat('rankIc', { nullable: true }),
    }),
  });
  builder.objectType('ModelFold', {
    fields: (t) => ({
      from: t.expose('from', { type: 'DateTime', description: 'Start of the bar of the first unseen row.' }),
      to: t.expose('to', { type: 'DateTime', description: 'Of the last.' }),
      trainRows: t.exposeInt('trainRows'),
      testRows: t.exposeInt('testRows'),
      found: t.expose('found', { type: 'ModelMeasures' }),
      baseline: t.expose('baseline', { type: 'ModelMeasures', description: 'Of a linear model on the same rows.' }),
      baselineName: t.exposeString('baselineName'),
      baseRate: t.expose('baseRate', { type: 'ModelMeasures', description: 'Of who always says the share of ones, or the mean.' }),
      coin: t.expose('coin', { type: 'ModelMeasures', nullable: true, description: 'A log-loss of 0.693; of classes only.' }),
    }),
  });
}

/** How good a model is, in figures. */
export function addModelMeasures(builder: Builder): void {
  addFolds(builder);
  builder.objectType('ModelImportance', {
    description: 'How much the loss on unseen rows grows when a feature is put in another order: log-loss of classes, RMSE of values.',
    fields: (t) => ({
      feature: t.exposeString('feature'),
      mean: t.exposeFloat('mean'),
      deviation: t.exposeFloat('deviation', { description: 'Over the folds, of the sample.' }),
    }),
  });
  builder.objectType('ModelReliabilityBin', {
    description: 'Unseen rows with about the same probability, and how often they came true.',
    fields: (t) => ({
      low: t.exposeFloat('low'),
      high: t.exposeFloat('high'),
      rows: t.exposeInt('rows'),
      predicted: t.exposeFloat('predicted'),
      observed: t.exposeFloat('observed'),
    }),
  });
  builder.objectType('ModelReliability', {
    description: 'Of the unseen rows of all folds, before calibration: ten bins of about as many rows.',
    fields: (t) => ({
      bins: t.field({ type: ['ModelReliabilityBin'], resolve: ({ bins }) => [...bins] }),
      expectedError: t.exposeFloat('expectedError', { description: 'Mean of |observed − predicted|, by weight.' }),
      maximumError: t.exposeFloat('maximumError'),
    }),
  });
  builder.objectType('ModelConfusion', {
    description: 'Of the unseen rows of all folds, at a probability of one half; sums of weights, counts where rows have none.',
    fields: (t) => ({
      trueNegatives: t.exposeFloat('trueNegatives'),
      falsePositives: t.exposeFloat('falsePositives'),
      falseNegatives: t.exposeFloat('falseNegatives'),
      truePositives: t.exposeFloat('truePositives'),
      accuracy: t.exposeFloat('accuracy'),
      precision: t.exposeFloat('precision'),
      recall: t.exposeFloat('recall'),
      f1: t.exposeFloat('f1'),
      mcc: t.exposeFloat('mcc'),
    }),
  });
}
