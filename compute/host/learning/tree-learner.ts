import { ParameterError } from '../errors.ts';
import type { FeatureRows, TrainingData } from '../models/training-data.ts';
import type { Learner } from '../validation/cross-validation.ts';
import { at } from '../rows-input.ts';
import type { Learning } from './learning.ts';
import { predictionOf, type TreeModel } from './model.ts';
import type { BoostingParameters, ForestParameters } from './parameters.ts';
import type { Samples } from './samples.ts';

/** The same rows with a column a feature: what research learns from, as trees take it. */
export function samplesOf(data: TrainingData): Samples {
  const samples = { names: data.features, columns: columnsOf(data), target: data.y };
  return data.weights === undefined ? samples : { ...samples, weights: data.weights };
}

function columnsOf({ x }: FeatureRows): readonly Float64Array[] {
  return Array.from({ length: x.columns }, (_, column) =>
    Float64Array.from({ length: x.rows }, (_row, row) => at(x.values, row * x.columns + column)),
  );
}

/**
 * Boosted trees for `crossValidate` and whatever else takes a learner: probabilities of class 1, or values. Throws a ParameterError for several
 * classes, which are no single figure a row; learning throws as `Learning.boost` does.
 */
export function boostingLearner(learning: Learning, parameters: BoostingParameters): Learner {
  if (parameters.objective === 'multiclass')
    throw new ParameterError(
      'Boosting',
      'objective',
      parameters.objective,
      'one of binary, regression, quantile, which predict one figure a row',
    );
  return (train) => predictorOf(learning, learning.boost(samplesOf(train), parameters).model);
}

/** A forest, likewise. */
export function forestLearner(learning: Learning, parameters: ForestParameters): Learner {
  return (train) => predictorOf(learning, learning.growForest(samplesOf(train), parameters).model);
}

function predictorOf(learning: Learning, model: TreeModel): (rows: FeatureRows) => Float64Array {
  return (rows) => {
    const odd = model.names.findIndex((name, index) => rows.features[index] !== name);
    if (odd >= 0 || rows.features.length !== model.names.length)
      throw new RangeError(
        `Model: the rows have ${rows.features.join(', ')}, but it was trained with ${model.names.join(', ')}: give these, in this order.`,
      );
    return learning.scoreColumns(model, columnsOf(rows)).map((score) => predictionOf(model, Float64Array.of(score))[0] ?? Number.NaN);
  };
}
