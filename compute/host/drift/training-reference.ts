import type { Dataset } from '../datasets/dataset.ts';
import { predictAny, type AnyModel } from '../model-strategies/any-model.ts';
import type { Validation } from '../model-strategies/validate.ts';
import { weightedMean } from '../moments.ts';
import { at } from '../rows-input.ts';
import { driftReference, type DriftReference } from './reference.ts';

/** What a model is measured against in production: the rows of its dataset, its own predictions of them, and its folds' error on rows that they had not seen. */
export function trainingReference(model: AnyModel, { data }: Dataset, validation: Validation): DriftReference {
  const { rows, columns, values } = data.x;
  const features = data.features.map((name, column) => ({
    name,
    values: Float64Array.from({ length: rows }, (_, row) => at(values, row * columns + column)),
  }));
  const predictions = Float64Array.from({ length: rows }, (_, row) =>
    predictAny(model, values.subarray(row * columns, (row + 1) * columns)),
  );
  return driftReference(features, predictions, { task: validation.task, error: unseenError(validation) });
}

/** Over all rows of all tests; `null` without a fold. */
function unseenError(validation: Validation): number | null {
  if (validation.folds.length === 0) return null;
  const rows = Float64Array.from(validation.folds.map(({ testRows }) => testRows));
  if (validation.task === 'classes') {
    const losses = validation.folds.map(({ found }) => found.logLoss);
    return weightedMean(Float64Array.from(losses), rows);
  }
  const squares = validation.folds.map(({ found }) => found.rmse ** 2);
  return Math.sqrt(weightedMean(Float64Array.from(squares), rows));
}
