import { at, copySeries, put } from './series';
import { Comoments, Moments, NOISE, quiet, ratio, sumOf } from './moments';
import { settle, settleQuantile } from './order';
import { drawdownSums } from './underwater';

/** Where the figures go, one after another in the order of `PERFORMANCE` in the host. */
let place: usize = 0;

function write(value: f64): void {
  store<f64>(place, value);
  place += 8;
}

/**
 * All figures of a series of simple returns. `riskFree` and `target` are per period. Not-a-number where a figure has no meaning, infinite
 * for a Sortino ratio without downside.
 */
export function performance(returns: usize, count: i32, riskFree: f64, target: f64, periods: f64, out: usize): void {
  place = out;
  const moments = new Moments(returns, count);
  shape(returns, count, moments);
  growth(returns, count, riskFree, target, periods, moments);
  gainsAndLosses(returns, count);
}

function shape(returns: usize, count: i32, moments: Moments): void {
  const skew = moments.skewBiased();
  const kurtosis = moments.kurtosisBiased() - 3;
  write(moments.mean);
  write(moments.deviation(1));
  write(moments.deviation(0));
  write(skew);
  write(moments.skew());
  write(kurtosis);
  write(moments.excessKurtosis());
  write((f64(count) / 6) * (skew * skew + (kurtosis * kurtosis) / 4));
  write(count > 2 ? new Comoments(returns, returns + 8, count - 1).correlation() : NaN);
  orderStatistics(returns, count);
}

/** Least, largest, median, and the tail ratio: how far the 95 % quantile is from zero, over how far the 5 % quantile is. */
function orderStatistics(returns: usize, count: i32): void {
  const values = copySeries(returns, count);
  const low = settleQuantile(values, 0, count, 0.05);
  const median = settleQuantile(values, i32(f64(count - 1) * 0.05), count, 0.5);
  const high = settleQuantile(values, i32(f64(count - 1) * 0.5), count, 0.95);
  write(extreme(returns, count, -1));
  write(extreme(returns, count, 1));
  write(median);
  write(ratio(abs(high), abs(low)));
}

function extreme(returns: usize, count: i32, sign: f64): f64 {
  let most = -Infinity;
  for (let i = 0; i < count; i++) most = max(most, sign * at(returns, i));
  return count > 0 ? sign * most : NaN;
}

function growth(returns: usize, count: i32, riskFree: f64, target: f64, periods: f64, moments: Moments): void {
  const wealth = wealthOf(returns, count);
  const annual = annualReturn(wealth, count, periods);
  const deviation = moments.deviation(1);
  const sharpe = ratio(moments.mean - riskFree, deviation) * sqrt(periods);
  const downside = downsideOf(returns, count, target);
  const under = drawdownSums(returns, count);
  write(count > 0 ? wealth - 1 : NaN);
  write(annual);
  write(count > 0 ? Math.pow(wealth, 1 / f64(count)) - 1 : NaN);
  write(deviation * sqrt(periods));
  write(sharpe);
  write(sharpe / autocorrelationPenalty(returns, count));
  write(sortino(moments.mean - target, downside, periods, count));
  write(downside * sqrt(periods));
  write(under.deepest < 0 ? annual / -under.deepest : NaN);
  write(count > 0 ? under.deepest : NaN);
  write(sqrt(under.squares / f64(count)));
  write(-under.sum / f64(count));
  write(stability(returns, count));
}

/** What one unit has become. */
export function wealthOf(returns: usize, count: i32): f64 {
  let even: f64 = 1;
  let odd: f64 = 1;
  let i = 0;
  for (; i + 1 < count; i += 2) {
    even *= 1 + at(returns, i);
    odd *= 1 + at(returns, i + 1);
  }
  if (i < count) even *= 1 + at(returns, i);
  return even * odd;
}

export function annualReturn(wealth: f64, count: i32, periods: f64): f64 {
  return count > 0 ? Math.pow(wealth, periods / f64(count)) - 1 : NaN;
}

/** Root of the mean square below the target, over all periods. */
function downsideOf(returns: usize, count: i32, target: f64): f64 {
  let squares: f64 = 0;
  for (let i = 0; i < count; i++) {
    const below = min(at(returns, i) - target, 0);
    squares += below * below;
  }
  return quiet(sqrt(squares / f64(count)));
}

/** Infinite for gains without a loss, not-a-number for a single return and where nothing moves. */
function sortino(excess: f64, downside: f64, periods: f64, count: i32): f64 {
  if (count < 2) return NaN;
  if (downside == 0) return excess > NOISE ? Infinity : NaN;
  return (excess / downside) * sqrt(periods);
}

/**
 * How much larger the deviation of a long span is than that of independent periods, if each period keeps the share ρ of the one before
 * in absolute terms: √(1 + 2 Σ (n − k)/n ρᵏ). A. Lo, "The Statistics of Sharpe Ratios", 2002, with an AR(1) correlation.
 */
function autocorrelationPenalty(returns: usize, count: i32): f64 {
  if (count < 3) return NaN;
  const share = abs(new Comoments(returns, returns + 8, count - 1).correlation());
  const n = f64(count);
  let sum: f64 = 0;
  let power = share;
  for (let k = 1; k < count && power > 1e-300; k++) {
    sum += ((n - f64(k)) / n) * power;
    power *= share;
  }
  return sqrt(1 + 2 * sum);
}

/** R² of the logarithm of wealth on time. */
function stability(returns: usize, count: i32): f64 {
  if (count < 2) return NaN;
  const middle = f64(count - 1) / 2;
  let wealth: f64 = 0;
  let sum: f64 = 0;
  let squares: f64 = 0;
  let product: f64 = 0;
  for (let i = 0; i < count; i++) {
    wealth += Math.log1p(at(returns, i));
    sum += wealth;
    squares += wealth * wealth;
    product += (f64(i) - middle) * wealth;
  }
  const n = f64(count);
  const spread = squares - (sum / n) * sum;
  const times = (n * (n * n - 1)) / 12;
  return spread > n * NOISE * NOISE ? (product / times) * (product / spread) : NaN;
}

function gainsAndLosses(returns: usize, count: i32): void {
  let gains: f64 = 0;
  let losses: f64 = 0;
  let wins: i32 = 0;
  let lost: i32 = 0;
  for (let i = 0; i < count; i++) {
    const value = at(returns, i);
    if (value > 0) {
      gains += value;
      wins++;
    } else if (value < 0) {
      losses -= value;
      lost++;
    }
  }
  const winRate = ratio(f64(wins), f64(wins + lost));
  const payoff = ratio(ratio(gains, f64(wins)), ratio(losses, f64(lost)));
  write(ratio(gains, losses));
  write(ratio(gains - losses, losses));
  write(ratio(f64(wins), f64(count)));
  write(winRate);
  write(payoff);
  write(winRate - ratio(1 - winRate, payoff));
  write(deviationOfLosses(returns, count, lost));
  write(f64(longestRun(returns, count, 1)));
  write(f64(longestRun(returns, count, -1)));
}

/** Sample deviation (ddof 1) of the negative returns alone. */
function deviationOfLosses(returns: usize, count: i32, lost: i32): f64 {
  const values = heap.alloc((<usize>lost) << 3);
  let kept = 0;
  for (let i = 0; i < count; i++) if (at(returns, i) < 0) put(values, kept++, at(returns, i));
  return new Moments(values, lost).deviation(1);
}

function longestRun(returns: usize, count: i32, sign: f64): i32 {
  let longest = 0;
  let run = 0;
  for (let i = 0; i < count; i++) {
    run = at(returns, i) * sign > 0 ? run + 1 : 0;
    longest = max(longest, run);
  }
  return longest;
}

/** Mean of the `kept` lowest values, which it brings to the front. */
export function meanOfLowest(values: usize, count: i32, kept: i32): f64 {
  settle(values, 0, count, kept - 1);
  return sumOf(values, kept) / f64(kept);
}
