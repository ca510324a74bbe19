import { at, copySeries, newSeries, put } from './series';
import { NOISE, quiet } from '../indicators/noise';
import { Comoments, Moments, ratio } from './moments';
import { settleQuantile } from './order';
import { serenity } from './serenity';
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
  // Of each return with the one after it, each about the mean of its own.
  const autocorrelation = count > 2 ? new Comoments(returns, returns + 8, count - 1).correlation() : NaN;
  shape(returns, count, moments, autocorrelation);
  growth(returns, count, riskFree, target, periods, moments, autocorrelationPenalty(count, autocorrelation));
  gainsAndLosses(returns, count);
}

function shape(returns: usize, count: i32, moments: Moments, autocorrelation: f64): void {
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
  write(autocorrelation);
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

function growth(returns: usize, count: i32, riskFree: f64, target: f64, periods: f64, moments: Moments, penalty: f64): void {
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
  write(sharpe / penalty);
  write(sortino(moments.mean - target, downside, periods, count));
  write(downside * sqrt(periods));
  write(under.deepest < 0 ? annual / -under.deepest : NaN);
  write(count > 0 ? under.deepest : NaN);
  write(sqrt(under.squares / f64(count)));
  write(-under.sum / f64(count));
  write(stability(returns, count));
  write(ratio(moments.mean * f64(count), -under.deepest));
  write(serenity(returns, count, moments.mean * f64(count), under.squares, deviation));
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

/** Smaller powers are lost beside the first. */
const POWER_MIN: f64 = 1e-20;

/**
 * How much larger the deviation of a long span is than that of independent periods, if each period keeps the share ρ of the one before
 * in absolute terms: √(1 + 2 Σ (n − k)/n ρᵏ). A. Lo, "The Statistics of Sharpe Ratios", 2002, with an AR(1) correlation.
 */
function autocorrelationPenalty(count: i32, autocorrelation: f64): f64 {
  if (isNaN(autocorrelation)) return NaN;
  const share = abs(autocorrelation);
  const n = f64(count);
  let sum: f64 = 0;
  let power = share;
  for (let k = 1; k < count && power > POWER_MIN; k++) {
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

/** Without branches: whether a return is a gain is what a processor cannot foresee. */
function gainsAndLosses(returns: usize, count: i32): void {
  const lost = newSeries(count);
  let gains: f64 = 0;
  let losses: f64 = 0;
  let wins: i32 = 0;
  let lossCount: i32 = 0;
  for (let i = 0; i < count; i++) {
    const value = at(returns, i);
    gains += max(value, 0);
    losses -= min(value, 0);
    wins += i32(value > 0);
    put(lost, lossCount, value);
    lossCount += i32(value < 0);
  }
  const winRate = ratio(f64(wins), f64(wins + lossCount));
  const payoff = ratio(ratio(gains, f64(wins)), ratio(losses, f64(lossCount)));
  write(ratio(gains, losses));
  write(ratio(gains - losses, losses));
  write(ratio(f64(wins + lossCount), f64(count)));
  write(ratio(f64(wins), f64(count)));
  write(winRate);
  write(payoff);
  write(winRate - ratio(1 - winRate, payoff));
  write(new Moments(lost, lossCount).deviation(1));
  write(f64(longestRun(returns, count, 1)));
  write(f64(longestRun(returns, count, -1)));
}

/** How many returns of this sign follow one another at most. */
function longestRun(returns: usize, count: i32, sign: f64): i32 {
  let longest = 0;
  let run = 0;
  for (let i = 0; i < count; i++) {
    run = (run + 1) & -i32(at(returns, i) * sign > 0);
    longest = max(longest, run);
  }
  return longest;
}
