import { at, bytesOf, newSeries, put } from './series';
import { meanOf, sumOf } from './moments';

/** The columns of a matrix one after another, so that each is a series. */
export function columnsOf(matrix: usize, rows: i32, columns: i32): usize {
  const result = newSeries(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) put(result, column * rows + row, at(matrix, row * columns + column));
  }
  return result;
}

export function centredColumnsOf(matrix: usize, rows: i32, columns: i32): usize {
  const result = columnsOf(matrix, rows, columns);
  for (let column = 0; column < columns; column++) {
    const series = result + bytesOf(column * rows);
    const mean = meanOf(series, rows);
    for (let row = 0; row < rows; row++) put(series, row, at(series, row) - mean);
  }
  return result;
}

export function dot(first: usize, second: usize, count: i32): f64 {
  let lanes = f64x2.splat(0);
  let others = f64x2.splat(0);
  const end = bytesOf(count);
  let place: usize = 0;
  for (; place + 32 <= end; place += 32) {
    lanes = f64x2.add(lanes, f64x2.mul(v128.load(first + place), v128.load(second + place)));
    others = f64x2.add(others, f64x2.mul(v128.load(first + place, 16), v128.load(second + place, 16)));
  }
  lanes = f64x2.add(lanes, others);
  let sum = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  for (; place < end; place += 8) sum += load<f64>(first + place) * load<f64>(second + place);
  return sum;
}

/** Products of all pairs of columns over `divisor`, which is symmetric to the bit. */
export function productsOf(lefts: usize, rights: usize, rows: i32, columns: i32, divisor: f64, out: usize): void {
  for (let i = 0; i < columns; i++) {
    for (let j = i; j < columns; j++) {
      const value = dot(lefts + bytesOf(i * rows), rights + bytesOf(j * rows), rows) / divisor;
      put(out, i * columns + j, value);
      put(out, j * columns + i, value);
    }
  }
}

/** Sample covariance of the columns, over `rows - less`. */
export function sampleCovariance(matrix: usize, rows: i32, columns: i32, less: i32, out: usize): void {
  const series = centredColumnsOf(matrix, rows, columns);
  productsOf(series, series, rows, columns, f64(rows - less), out);
}

/** Covariance about the means of all rows, with weights that fall by 1 − 2/(span + 1) a row into the past and sum to one. */
export function exponentialCovariance(matrix: usize, rows: i32, columns: i32, span: f64, out: usize): void {
  const weights = newSeries(rows);
  let weight: f64 = 1;
  for (let row = rows - 1; row >= 0; row--) {
    put(weights, row, weight);
    weight *= 1 - 2 / (span + 1);
  }
  const series = centredColumnsOf(matrix, rows, columns);
  const weighted = newSeries(rows * columns);
  for (let i = 0; i < rows * columns; i++) put(weighted, i, at(series, i) * at(weights, i % rows));
  productsOf(weighted, series, rows, columns, sumOf(weights, rows), out);
}

/** Mean product of what falls below the benchmark, over all rows: Estrada's semicovariance, 2008. */
export function semicovariance(matrix: usize, rows: i32, columns: i32, benchmark: f64, out: usize): void {
  const series = columnsOf(matrix, rows, columns);
  for (let i = 0; i < rows * columns; i++) put(series, i, min(at(series, i) - benchmark, 0));
  productsOf(series, series, rows, columns, f64(rows), out);
}
