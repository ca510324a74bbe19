import { quiet } from '../indicators/noise';
import { fees, orders, slippageCost, traded } from './account';
import { dividends, financing } from './carry';
import { initialCash, periodsPerYear } from './options';
import { TRADE_COMMISSION, TRADE_EXIT_BAR, TRADE_GROSS_PNL, trades } from './trades';

/** The metrics of a run, one f64 each, in the order of `METRICS` in the host; not-a-number where the data cannot support a figure. */
export const metrics: usize = memory.data(160, 16);

let at: usize = 0;

function put(value: f64): void {
  store<f64>(at, value);
  at += 8;
}

/** Gathered in one pass over the equity curve. */
let sumOfEquity: f64 = 0;
/** The deepest fall from the peak so far, as a fraction: zero or negative. */
let deepest: f64 = 0;
let least: f64 = 0;
let meanReturn: f64 = 0;
/** Sum of the squared deviations of returns from their mean. */
let squaredDeviations: f64 = 0;
let squaredLosses: f64 = 0;
/** Sum of the distances of returns from their typical value. */
let sum: f64 = 0;
let peakValue: f64 = 0;

/**
 * Returns of two bars a step. They are summed as their distance from `typical`, which is so near to their mean that nothing cancels in the sum of
 * squares. A division for the drawdown is needed only where the value falls deeper below its peak than ever before.
 */
function walk(equity: usize, count: i32, typical: f64): void {
  first(equity, count, typical);
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const shift = f64x2.splat(typical);
  let sums = zero;
  let squares = zero;
  let losses = zero;
  let total = zero;
  let lowest = f64x2.splat(least);
  let peak = f64x2.splat(peakValue);
  let floor = f64x2.splat(1 + deepest);
  let still: f64 = 0;
  const end = equity + (usize(count) << 3);
  let at = equity + 8;
  for (; at + 16 <= end; at += 16) {
    const value = v128.load(at);
    const before = v128.load(at - 8);
    total = f64x2.add(total, value);
    if (v128.all_true<u64>(f64x2.eq(value, before))) {
      // Equity stands still while nothing is held: no return to divide for, no new peak, no deeper fall.
      still += 1;
      continue;
    }
    const change = f64x2.sub(f64x2.div(value, before), one);
    const distance = f64x2.sub(change, shift);
    const loss = f64x2.pmin(change, zero);
    sums = f64x2.add(sums, distance);
    squares = f64x2.add(squares, f64x2.mul(distance, distance));
    losses = f64x2.add(losses, f64x2.mul(loss, loss));
    lowest = f64x2.pmin(lowest, value);
    const earlier = v128.shuffle<f64>(peak, value, 1, 2);
    peak = f64x2.pmax(f64x2.pmax(v128.shuffle<f64>(peak, peak, 1, 1), earlier), value);
    if (v128.any_true(f64x2.lt(value, f64x2.mul(peak, floor)))) {
      const fall = f64x2.sub(f64x2.div(value, peak), one);
      deepest = min(deepest, min(f64x2.extract_lane(fall, 0), f64x2.extract_lane(fall, 1)));
      floor = f64x2.splat(1 + deepest);
    }
  }
  sum -= 2 * still * typical;
  squaredDeviations += 2 * still * typical * typical;
  peakValue = f64x2.extract_lane(peak, 1);
  least = min(f64x2.extract_lane(lowest, 0), f64x2.extract_lane(lowest, 1));
  sum += f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  squaredDeviations += f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  squaredLosses += f64x2.extract_lane(losses, 0) + f64x2.extract_lane(losses, 1);
  sumOfEquity += f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
  if (at < end) addValue(load<f64>(at), load<f64>(at - 8), typical);
  meanReturn = typical + sum / f64(count);
  squaredDeviations = max(0, squaredDeviations - (sum * sum) / f64(count));
}

/** The first bar, whose return is against the initial cash. */
function first(equity: usize, count: i32, typical: f64): void {
  sum = 0;
  squaredDeviations = 0;
  squaredLosses = 0;
  sumOfEquity = 0;
  deepest = 0;
  least = initialCash;
  peakValue = initialCash;
  if (count > 0) addValue(load<f64>(equity), initialCash, typical);
}

function addValue(value: f64, before: f64, typical: f64): void {
  const change = value / before - 1;
  const distance = change - typical;
  const loss = min(change, 0);
  sum += distance;
  squaredDeviations += distance * distance;
  squaredLosses += loss * loss;
  sumOfEquity += value;
  least = min(least, value);
  peakValue = max(peakValue, value);
  deepest = min(deepest, value / peakValue - 1);
}

function ratio(numerator: f64, denominator: f64): f64 {
  return denominator != 0 ? numerator / denominator : NaN;
}

/** Of the equity curve: `volatility, sharpe, sortino` by sample standard deviation (ddof 1) and downside deviation over all bars. */
function putReturns(equity: usize, count: i32): void {
  const final = count > 0 ? load<f64>(equity + (usize(count - 1) << 3)) : initialCash;
  const growth = final / initialCash;
  walk(equity, count, growth > 0 ? Math.pow(growth, 1 / f64(count)) - 1 : 0);
  // Equity that reached zero has no meaningful returns afterwards.
  const ruined = !(least > 0);
  const known = count > 1 && !ruined;
  const scale = Math.sqrt(periodsPerYear);
  const deviation = quiet(Math.sqrt(squaredDeviations / f64(count - 1)));
  const downside = quiet(Math.sqrt(squaredLosses / f64(count)));
  const fall = quiet(-deepest);
  const cagr = count > 0 && !ruined ? Math.pow(growth, periodsPerYear / f64(count)) - 1 : NaN;
  put(final);
  put(growth - 1);
  put(cagr);
  put(known ? deviation * scale : NaN);
  put(known ? ratio(meanReturn, deviation) * scale : NaN);
  put(known ? ratio(meanReturn, downside) * scale : NaN);
  put(ratio(cagr, fall));
  put(deepest);
}

/** Of the round trips, net of commission: wins and losses count closed trades only. */
function putTrades(): void {
  let closed: i32 = 0;
  let wins: i32 = 0;
  let losses: i32 = 0;
  let won: f64 = 0;
  let lost: f64 = 0;
  for (let i = 0; i < trades.count; i++) {
    const row = trades.row(i);
    if (load<f64>(row + TRADE_EXIT_BAR) < 0) continue;
    const net = load<f64>(row + TRADE_GROSS_PNL) - load<f64>(row + TRADE_COMMISSION);
    closed += 1;
    if (net > 0) {
      wins += 1;
      won += net;
    } else if (net < 0) {
      losses += 1;
      lost -= net;
    }
  }
  put(f64(trades.count));
  put(ratio(f64(wins), f64(closed)));
  put(ratio(won, lost));
  put(ratio(won - lost, f64(closed)));
  put(wins > 0 && losses > 0 ? won / f64(wins) / (lost / f64(losses)) : NaN);
}

/** `exposed`: bars at whose close a position was held. */
export function writeMetrics(equity: usize, count: i32, exposed: i32): void {
  at = metrics;
  putReturns(equity, count);
  putTrades();
  const meanEquity = sumOfEquity / f64(count);
  put(count > 0 ? f64(exposed) / f64(count) : 0);
  put(count > 0 && meanEquity > 0 ? ((traded / meanEquity) * periodsPerYear) / f64(count) : NaN);
  put(fees);
  put(slippageCost);
  put(f64(orders));
  put(financing);
  put(dividends);
}
