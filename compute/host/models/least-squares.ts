import { checkNumber } from '../statistics-input.ts';
import type { Matrix } from '../statistics-matrix.ts';
import { weightedMean } from '../moments.ts';
import { at } from '../rows-input.ts';
import { leastSquares } from './householder.ts';
import { PENALTY } from './logistic.ts';
import type { LinearModel } from './model.ts';
import { standardisationOf, standardised } from './standardisation.ts';
import type { Standardisation } from './standardisation.ts';
import { TrainingError, checkTrainingData } from './training-data.ts';
import type { TrainingData } from './training-data.ts';

/** Standardised features and labels less their mean: the intercept is that mean. */
export interface CentredData {
  readonly standardisation: Standardisation;
  readonly x: Matrix;
  readonly y: Float64Array;
  readonly mean: number;
  readonly weights: Float64Array;
}

export function centredData(what: string, data: TrainingData): CentredData {
  const weights = checkTrainingData(what, data, 'values');
  const standardisation = standardisationOf(data.x, weights);
  const mean = weightedMean(data.y, weights);
  return { standardisation, x: standardised(data.x, standardisation), y: data.y.map((value) => value - mean), mean, weights };
}

/** Ordinary least squares: the least Σ w (y − ŷ)². Throws a {@link TrainingError} where a feature follows from the others. */
export function trainLeastSquares(data: TrainingData): LinearModel {
  const what = 'least-squares';
  const centred = centredData(what, data);
  const rows = centred.weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
  if (rows <= data.x.columns + 1) {
    throw new TrainingError(
      `${what}: ${rows} rows for ${data.x.columns} features and an intercept fit anything: give more rows, fewer features, or a penalty (ridge).`,
    );
  }
  return squaresModel(what, data, centred, undefined);
}

export interface RidgeParameters {
  /** How much large coefficients cost; scikit-learn's alpha. */
  readonly penalty?: number;
}

/** Ridge regression: the least Σ w (y − ŷ)² + penalty · |b|² over standardised features. Hoerl and Kennard, 1970. */
export function trainRidge(data: TrainingData, { penalty = 1 }: RidgeParameters = {}): LinearModel {
  const what = 'ridge';
  checkNumber(what, 'penalty', penalty, PENALTY);
  return squaresModel(what, data, centredData(what, data), penalty);
}

/** A penalty is a row more for each feature, with its root in that column and nothing to reach. */
function squaresModel(what: 'least-squares' | 'ridge', data: TrainingData, centred: CentredData, penalty: number | undefined): LinearModel {
  const { rows, columns, values } = centred.x;
  const further = penalty === undefined ? 0 : columns;
  const x = { rows: rows + further, columns, values: new Float64Array((rows + further) * columns) };
  const y = new Float64Array(rows + further);
  for (let row = 0; row < rows; row += 1) {
    const root = Math.sqrt(at(centred.weights, row));
    y[row] = root * at(centred.y, row);
    for (let column = 0; column < columns; column += 1) {
      x.values[row * columns + column] = root * at(values, row * columns + column);
    }
  }
  for (let column = 0; column < further; column += 1) x.values[(rows + column) * columns + column] = Math.sqrt(penalty ?? 0);
  const found = leastSquares(x, y);
  if (!found.ok) {
    throw new TrainingError(
      `${what}: the feature ${data.features[found.column] ?? ''} follows from those before it: leave it out, or train with a larger penalty.`,
    );
  }
  return modelOf(what, data, centred, found.coefficients, penalty === undefined ? {} : { penalty });
}

export function modelOf(
  kind: Exclude<LinearModel['kind'], 'logistic'>,
  data: TrainingData,
  { standardisation, mean }: CentredData,
  coefficients: Float64Array,
  parameters: Readonly<Record<string, number>>,
): LinearModel {
  return {
    kind,
    features: data.features,
    parameters,
    rows: data.x.rows,
    standardisation,
    coefficients: [...coefficients],
    intercept: mean,
    calibration: null,
  };
}
