import { at, bytesOf, newSeries, put } from './series';
import { Moments, ratio } from './moments';
import { quantileOfSorted, sortSeries } from './order';
import { Random } from './random';
import { levelAfter } from './underwater';
import { wealthOf } from './performance';

/** How a path is drawn, as `RESAMPLING` in the host numbers it. */
const STATIONARY: i32 = 0;
const CIRCULAR: i32 = 1;
const INDEPENDENT: i32 = 2;
const PERMUTATION: i32 = 3;

/** Made anew by each call: an object does not outlive the call that made it. */
let random = new Random();

/**
 * Draws path number `stream` of a seed. Stationary blocks have geometric lengths of mean `length` (Politis and Romano, 1994), circular
 * ones have exactly this length (Politis and Romano, 1992); both begin anywhere and go on at the beginning after the end.
 */
export function resample(values: usize, count: i32, method: i32, length: f64, seed: u64, stream: i32, out: usize): void {
  random = new Random();
  random.restart(seed, u64(stream));
  draw(values, count, method, length, out);
}

function draw(values: usize, count: i32, method: i32, length: f64, out: usize): void {
  if (method == PERMUTATION) return permute(values, count, out);
  if (method == INDEPENDENT) return drawEach(values, count, out);
  const perLog = method == STATIONARY && length > 1 ? 1 / Math.log1p(-1 / length) : 0;
  let filled = 0;
  while (filled < count) {
    const wanted = method == CIRCULAR ? length : 1 + floor(Math.log(random.share()) * perLog);
    const size = i32(min(wanted, f64(count - filled)));
    copyAround(values, count, i32(random.below(u32(count))), size, out + bytesOf(filled));
    filled += size;
  }
}

/** `size` values from `start` on, at most `count`, going around the end. */
function copyAround(values: usize, count: i32, start: i32, size: i32, out: usize): void {
  const first = min(size, count - start);
  memory.copy(out, values + bytesOf(start), bytesOf(first));
  memory.copy(out + bytesOf(first), values, bytesOf(size - first));
}

function drawEach(values: usize, count: i32, out: usize): void {
  for (let i = 0; i < count; i++) put(out, i, at(values, i32(random.below(u32(count)))));
}

/** Fisher and Yates: every order as likely. */
function permute(values: usize, count: i32, out: usize): void {
  memory.copy(out, values, bytesOf(count));
  for (let i = count - 1; i > 0; i--) {
    const other = i32(random.below(u32(i + 1)));
    const value = at(out, i);
    put(out, i, at(out, other));
    put(out, other, value);
  }
}

/**
 * Figures of `replications` paths, each in a column of its own, in the order of `BOOTSTRAP` in the host: mean, deviation and Sharpe ratio
 * of a period (the caller annualises), cumulative return, deepest drawdown, longest time under water.
 */
export function bootstrap(
  returns: usize,
  count: i32,
  method: i32,
  length: f64,
  riskFree: f64,
  seed: u64,
  replications: i32,
  out: usize,
): void {
  const path = newSeries(count);
  random = new Random();
  for (let i = 0; i < replications; i++) {
    random.restart(seed, u64(i));
    draw(returns, count, method, length, path);
    const moments = new Moments(path, count);
    const deviation = moments.deviation(1);
    const fall = new Fall(path, count);
    put(out, i, moments.mean);
    put(out, i + replications, deviation);
    put(out, i + 2 * replications, ratio(moments.mean - riskFree, deviation));
    put(out, i + 3 * replications, wealthOf(path, count) - 1);
    put(out, i + 4 * replications, fall.deepest);
    put(out, i + 5 * replications, f64(fall.longest));
  }
}

/** The deepest point under water, and the longest stretch from a peak to its recovery, or to the end. */
class Fall {
  deepest: f64 = 0;
  longest: i32 = 0;

  constructor(returns: usize, count: i32) {
    let level: f64 = 1;
    let lowest: f64 = 1;
    let peak = -1;
    for (let i = 0; i < count; i++) {
      level = levelAfter(level, at(returns, i));
      if (level == 1) peak = i;
      lowest = min(lowest, level);
      this.longest = max(this.longest, i - peak);
    }
    this.deepest = lowest - 1;
  }
}

/**
 * Figures of `replications` runs of the same trades, each return on the equity of its time, likewise: final equity and lowest equity as
 * multiples of the first, deepest drawdown, longest time under water in trades.
 */
export function simulateTrades(trades: usize, count: i32, method: i32, seed: u64, replications: i32, out: usize): void {
  const path = newSeries(count);
  random = new Random();
  for (let i = 0; i < replications; i++) {
    random.restart(seed, u64(i));
    draw(trades, count, method, 1, path);
    const fall = new Fall(path, count);
    put(out, i, wealthOf(path, count));
    put(out, i + replications, lowestWealth(path, count));
    put(out, i + 2 * replications, fall.deepest);
    put(out, i + 3 * replications, f64(fall.longest));
  }
}

function lowestWealth(returns: usize, count: i32): f64 {
  let wealth: f64 = 1;
  let lowest: f64 = 1;
  for (let i = 0; i < count; i++) {
    wealth *= 1 + at(returns, i);
    lowest = min(lowest, wealth);
  }
  return lowest;
}

/**
 * What `columns` columns of replications say, without those that have no meaning: how many count, their mean, their deviation (ddof 1),
 * then their quantiles at each share. Columns of the answer follow one another.
 */
export function distribution(table: usize, replications: i32, columns: i32, shares: usize, shareCount: i32, out: usize): void {
  const values = newSeries(replications);
  for (let column = 0; column < columns; column++) {
    const place = out + bytesOf(column * (3 + shareCount));
    const kept = keepNumbers(table + bytesOf(column * replications), replications, values);
    const moments = new Moments(values, kept);
    sortSeries(values, kept);
    put(place, 0, f64(kept));
    put(place, 1, moments.mean);
    put(place, 2, moments.deviation(1));
    for (let i = 0; i < shareCount; i++) put(place, 3 + i, quantileOfSorted(values, kept, at(shares, i)));
  }
}

function keepNumbers(column: usize, count: i32, out: usize): i32 {
  let kept = 0;
  for (let i = 0; i < count; i++) if (!isNaN(at(column, i))) put(out, kept++, at(column, i));
  return kept;
}
