import type { Matrix } from '../statistics-matrix.ts';
import { at } from '../rows-input.ts';

/** What was taken from each feature and what it was divided by: kept with the model, and used at each prediction. */
export interface Standardisation {
  readonly means: readonly number[];
  /** Of the population: over Σ w. */
  readonly deviations: readonly number[];
}

/** Weighted means and deviations of the columns, in two passes. */
export function standardisationOf({ rows, columns, values }: Matrix, weights: Float64Array): Standardisation {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const average = (of: (value: number, column: number) => number): Float64Array => {
    const sums = new Float64Array(columns);
    for (let row = 0; row < rows; row += 1) {
      const weight = at(weights, row);
      for (let column = 0; column < columns; column += 1) {
        sums[column] = at(sums, column) + weight * of(at(values, row * columns + column), column);
      }
    }
    return sums.map((sum) => sum / total);
  };
  const means = average((value) => value);
  const variances = average((value, column) => (value - at(means, column)) ** 2);
  return { means: Array.from(means), deviations: Array.from(variances, (variance) => Math.sqrt(variance)) };
}

export const standardise = (value: number, { means, deviations }: Standardisation, column: number): number =>
  (value - at(means, column)) / at(deviations, column);

/** A fresh matrix of mean 0 and deviation 1. */
export function standardised({ rows, columns, values }: Matrix, standardisation: Standardisation): Matrix {
  return { rows, columns, values: values.map((value, index) => standardise(value, standardisation, index % columns)) };
}
