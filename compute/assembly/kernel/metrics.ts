import { fees, orders, slippageCost, traded } from './account';
import { initialCash, periodsPerYear } from './options';
import { TRADE_COMMISSION, TRADE_EXIT_BAR, TRADE_GROSS_PNL, trades } from './trades';

/** The metrics of a run, one f64 each, in the order of `METRICS` in the host; not-a-number where the data cannot support a figure. */
export const metrics: usize = memory.data(144, 16);

let at: usize = 0;

function put(value: f64): void {
  store<f64>(at, value);
  at += 8;
}

/** Simple return of each bar, sum of squares of the losses, drawdown: gathered in one pass over the equity curve. */
let sumOfReturns: f64 = 0;
let sumOfSquaredLosses: f64 = 0;
let deepest: f64 = 0;
let sumOfEquity: f64 = 0;

function walk(equity: usize, returns: usize, count: i32): void {
  let previous = initialCash;
  let peak = initialCash;
  let sum: f64 = 0;
  let losses: f64 = 0;
  let drawdown: f64 = 0;
  let total: f64 = 0;
  for (let i = 0; i < count; i++) {
    const offset = usize(i) << 3;
    const value = load<f64>(equity + offset);
    const gain = value == previous ? 0 : value / previous - 1;
    store<f64>(returns + offset, gain);
    sum += gain;
    total += value;
    if (gain < 0) {
      losses += gain * gain;
      drawdown = min(drawdown, value / peak - 1);
    } else {
      peak = max(peak, value);
    }
    previous = value;
  }
  sumOfReturns = sum;
  sumOfSquaredLosses = losses;
  deepest = drawdown;
  sumOfEquity = total;
}

function sumOfSquaredDeviations(returns: usize, count: i32, mean: f64): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) {
    const deviation = load<f64>(returns + (usize(i) << 3)) - mean;
    sum += deviation * deviation;
  }
  return sum;
}

/** Equity that reached zero or less has no meaningful returns afterwards. */
function isRuined(equity: usize, count: i32): bool {
  for (let i = 0; i < count; i++) if (!(load<f64>(equity + (usize(i) << 3)) > 0)) return true;
  return false;
}

function ratio(numerator: f64, denominator: f64): f64 {
  return denominator != 0 ? numerator / denominator : NaN;
}

/** Of the equity curve: `volatility, sharpe, sortino` by sample standard deviation (ddof 1) and downside deviation over all bars. */
function putReturns(equity: usize, returns: usize, count: i32): void {
  walk(equity, returns, count);
  const final = count > 0 ? load<f64>(equity + (usize(count - 1) << 3)) : initialCash;
  const ruined = isRuined(equity, count);
  const years = f64(count) / periodsPerYear;
  const mean = sumOfReturns / f64(count);
  const scale = Math.sqrt(periodsPerYear);
  const deviation = Math.sqrt(sumOfSquaredDeviations(returns, count, mean) / f64(count - 1));
  const known = count > 1 && !ruined;
  const cagr = count > 0 && !ruined ? Math.pow(final / initialCash, 1 / years) - 1 : NaN;
  put(final);
  put(final / initialCash - 1);
  put(cagr);
  put(known ? deviation * scale : NaN);
  put(known ? ratio(mean, deviation) * scale : NaN);
  put(known ? ratio(mean, Math.sqrt(sumOfSquaredLosses / f64(count))) * scale : NaN);
  put(ratio(cagr, -deepest));
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

/** `exposed`: bars at whose close a position was held. `returns` is room for one f64 a bar. */
export function writeMetrics(equity: usize, returns: usize, count: i32, exposed: i32): void {
  at = metrics;
  putReturns(equity, returns, count);
  putTrades();
  const meanEquity = sumOfEquity / f64(count);
  put(count > 0 ? f64(exposed) / f64(count) : 0);
  put(count > 0 && meanEquity > 0 ? ((traded / meanEquity) * periodsPerYear) / f64(count) : NaN);
  put(fees);
  put(slippageCost);
  put(f64(orders));
}
