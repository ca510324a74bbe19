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
 * Puts the lower factor of a symmetric matrix with unit diagonal into its place, and says what the matrix is. A direction that is not
 * there gets a column of zeros, which is right where nothing of it is left.
 */
export function factorise(matrix: usize, size: i32): i32 {
  let found = DEFINITE;
  for (let j = 0; j < size; j++) {
    const row = matrix + bytesOf(j * size);
    let pivot = at(row, j);
    for (let k = 0; k < j; k++) pivot -= at(row, k) * at(row, k);
    if (pivot < -PIVOT_MIN) return INDEFINITE;
    const there = pivot > PIVOT_MIN;
    if (!there) found = SINGULAR;
    const root = there ? sqrt(pivot) : 0;
    put(row, j, root);
    for (let i = j + 1; i < size; i++) {
      const other = matrix + bytesOf(i * size);
      let rest = at(other, j);
      for (let k = 0; k < j; k++) rest -= at(other, k) * at(row, k);
      // A positive semidefinite matrix has nothing beside a zero pivot but what the pivot's own rounding allows.
      if (!there && rest * rest > 4 * PIVOT_MIN) return INDEFINITE;
      put(other, j, there ? rest / root : 0);
    }
  }
  return found;
}

/** Solves L Lᵀ x = b for a factor of full rank; the answer takes the place of b. */
export function solve(factor: usize, size: i32, b: usize): void {
  for (let i = 0; i < size; i++) {
    let rest = at(b, i);
    for (let k = 0; k < i; k++) rest -= at(factor, i * size + k) * at(b, k);
    put(b, i, rest / at(factor, i * size + i));
  }
  for (let i = size - 1; i >= 0; i--) {
    let rest = at(b, i);
    for (let k = i + 1; k < size; k++) rest -= at(factor, k * size + i) * at(b, k);
    put(b, i, rest / at(factor, i * size + i));
  }
}
