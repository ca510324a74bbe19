import type { Dataset } from '../datasets/dataset.ts';
import { rowsOf, type FeatureRows, type TrainingData } from '../models/training-data.ts';
import { decisionsOf, logLoss, type Decisions } from '../validation/classification.ts';
import type { Learner } from '../validation/cross-validation.ts';
import { permutationImportance, type FeatureImportance, type Score } from '../validation/permutation-importance.ts';
import { regressionMeasures } from '../validation/regression.ts';
import { reliability, type Reliability } from '../validation/reliability.ts';
import type { LearningSpec, Task } from './learn.ts';

/** What the models of the folds say of rows that they had not seen, all folds together. Before calibration. */
export interface ModelEvaluation {
  /** How much the loss on unseen rows grows without a feature: log-loss of classes, RMSE of values. Empty where there is one fold only, which says nothing of how sure it is. */
  readonly importances: readonly FeatureImportance[];
  /** Ten bins of as many rows; of classes only. */
  readonly calibration: Reliability | null;
  /** At a probability of one half; of classes only. */
  readonly confusion: Decisions | null;
}

type Predictor = (rows: FeatureRows) => Float64Array;

/** Orders that are tried of each feature and fold. */
const REPEATS = 3;
const SEED_MAX = 2 ** 32;

/** Keeps what it learns, fold by fold, so that the same folds need not be learnt again; tells how many there are. */
export function keepingLearner(
  learn: Learner,
  onFold: (folds: number) => void,
): { readonly learn: Learner; readonly kept: readonly Predictor[] } {
  const kept: Predictor[] = [];
  return {
    kept,
    learn: (train) => {
      const predictor = learn(train);
      kept.push(predictor);
      onFold(kept.length);
      return predictor;
    },
  };
}

/** Gives what was kept, in its order. */
function repeatingLearner(kept: readonly Predictor[]): Learner {
  let fold = 0;
  return () => {
    const predictor = kept[fold];
    fold += 1;
    if (predictor === undefined) throw new Error('Invariant: each fold was learnt once');
    return predictor;
  };
}

const SCORES: Readonly<Record<Task, Score>> = {
  classes: (labels, predictions, weights) => -logLoss(labels, predictions, weights),
  values: (labels, predictions, weights) => -regressionMeasures(labels, predictions, weights).rmse,
};

function joined(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

/** `kept` are the models of the folds, in their order. */
export function evaluate(
  { data, splits }: Pick<Dataset, 'data' | 'splits'>,
  kept: readonly Predictor[],
  task: Task,
  { seed }: Pick<LearningSpec, 'seed'>,
): ModelEvaluation {
  const learn = repeatingLearner(kept);
  const importances =
    splits.length < 2 ? [] : permutationImportance(data, splits, learn, SCORES[task], { seed: seed % SEED_MAX, repeats: REPEATS });
  if (task === 'values') return { importances, calibration: null, confusion: null };
  const tests: readonly TrainingData[] = splits.map(({ test }) => rowsOf(data, test));
  const found = joined(tests.map((test, fold) => kept[fold]?.(test) ?? new Float64Array()));
  const labels = joined(tests.map(({ y }) => y));
  const weights = data.weights === undefined ? undefined : joined(tests.map((test) => test.weights ?? new Float64Array()));
  return {
    importances,
    calibration: reliability(labels, found, weights, { rule: 'count' }),
    confusion: decisionsOf(labels, found, weights),
  };
}
