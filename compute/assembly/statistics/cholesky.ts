import { dot } from './covariance';
import { at, bytesOf, newSeries, put } from './series';

/** A pivot of a correlation matrix this small is no direction of its own: the matrix is singular to the precision of its numbers. */
const PIVOT_MIN: f64 = 1e-11;

export const DEFINITE: i32 = 0;
export const SINGULAR: i32 = 1;
export const INDEFINITE: i32 = 2;

/** The correlations of a covariance whose variances are positive, and the deviations. */
export class Scaled {
  readonly deviations: usize;
  readonly correlations: usize;

  constructor(
    covariance: usize,
    readonly size: i32,
  ) {
    this.deviations = newSeries(size);
    this.correlations = newSeries(size * size);
    for (let i = 0; i < size; i++) put(this.deviations, i, sqrt(at(covariance, i * size + i)));
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) {
        const value = at(covariance, i * size + j) / (at(this.deviations, i) * at(this.deviations, j));
        put(this.correlations, i * size + j, value);
        put(this.correlations, j * size + i, value);
      }
      put(this.correlations, i * size + i, 1);
    }
  }

  @inline
  deviation(i: i32): f64 {
    return at(this.deviations, i);
  }

  @inline
  row(i: i32): usize {
    return this.correlations + bytesOf(i * this.size);
  }
}

/**
 * Puts row `j` of the lower factor of a symmetric matrix with unit diagonal into its place, where the rows before it are done, and says
 * what the matrix is so far. A direction that is not there gets a zero on the diagonal and below, which is right where nothing of it is left.
 */
export function factoriseRow(matrix: usize, stride: i32, j: i32): i32 {
  const row = matrix + bytesOf(j * stride);
  let found = DEFINITE;
  for (let k = 0; k < j; k++) {
    const other = matrix + bytesOf(k * stride);
    const rest = at(row, k) - dot(row, other, k);
    const root = at(other, k);
    // A positive semidefinite matrix has nothing beside a zero pivot but what the pivot's own rounding allows.
    if (root == 0 && rest * rest > 4 * PIVOT_MIN) return INDEFINITE;
    put(row, k, root == 0 ? 0 : rest / root);
  }
  const pivot = at(row, j) - dot(row, row, j);
  if (pivot < -PIVOT_MIN) return INDEFINITE;
  if (pivot <= PIVOT_MIN) found = SINGULAR;
  put(row, j, found == SINGULAR ? 0 : sqrt(pivot));
  return found;
}

/** The whole factor in the matrix's place. */
export function factorise(matrix: usize, size: i32): i32 {
  let found = DEFINITE;
  for (let j = 0; j < size; j++) {
    found = max(found, factoriseRow(matrix, size, j));
    if (found == INDEFINITE) return found;
  }
  return found;
}

/** Solves L Lᵀ x = b for a factor of full rank; the answer takes the place of b. */
export function solve(factor: usize, stride: i32, size: i32, b: usize): void {
  for (let i = 0; i < size; i++) {
    const row = factor + bytesOf(i * stride);
    put(b, i, (at(b, i) - dot(row, b, i)) / at(row, i));
  }
  for (let i = size - 1; i >= 0; i--) {
    const row = factor + bytesOf(i * stride);
    const value = at(b, i) / at(row, i);
    put(b, i, value);
    for (let k = 0; k < i; k++) put(b, k, at(b, k) - value * at(row, k));
  }
}
