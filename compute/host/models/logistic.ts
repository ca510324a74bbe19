import { checkNumber } from '../statistics-input.ts';
import type { Matrix } from '../statistics-matrix.ts';
import { at } from '../rows-input.ts';
import { leastLogisticLoss } from './logistic-newton.ts';
import type { LinearModel } from './model.ts';
import { standardisationOf, standardised } from './standardisation.ts';
import { checkTrainingData } from './training-data.ts';
import type { TrainingData } from './training-data.ts';

export interface LogisticParameters {
  /** How much large coefficients cost; scikit-learn's C is 1 over it. */
  readonly penalty?: number;
}

export const PENALTY = { min: 1e-9, max: 1e12 };

/**
 * Logistic regression: the least Σ w · log-loss + ½ · penalty · |b|² over standardised features, the intercept without penalty. There is one optimum, and it is
 * found to about 1e-12.
 */
export function trainLogistic(data: TrainingData, { penalty = 1 }: LogisticParameters = {}): LinearModel {
  const what = 'logistic';
  checkNumber(what, 'penalty', penalty, PENALTY);
  const weights = checkTrainingData(what, data, 'classes');
  const standardisation = standardisationOf(data.x, weights);
  const x = withIntercept(standardised(data.x, standardisation));
  const penalties = new Float64Array(x.columns).fill(penalty);
  penalties[x.columns - 1] = 0;
  const found = leastLogisticLoss({ what, x, targets: data.y, weights, penalties });
  return {
    kind: 'logistic',
    features: data.features,
    parameters: { penalty },
    rows: data.x.rows,
    standardisation,
    coefficients: [...found.subarray(0, -1)],
    intercept: at(found, x.columns - 1),
    calibration: null,
  };
}

/** With a last column of ones. */
function withIntercept({ rows, columns, values }: Matrix): Matrix {
  const wider = new Float64Array(rows * (columns + 1)).fill(1);
  for (let row = 0; row < rows; row += 1) wider.set(values.subarray(row * columns, (row + 1) * columns), row * (columns + 1));
  return { rows, columns: columns + 1, values: wider };
}
