import type { Matrix } from '../statistics-matrix.ts';
import { at } from '../rows-input.ts';

/** A column that keeps a smaller part of its length, once the others' share is taken, follows from them. */
const INDEPENDENT_MIN = 1e-11;

/** The coefficients of the least sum of squares, or the column that follows from those before it. */
export type LeastSquares = { readonly ok: true; readonly coefficients: Float64Array } | { readonly ok: false; readonly column: number };

/**
 * The b of the least |y − X b|², by Householder's reflections (1958): it loses as many digits as the condition of X has, where normal equations lose twice
 * as many. X has at least as many rows as columns.
 */
export function leastSquares({ rows, columns, values }: Matrix, y: Float64Array): LeastSquares {
  // Column by column, the right side last: reflections run along columns.
  const count = columns + 1;
  const work = new Float64Array(rows * count);
  for (let column = 0; column < columns; column += 1) {
    for (let row = 0; row < rows; row += 1) work[column * rows + row] = at(values, row * columns + column);
  }
  work.set(y, columns * rows);
  const diagonal = new Float64Array(columns);
  for (let column = 0; column < columns; column += 1) {
    const whole = lengthOf(work.subarray(column * rows, (column + 1) * rows));
    const left = work.subarray(column * rows + column, (column + 1) * rows);
    const length = lengthOf(left);
    if (!(length > INDEPENDENT_MIN * whole)) return { ok: false, column };
    diagonal[column] = at(left, 0) > 0 ? -length : length;
    left[0] = at(left, 0) - at(diagonal, column);
    const square = left.reduce((sum, value) => sum + value * value, 0);
    for (let other = column + 1; other < count; other += 1) {
      reflect(work.subarray(other * rows + column, (other + 1) * rows), left, square);
    }
  }
  return { ok: true, coefficients: backwards(work, rows, diagonal) };
}

/** x − 2 v (v · x) / |v|². */
function reflect(x: Float64Array, v: Float64Array, square: number): void {
  let dot = 0;
  for (let row = 0; row < x.length; row += 1) dot += at(v, row) * at(x, row);
  const factor = (2 * dot) / square;
  for (let row = 0; row < x.length; row += 1) x[row] = at(x, row) - factor * at(v, row);
}

function backwards(work: Float64Array, rows: number, diagonal: Float64Array): Float64Array {
  const columns = diagonal.length;
  const found = new Float64Array(columns);
  for (let column = columns - 1; column >= 0; column -= 1) {
    let sum = at(work, columns * rows + column);
    for (let other = column + 1; other < columns; other += 1) sum -= at(work, other * rows + column) * at(found, other);
    found[column] = sum / at(diagonal, column);
  }
  return found;
}

const lengthOf = (values: Float64Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
