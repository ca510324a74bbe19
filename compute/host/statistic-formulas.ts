import type { PriceColumns } from './indicators.ts';
import { mean, rolling } from './reference-series.ts';

/** Statistics of windows, each written from its formula, window by window: what tests hold the compute core against. For tests only. */
const at = (values: Float64Array, i: number): number => values[i] ?? NaN;

/** Σ (x − mean x) (y − mean y), in two passes and seen from the first values. */
function coMoment(x: Float64Array, y: Float64Array): number {
  const [dx, dy] = [x.map((each) => each - at(x, 0)), y.map((each) => each - at(y, 0))];
  const [middleX, middleY] = [mean(dx), mean(dy)];
  return dx.reduce((sum, each, i) => sum + (each - middleX) * (at(dy, i) - middleY), 0);
}

export function zScore(x: Float64Array, period: number): Float64Array {
  return rolling(x.length, period, period - 1, (from, to) => {
    const window = x.subarray(from, to);
    const deviations = window.map((each) => each - at(window, 0));
    const variance = coMoment(window, window) / period;
    return variance === 0 ? 0 : (at(deviations, period - 1) - mean(deviations)) / Math.sqrt(variance);
  });
}

export function correlation(x: Float64Array, y: Float64Array, period: number): Float64Array {
  return rolling(x.length, period, period - 1, (from, to) => {
    const [a, b] = [x.subarray(from, to), y.subarray(from, to)];
    const [xx, yy] = [coMoment(a, a), coMoment(b, b)];
    return xx === 0 || yy === 0 ? 0 : coMoment(a, b) / Math.sqrt(xx) / Math.sqrt(yy);
  });
}

/** The slope, and how far it is from nothing: the ratio of both deviations. */
export function beta(x: Float64Array, y: Float64Array, period: number): { readonly slope: Float64Array; readonly scale: Float64Array } {
  const changes = (values: Float64Array): Float64Array =>
    values.map((value, i) => (at(values, i - 1) === 0 ? 0 : (value - at(values, i - 1)) / at(values, i - 1)));
  const [a, b] = [changes(x), changes(y)];
  const windows = (measure: (xs: Float64Array, ys: Float64Array, xx: number) => number): Float64Array =>
    rolling(x.length, period, period, (from, to) => {
      const [xs, ys] = [a.subarray(from, to), b.subarray(from, to)];
      const xx = coMoment(xs, xs);
      return xx <= period * 1e-30 ? 0 : measure(xs, ys, xx);
    });
  return {
    slope: windows((xs, ys, xx) => coMoment(xs, ys) / xx),
    scale: windows((_, ys, xx) => Math.sqrt(coMoment(ys, ys) / xx)),
  };
}

/** ln(a / b); 0 where one of them is not above zero. */
function logOf(a: number, b: number): number {
  if (!(a > 0 && b > 0)) return 0;
  return Math.abs(a - b) < b / 2 ? Math.log1p((a - b) / b) : Math.log(a / b);
}

/** Of each close against the one before; there is none at bar 0. */
function logReturns(close: Float64Array): Float64Array {
  return close.map((x, i) => (i === 0 ? NaN : logOf(x, at(close, i - 1))));
}

export function hurst(close: Float64Array, period: number): Float64Array {
  const returns = logReturns(close);
  const lags: number[] = [];
  for (let lag = 1; 4 * lag <= period; lag *= 2) lags.push(lag);
  const x = Float64Array.from(lags, (lag) => Math.log(lag));
  return rolling(close.length, period, period - 1, (from, to) => {
    const squares = lags.map((lag) => {
      const values: number[] = [];
      for (let i = from + lag; i < to; i++) values.push(returns.subarray(i - lag + 1, i + 1).reduce((sum, each) => sum + each, 0) ** 2);
      return mean(values);
    });
    if (squares[0] === 0) return 0.5;
    if (squares.includes(0)) return 0;
    const y = Float64Array.from(squares, (square) => Math.log(square) / 2);
    return Math.max(0, Math.min(1, coMoment(x, y) / coMoment(x, x)));
  });
}

const annual = (variance: number, periods: number): number => Math.sqrt(Math.max(0, variance) * periods);

export function closeVolatility({ close }: PriceColumns, period: number, periods: number): Float64Array {
  const returns = logReturns(close);
  return rolling(close.length, period, period, (from, to) => {
    const window = returns.subarray(from, to);
    return annual(coMoment(window, window) / (period - 1), periods);
  });
}

export function parkinson({ high, low }: PriceColumns, period: number, periods: number): Float64Array {
  const squares = high.map((x, i) => logOf(x, at(low, i)) ** 2);
  return rolling(high.length, period, period - 1, (from, to) => annual(mean(squares.subarray(from, to)) / (4 * Math.LN2), periods));
}

export function garmanKlass({ open, high, low, close }: PriceColumns, period: number, periods: number): Float64Array {
  const variances = close.map((x, i) => logOf(at(high, i), at(low, i)) ** 2 / 2 - (2 * Math.LN2 - 1) * logOf(x, at(open, i)) ** 2);
  return rolling(close.length, period, period - 1, (from, to) => annual(mean(variances.subarray(from, to)), periods));
}

export function yangZhang({ open, high, low, close }: PriceColumns, period: number, periods: number): Float64Array {
  const gaps = open.map((x, i) => (i === 0 ? NaN : logOf(x, at(close, i - 1))));
  const bodies = close.map((x, i) => logOf(x, at(open, i)));
  const ranges = close.map((x, i) => {
    const [h, l, o] = [at(high, i), at(low, i), at(open, i)];
    return logOf(h, x) * logOf(h, o) + logOf(l, x) * logOf(l, o);
  });
  const k = 0.34 / (1.34 + (period + 1) / (period - 1));
  return rolling(close.length, period, period, (from, to) => {
    const sample = (values: Float64Array): number => coMoment(values.subarray(from, to), values.subarray(from, to)) / (period - 1);
    return annual(sample(gaps) + k * sample(bodies) + (1 - k) * mean(ranges.subarray(from, to)), periods);
  });
}

export function fractionalDifference(x: Float64Array, order: number, period: number): Float64Array {
  // (−1)^k times the binomial of order over k.
  const weights = Array.from({ length: period }, (_, k) => {
    let weight = 1;
    for (let j = 1; j <= k; j++) weight *= -(order - j + 1) / j;
    return weight;
  });
  return rolling(x.length, period, period - 1, (from, to) => {
    let sum = 0;
    for (let i = from; i < to; i++) sum += (weights[to - 1 - i] ?? NaN) * at(x, i);
    return sum;
  });
}
