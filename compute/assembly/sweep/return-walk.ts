import { CrossoverJob } from './job';
import { BUY, CLOSE, PriceTables, RECORD_BYTES, SELL_NEXT } from './price-tables';

/** The returns of a set bar by bar, for series whose sums hide it: prices of very different sizes, or returns that hardly vary. */
export class ReturnWalk {
  mean: f64 = 0;
  /** Sum of the squared deviations from the mean. */
  deviations: f64 = 0;
  private sum: f64 = 0;

  constructor(
    private readonly job: CrossoverJob,
    private readonly tables: PriceTables,
  ) {}

  /** `orders` of the signals were filled; behind them stands the end of the data. */
  run(signals: usize, orders: i32): void {
    const count = f64(this.job.count);
    // Twice about the mean: what the first mean is off by, the second pass sees.
    const idle = f64(this.job.count - this.pass(signals, orders, 0));
    const typical = this.sum / count;
    this.deviations = 0;
    this.pass(signals, orders, typical);
    const off = (this.sum - idle * typical) / count;
    this.mean = typical + off;
    this.deviations = max(0, this.deviations + idle * typical * typical - count * off * off);
  }

  /** Sums the distances of returns from `typical`, and their squares, over bars with a position or an order; answers how many. */
  private pass(signals: usize, orders: i32, typical: f64): i32 {
    const fixed = this.job.commissionFixed;
    let value = this.job.cash;
    let bars = 0;
    this.sum = 0;
    this.deviations = 0;
    for (let done = 0; done < orders; done += 2) {
      const from = load<i32>(signals + (usize(done) << 2)) + this.job.delay;
      const to = load<i32>(signals + (usize(done) << 2), 4) + this.job.delay;
      let record = this.tables.records + usize(from) * RECORD_BYTES;
      const units = (value - fixed) * load<f64>(record, BUY);
      let last = load<f64>(record, CLOSE);
      this.take((units * last) / value - 1 - typical);
      for (let bar = from + 1; bar < to; bar++) {
        record += RECORD_BYTES;
        const close = load<f64>(record, CLOSE);
        this.take(close / last - 1 - typical);
        last = close;
      }
      bars += to - from;
      const closed = done + 1 < orders;
      value = units * load<f64>(record, SELL_NEXT) - (closed ? fixed : 0);
      if (!closed) continue;
      this.take(value / (units * last) - 1 - typical);
      bars += 1;
    }
    return bars;
  }

  @inline
  private take(distance: f64): void {
    this.sum += distance;
    this.deviations += distance * distance;
  }
}
