import { quiet } from '../indicators/noise';
import { CrossoverJob } from './job';
import { BUY, CLOSE, PriceTables, RECORD_BYTES, SELL_NEXT, SUMS } from './price-tables';
import { ReturnWalk } from './return-walk';

/** What is written about a set, one f64 each: total return, Sharpe ratio, maximum drawdown, orders, trades. */
export const RESULT_BYTES: usize = 40;

/** Relative error of a Sharpe ratio up to which sums are trusted. */
const TRUSTED: f64 = 1e-11;
const EPSILON: f64 = 2.220446049250313e-16;

/** Long with all cash or flat, one symbol, fractional units. */
export class LongFlat {
  private readonly walk: ReturnWalk;

  constructor(
    private readonly job: CrossoverJob,
    private readonly tables: PriceTables,
  ) {
    this.walk = new ReturnWalk(job, tables);
  }

  /**
   * Trades on `found` signals, an i32 each: entries and exits in turns. There is room for one more behind them. An order that the cash does
   * not pay is refused; since nothing changes while flat, so are all after it.
   */
  run(signals: usize, found: i32, output: usize): void {
    const job = this.job;
    const tables = this.tables;
    const count = job.count;
    const fixed = job.commissionFixed;
    const delay = job.delay;
    const levels = tables.levels;
    while (found > 0 && load<i32>(signals + (usize(found - 1) << 2)) + delay >= count) found -= 1;
    // What is open at the end is left at its last close, behind the last bar and at no cost.
    store<i32>(signals + (usize(found) << 2), count - delay);
    const records = tables.records + usize(delay) * RECORD_BYTES;
    const extremes = tables.extremes + (usize(delay) << 4);
    let value = job.cash;
    let peak = value;
    let worst: f64 = 1;
    let sums = f64x2.splat(0);
    let changes = f64x2.splat(0);
    let squares = f64x2.splat(0);
    const one = f64x2.splat(1);
    let done = 0;
    for (; done < found && value > fixed; done += 2) {
      const from = load<i32>(signals + (usize(done) << 2));
      const to = load<i32>(signals + (usize(done) << 2), 4);
      const entry = records + usize(from) * RECORD_BYTES;
      const exit = records + usize(to) * RECORD_BYTES - RECORD_BYTES;
      const units = (value - fixed) * load<f64>(entry, BUY);
      const after = units * load<f64>(exit, SELL_NEXT) - (done + 1 < found ? fixed : 0);
      // Both ends at once: the entry's close against the value before it, the exit's value against the last close in the trade.
      const last = units * load<f64>(exit, CLOSE);
      const ends = f64x2.replace_lane(f64x2.splat(units * load<f64>(entry, CLOSE)), 1, after);
      const before = f64x2.replace_lane(f64x2.splat(value), 1, last);
      const change = f64x2.sub(f64x2.div(ends, before), one);
      changes = f64x2.add(changes, change);
      squares = f64x2.add(squares, f64x2.mul(change, change));
      sums = f64x2.add(sums, f64x2.sub(v128.load(exit, SUMS), v128.load(entry, SUMS)));
      const level = 31 - i32(clz(to - from));
      let range: v128;
      if (level < levels) {
        const row = extremes + usize(level) * tables.levelBytes;
        range = f64x2.pmax(v128.load(row + (usize(from) << 4)), v128.load(row + (usize(to - (1 << level)) << 4)));
      } else {
        range = tables.extremesOver(from + delay, to + delay);
      }
      const top = units * f64x2.extract_lane(range, 0);
      const bottom = -units * f64x2.extract_lane(range, 1);
      const high = max(peak, top);
      if (bottom < worst * high) {
        worst = top <= peak ? bottom / peak : tables.deepest(from + delay, to + delay, units, peak, worst);
      }
      if (after < worst * high) worst = after / high;
      peak = max(high, after);
      value = after;
    }
    const orders = min(done, found);
    const trades = (orders + 1) >> 1;
    store<f64>(output, value / job.cash - 1);
    store<f64>(output, value > 0 ? this.sharpe(signals, orders, sums, changes, squares) : NaN, 8);
    store<f64>(output, worst - 1, 16);
    store<f64>(output, f64(orders), 24);
    store<f64>(output, f64(trades), 32);
  }

  /**
   * Mean over sample standard deviation (ddof 1) of the returns of all bars, by the square root of periods a year. The sums of a trade are
   * differences of sums of the series: where those are so much larger that their rounding could show, the returns are walked.
   */
  private sharpe(signals: usize, orders: i32, sums: v128, changes: v128, squares: v128): f64 {
    const count = f64(this.job.count);
    if (count < 2) return NaN;
    const sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(changes, 0) + f64x2.extract_lane(changes, 1);
    const square = f64x2.extract_lane(sums, 1) + f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
    let mean = sum / count;
    let deviations = square - sum * mean;
    const rounding = EPSILON * f64(orders + 4);
    const trusted =
      rounding * (this.tables.squares + square) <= TRUSTED * deviations &&
      rounding * this.tables.largestSum <= TRUSTED * Math.sqrt(count * deviations);
    if (!trusted) {
      this.walk.run(signals, orders);
      mean = this.walk.mean;
      deviations = this.walk.deviations;
    }
    // What only rounding moves has no ratio, as in the figures of a run bar by bar.
    const deviation = quiet(Math.sqrt(deviations / (count - 1)));
    return deviation != 0 ? (mean / deviation) * Math.sqrt(this.job.periodsPerYear) : NaN;
  }
}
