import type { Dataset } from '../datasets/dataset.ts';
import { trainRidge } from '../models/least-squares.ts';
import { predict } from '../models/model.ts';
import { rowsOf } from '../models/training-data.ts';
import { weightedMean } from '../moments.ts';
import { at } from '../rows-input.ts';
import { crossValidate, type ClassifierMeasures, type Learner } from '../validation/cross-validation.ts';
import { regressionMeasures, type RegressionMeasures } from '../validation/regression.ts';
import type { Split } from '../validation/spans.ts';
import type { Task } from './learn.ts';

interface FoldRows {
  readonly trainRows: number;
  readonly testRows: number;
  /** Starts of the bars of the first and last row of the test, in milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a classifier did on rows that it had not seen, beside a logistic regression with penalty 1 and whoever always says the share of ones. */
export interface ClassifierFold extends FoldRows {
  readonly found: ClassifierMeasures;
  readonly logistic: ClassifierMeasures;
  readonly baseRateLogLoss: number;
}

/** What a regression did, beside a ridge regression with penalty 1 and whoever always says the mean. */
export interface ValueFold extends FoldRows {
  readonly found: RegressionMeasures;
  readonly ridge: RegressionMeasures;
  readonly meanRmse: number;
}

export type Validation =
  | { readonly task: 'classes'; readonly folds: readonly ClassifierFold[] }
  | { readonly task: 'values'; readonly folds: readonly ValueFold[] };

/** Learns the purged folds of a dataset, each once and in order, and judges by the rows that are left. `timeOf` is the start of a row's bar. */
export function validate(dataset: Dataset, task: Task, learn: Learner, timeOf: (row: number) => number): Validation {
  const rows = ({ train, test }: Split): FoldRows => ({
    trainRows: train.length,
    testRows: test.length,
    fromMs: timeOf(at(test, 0)),
    toMs: timeOf(at(test, test.length - 1)),
  });
  if (task === 'values') return { task, folds: dataset.splits.map((split) => ({ ...rows(split), ...valueFold(dataset, split, learn) })) };
  const found = crossValidate(dataset.data, dataset.splits, learn);
  const folds = dataset.splits.flatMap((split, place) => {
    const fold = found[place];
    if (fold === undefined) return [];
    const { probabilities: _probabilities, ...measures } = fold;
    return [{ ...rows(split), ...measures }];
  });
  return { task, folds };
}

function valueFold({ data }: Dataset, split: Split, learn: Learner): Omit<ValueFold, keyof FoldRows> {
  const [train, test] = [rowsOf(data, split.train), rowsOf(data, split.test)];
  const measured = (predicted: Float64Array): RegressionMeasures => regressionMeasures(test.y, predicted, test.weights);
  const mean = weightedMean(train.y, train.weights ?? new Float64Array(train.x.rows).fill(1));
  return {
    found: measured(learn(train)(test)),
    ridge: measured(predict(trainRidge(train), test)),
    meanRmse: measured(new Float64Array(test.x.rows).fill(mean)).rmse,
  };
}
