import { trainLogistic } from '../models/logistic.ts';
import { predict } from '../models/model.ts';
import { rowsOf } from '../models/training-data.ts';
import type { FeatureRows, TrainingData } from '../models/training-data.ts';
import type { Figure } from '../statistics-input.ts';
import { brierScore, decisionsOf, logLoss } from './classification.ts';
import { weightedMean } from '../moments.ts';
import { averagePrecision, rocAuc } from './ranking.ts';
import type { Split } from './spans.ts';

/** Learns from some rows, and gives what predicts others: probabilities of class 1, or values. */
export type Learner = (train: TrainingData) => (rows: FeatureRows) => Float64Array;

export interface ClassifierMeasures {
  readonly auc: Figure;
  readonly logLoss: number;
  readonly brier: number;
  readonly averagePrecision: Figure;
  readonly accuracy: number;
  readonly f1: number;
  readonly mcc: number;
}

export function classifierMeasures(labels: Float64Array, probabilities: Float64Array, weights?: Float64Array): ClassifierMeasures {
  const { accuracy, f1, mcc } = decisionsOf(labels, probabilities, weights);
  return {
    auc: rocAuc(labels, probabilities, weights),
    logLoss: logLoss(labels, probabilities, weights),
    brier: brierScore(labels, probabilities, weights),
    averagePrecision: averagePrecision(labels, probabilities, weights),
    accuracy,
    f1,
    mcc,
  };
}

/** What a classifier must beat to be worth anything, beside what it does. All on the same unseen rows. A coin's log-loss, COIN_LOG_LOSS, is the same on all. */
export interface FoldResult {
  readonly probabilities: Float64Array;
  readonly found: ClassifierMeasures;
  /** Logistic regression with penalty 1. */
  readonly logistic: ClassifierMeasures;
  /** Log-loss of who always says the share of ones that he learnt from. */
  readonly baseRateLogLoss: number;
}

const baseline: Learner = (train) => {
  const model = trainLogistic(train);
  return (rows) => predict(model, rows);
};

/** Of each split in turn: a classifier learnt from its rows and judged by the others, beside the baselines. */
export function crossValidate(data: TrainingData, splits: readonly Split[], learn: Learner): readonly FoldResult[] {
  return splits.map((split) => {
    const [train, test] = [rowsOf(data, split.train), rowsOf(data, split.test)];
    const measured = (probabilities: Float64Array): ClassifierMeasures => classifierMeasures(test.y, probabilities, test.weights);
    const probabilities = learn(train)(test);
    const share = weightedMean(train.y, train.weights ?? new Float64Array(train.x.rows).fill(1));
    return {
      probabilities,
      found: measured(probabilities),
      logistic: measured(baseline(train)(test)),
      baseRateLogLoss: logLoss(test.y, new Float64Array(test.x.rows).fill(share), test.weights),
    };
  });
}
