import { at, newSeries, put } from './series';
import { Comoments, Moments, ratio } from './moments';

/** Figures of returns against a benchmark's at the same times, in the order of `AGAINST` in the host. `riskFree` is per period. */
export function against(returns: usize, other: usize, count: i32, riskFree: f64, periods: f64, out: usize): void {
  const pair = new Comoments(returns, other, count);
  const beta = ratio(pair.product, pair.otherSquare);
  const active = differences(returns, other, count);
  const moments = new Moments(active, count);
  const deviation = moments.deviation(1);
  const perPeriod = ratio(moments.mean, deviation);
  const correlation = pair.correlation();
  put(out, 0, beta);
  put(out, 1, Math.pow(1 + pair.mean - riskFree - beta * (pair.otherMean - riskFree), periods) - 1);
  put(out, 2, correlation);
  put(out, 3, correlation * correlation);
  put(out, 4, perPeriod);
  put(out, 5, perPeriod * sqrt(periods));
  put(out, 6, deviation * sqrt(periods));
  put(out, 7, capture(returns, other, count, 1, periods));
  put(out, 8, capture(returns, other, count, -1, periods));
}

function differences(returns: usize, other: usize, count: i32): usize {
  const result = newSeries(count);
  for (let i = 0; i < count; i++) put(result, i, at(returns, i) - at(other, i));
  return result;
}

/** Annualised return over the benchmark's, in the periods in which the benchmark has this sign. */
function capture(returns: usize, other: usize, count: i32, sign: f64, periods: f64): f64 {
  let wealth: f64 = 1;
  let otherWealth: f64 = 1;
  let found: f64 = 0;
  for (let i = 0; i < count; i++) {
    if (at(other, i) * sign <= 0) continue;
    wealth *= 1 + at(returns, i);
    otherWealth *= 1 + at(other, i);
    found++;
  }
  if (found == 0) return NaN;
  return ratio(Math.pow(wealth, periods / found) - 1, Math.pow(otherWealth, periods / found) - 1);
}
