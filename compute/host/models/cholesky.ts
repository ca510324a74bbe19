import { at } from '../rows-input.ts';

/** A pivot that is a smaller part of its diagonal is rounding: the column follows from the others. */
const PIVOT_MIN = 1e-13;

/**
 * Solves A x = b for a symmetric, positive definite A of `size` rows, given row by row; only its lower half is read. `undefined` where a column
 * follows from others.
 */
export function solvePositiveDefinite(matrix: Float64Array, size: number, right: Float64Array): Float64Array | undefined {
  const lower = factor(matrix, size);
  if (lower === undefined) return undefined;
  const x = right.slice();
  for (let row = 0; row < size; row += 1) {
    let sum = at(x, row);
    for (let k = 0; k < row; k += 1) sum -= at(lower, row * size + k) * at(x, k);
    x[row] = sum / at(lower, row * size + row);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = at(x, row);
    for (let k = row + 1; k < size; k += 1) sum -= at(lower, k * size + row) * at(x, k);
    x[row] = sum / at(lower, row * size + row);
  }
  return x;
}

/** L of A = L Lᵀ. */
function factor(matrix: Float64Array, size: number): Float64Array | undefined {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = at(matrix, row * size + column);
      for (let k = 0; k < column; k += 1) sum -= at(lower, row * size + k) * at(lower, column * size + k);
      if (column < row) lower[row * size + column] = sum / at(lower, column * size + column);
      else if (sum > PIVOT_MIN * at(matrix, row * size + row)) lower[row * size + row] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return lower;
}
