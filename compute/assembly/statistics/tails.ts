import { at, copySeries, put } from './series';
import { Moments, sumOf } from './moments';
import { normalDensity, normalQuantile } from './normal';
import { settle, settleQuantile } from './order';

/** A share such as 1 − 0.9 is a little less than it is meant to be: a rank this close to a whole number is that number. */
const RANK_SLACK: f64 = 1e-9;

/**
 * Value at risk and expected shortfall at the lower tail `share`, as returns: losses are negative. In the order of `TAIL` in the host.
 */
export function tails(returns: usize, count: i32, share: f64, out: usize): void {
  const values = copySeries(returns, count);
  const rank = i32(f64(count - 1) * share + RANK_SLACK);
  const quantile = settleQuantile(values, 0, count, share);
  const shortfall = count > 0 ? meanOfLowest(values, count, rank + 1) : NaN;
  const moments = new Moments(returns, count);
  const deviation = moments.deviation(1);
  const z = normalQuantile(share);
  const perShare = normalDensity(z) / share;
  const normal = moments.mean + deviation * z;
  put(out, 0, quantile);
  // Plus zero: which of -0 and 0 stands at the rank depends on the order of the partition, and both are the same return.
  put(out, 1, count > 0 ? at(values, rank) + 0.0 : NaN);
  put(out, 2, shortfall);
  put(out, 3, normal);
  put(out, 4, moments.mean - deviation * perShare);
  put(out, 5, meanBelow(returns, count, normal));
  const skew = moments.skewBiased();
  const kurtosis = moments.kurtosisBiased() - 3;
  const valid = isMonotone(z, skew, kurtosis);
  put(out, 6, valid ? moments.mean + deviation * cornishFisher(z, skew, kurtosis) : NaN);
  put(out, 7, valid ? moments.mean - deviation * perShare * tailFactor(z, skew, kurtosis) : NaN);
}

/** Mean of the `kept` lowest values, which it brings to the front. */
function meanOfLowest(values: usize, count: i32, kept: i32): f64 {
  settle(values, 0, count, kept - 1);
  return sumOf(values, kept) / f64(kept);
}

/** Mean of the returns below a bound; not-a-number where there are none. */
export function meanBelow(returns: usize, count: i32, bound: f64): f64 {
  let sum: f64 = 0;
  let found: f64 = 0;
  for (let i = 0; i < count; i++) {
    if (at(returns, i) < bound) {
      sum += at(returns, i);
      found++;
    }
  }
  return sum / found;
}

/** The quantile of a distribution with this skew and excess kurtosis: Cornish and Fisher, 1938. */
function cornishFisher(z: f64, skew: f64, kurtosis: f64): f64 {
  const square = z * z;
  return z + ((square - 1) * skew) / 6 + (z * (square - 3) * kurtosis) / 24 - (z * (2 * square - 5) * skew * skew) / 36;
}

/** Mean of the quantiles above over the tail, in units of φ(z)/p: each Hermite polynomial integrates to minus the one before it. */
function tailFactor(z: f64, skew: f64, kurtosis: f64): f64 {
  const square = z * z;
  return 1 + (z * skew) / 6 + ((square - 1) * kurtosis) / 24 - ((2 * square - 1) * skew * skew) / 36;
}

/** Whether the expansion grows with z all the way up to here. Where it does not, it is no distribution and its quantiles mean nothing. */
function isMonotone(z: f64, skew: f64, kurtosis: f64): bool {
  const a = kurtosis / 8 - (skew * skew) / 6;
  const b = skew / 3;
  const c = 1 - kurtosis / 8 + (5 * skew * skew) / 36;
  if (!(a >= 0)) return false;
  const lowest = a > 0 ? min(z, -b / (2 * a)) : z;
  return (a * lowest + b) * lowest + c >= 0 && !(a == 0 && b > 0);
}
