import { at, bytesOf, newSeries, put } from './series';
import { centredColumnsOf, dot, productsOf } from './covariance';
import { quiet } from '../indicators/noise';

function trace(matrix: usize, size: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < size; i++) sum += at(matrix, i * size + i);
  return sum;
}

/** Sum over the columns of `weights` times the values to a power, for each row. */
function rowSums(series: usize, rows: i32, columns: i32, power: i32, weights: usize): usize {
  const sums = newSeries(rows);
  memory.fill(sums, 0, bytesOf(rows));
  for (let column = 0; column < columns; column++) {
    const weight = weights == 0 ? 1 : at(weights, column);
    for (let row = 0; row < rows; row++) {
      const value = at(series, column * rows + row);
      put(sums, row, at(sums, row) + weight * (power == 1 ? value : power == 2 ? value * value : value * value * value));
    }
  }
  return sums;
}

function blend(sample: usize, target: usize, size: i32, share: f64): void {
  for (let i = 0; i < size * size; i++) put(sample, i, share * at(target, i) + (1 - share) * at(sample, i));
}

function towardsIdentity(sample: usize, size: i32, level: f64, share: f64): void {
  for (let i = 0; i < size * size; i++) put(sample, i, (1 - share) * at(sample, i));
  for (let i = 0; i < size; i++) put(sample, i * size + i, at(sample, i * size + i) + share * level);
}

/**
 * Covariance (over n) shrunk towards the mean variance times the identity; answers the share. Ledoit and Wolf, "A Well-Conditioned
 * Estimator for Large-Dimensional Covariance Matrices", 2004.
 */
export function ledoitWolf(matrix: usize, rows: i32, columns: i32, out: usize): f64 {
  const series = centredColumnsOf(matrix, rows, columns);
  productsOf(series, series, rows, columns, f64(rows), out);
  const squares = dot(out, out, columns * columns);
  const level = trace(out, columns) / f64(columns);
  const lengths = rowSums(series, rows, columns, 2, 0);
  const error = (dot(lengths, lengths, rows) / f64(rows) - squares) / f64(rows);
  const distance = squares - f64(columns) * level * level;
  const share = distance > 0 ? max(0, min(error, distance)) / distance : 0;
  towardsIdentity(out, columns, level, share);
  return share;
}

/**
 * The same target with the share of the oracle approximating estimator: Chen, Wiesel, Eldar and Hero, "Shrinkage Algorithms for MMSE
 * Covariance Estimation", 2010, without the terms of 2/p, as scikit-learn has it.
 */
export function oracleApproximating(matrix: usize, rows: i32, columns: i32, out: usize): f64 {
  const series = centredColumnsOf(matrix, rows, columns);
  productsOf(series, series, rows, columns, f64(rows), out);
  const size = f64(columns);
  const level = trace(out, columns) / size;
  const mean = dot(out, out, columns * columns) / (size * size);
  const below = f64(rows + 1) * (mean - (level * level) / size);
  const share = below > 0 ? min(1, (mean + level * level) / below) : 1;
  towardsIdentity(out, columns, level, share);
  return share;
}

/**
 * Covariance (over n − 1) shrunk towards one correlation for all pairs; answers the share. Ledoit and Wolf, "Honey, I Shrunk the Sample
 * Covariance Matrix", 2004. Not-a-number where a column does not move.
 */
export function constantCorrelation(matrix: usize, rows: i32, columns: i32, out: usize): f64 {
  const n = f64(rows);
  const series = centredColumnsOf(matrix, rows, columns);
  productsOf(series, series, rows, columns, n - 1, out);
  const deviations = newSeries(columns);
  for (let i = 0; i < columns; i++) {
    put(deviations, i, quiet(sqrt(at(out, i * columns + i))));
    if (at(deviations, i) == 0) return NaN;
  }
  const correlation = meanCorrelation(out, deviations, columns);
  const target = newSeries(columns * columns);
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < columns; j++) put(target, i * columns + j, correlation * (at(deviations, i) * at(deviations, j)));
    put(target, i * columns + i, at(out, i * columns + i));
  }
  const lengths = rowSums(series, rows, columns, 2, 0);
  // The sample is over n - 1 and the products here over n.
  const part = (n - 1) / n;
  const error = dot(lengths, lengths, rows) / n + (1 - 2 * part) * dot(out, out, columns * columns);
  const shared = sharedError(series, rows, columns, out, deviations, correlation);
  const share = shareOf(error - shared, distanceOf(out, target, columns), n);
  blend(out, target, columns, share);
  return share;
}

function meanCorrelation(sample: usize, deviations: usize, size: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) sum += at(sample, i * size + j) / (at(deviations, i) * at(deviations, j));
  }
  return size > 1 ? (2 * sum) / (f64(size) * f64(size - 1)) : 0;
}

/** How far errors of the sample and of the target of constant correlation go together (ρ̂ of the paper). */
function sharedError(series: usize, rows: i32, columns: i32, sample: usize, deviations: usize, correlation: f64): f64 {
  const n = f64(rows);
  const part = (n - 1) / n;
  const inverse = newSeries(columns);
  for (let i = 0; i < columns; i++) put(inverse, i, 1 / at(deviations, i));
  const cubes = rowSums(series, rows, columns, 3, inverse);
  const sums = rowSums(series, rows, columns, 1, deviations);
  let pairs = dot(cubes, sums, rows) / n;
  let own: f64 = 0;
  for (let i = 0; i < columns; i++) {
    const variance = at(sample, i * columns + i);
    const fourth = fourthPower(series + bytesOf(i * rows), rows) / n;
    own += fourth + (1 - 2 * part) * variance * variance;
    pairs -= fourth;
    for (let j = 0; j < columns; j++) {
      if (j == i) continue;
      const scale = at(deviations, j) / at(deviations, i);
      pairs += scale * (1 - 2 * part) * variance * at(sample, i * columns + j);
    }
  }
  return own + correlation * pairs;
}

function fourthPower(series: usize, rows: i32): f64 {
  let sum: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const square = at(series, row) * at(series, row);
    sum += square * square;
  }
  return sum;
}

function distanceOf(sample: usize, target: usize, size: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < size * size; i++) {
    const distance = at(sample, i) - at(target, i);
    sum += distance * distance;
  }
  return sum;
}

/** Target and sample that are the same leave nothing to shrink. */
function shareOf(error: f64, distance: f64, rows: f64): f64 {
  return distance > 0 ? max(0, min(1, error / distance / rows)) : 0;
}

/**
 * Covariance (over n) shrunk towards a market model whose market is the mean of all columns; answers the share. Ledoit and Wolf, "Improved
 * Estimation of the Covariance Matrix of Stock Returns with an Application to Portfolio Selection", 2003. Not-a-number where the market does not move.
 */
export function singleFactor(matrix: usize, rows: i32, columns: i32, out: usize): f64 {
  const n = f64(rows);
  const series = centredColumnsOf(matrix, rows, columns);
  productsOf(series, series, rows, columns, n, out);
  const market = rowSums(series, rows, columns, 1, 0);
  for (let row = 0; row < rows; row++) put(market, row, at(market, row) / f64(columns));
  const variance = dot(market, market, rows) / n;
  if (quiet(sqrt(variance)) == 0) return NaN;
  const loads = newSeries(columns);
  for (let i = 0; i < columns; i++) put(loads, i, dot(series + bytesOf(i * rows), market, rows) / n);
  const target = newSeries(columns * columns);
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < columns; j++) put(target, i * columns + j, (at(loads, i) * at(loads, j)) / variance);
    put(target, i * columns + i, at(out, i * columns + i));
  }
  const lengths = rowSums(series, rows, columns, 2, 0);
  const error = dot(lengths, lengths, rows) / n - dot(out, out, columns * columns);
  const shared = factorError(series, rows, columns, out, market, variance, loads, lengths);
  const share = shareOf(error - shared, distanceOf(out, target, columns), n);
  blend(out, target, columns, share);
  return share;
}

/** How far errors of the sample and of the market model go together (ρ̂ of the paper), diagonal and the rest. */
function factorError(series: usize, rows: i32, columns: i32, sample: usize, market: usize, variance: f64, loads: usize, lengths: usize): f64 {
  const n = f64(rows);
  const projected = rowSums(series, rows, columns, 1, loads);
  let linear: f64 = 0;
  let square: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const value = at(market, row) * at(projected, row);
    linear += (at(lengths, row) * value) / n;
    square += (value * value) / n;
  }
  let form: f64 = 0;
  let diagonal: f64 = 0;
  for (let i = 0; i < columns; i++) {
    const own = series + bytesOf(i * rows);
    const load = at(loads, i);
    const deviation = at(sample, i * columns + i);
    for (let j = 0; j < columns; j++) form += load * at(loads, j) * at(sample, i * columns + j);
    diagonal += fourthPower(own, rows) / n - deviation * deviation;
    linear -= load * (marketMoment(own, market, rows, 3) / n - load * deviation);
    square -= load * load * (marketMoment(own, market, rows, 2) / n - variance * deviation);
  }
  return diagonal + (2 * (linear - form)) / variance - (square - variance * form) / (variance * variance);
}

/** Sum of products of a series and the market: the series to the power 3 or 2, and the market to make it 4. */
function marketMoment(series: usize, market: usize, rows: i32, power: i32): f64 {
  let sum: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const product = at(series, row) * at(market, row);
    sum += product * at(power == 3 ? series : market, row) * at(series, row);
  }
  return sum;
}
