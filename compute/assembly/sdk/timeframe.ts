import { Bar } from './bar';

/**
 * Longer bars built from the base bars of one symbol. A longer bar is complete, and only then to be seen, when the first base bar of the next
 * interval comes: nothing of it is known before. Intervals begin at whole multiples since 1970 UTC.
 */
export class Timeframe {
  /** The last complete bar; not-a-number before the first. */
  time: f64 = NaN;
  open: f64 = NaN;
  high: f64 = NaN;
  low: f64 = NaN;
  close: f64 = NaN;
  volume: f64 = NaN;
  private startMs: f64 = NaN;
  private nextOpen: f64 = NaN;
  private nextHigh: f64 = NaN;
  private nextLow: f64 = NaN;
  private nextClose: f64 = NaN;
  private nextVolume: f64 = 0;

  /** `intervalMs`: length of the longer bars in milliseconds, above 0. */
  constructor(readonly intervalMs: f64) {
    if (!(intervalMs > 0 && intervalMs < Infinity)) throw new RangeError('The interval of a timeframe must be above 0 ms');
  }

  static minutes(count: i32): Timeframe {
    return new Timeframe(f64(count) * 60000);
  }

  static hours(count: i32): Timeframe {
    return new Timeframe(f64(count) * 3600000);
  }

  static days(count: i32): Timeframe {
    return new Timeframe(f64(count) * 86400000);
  }

  /** Weeks begin on Thursday, as 1970 did. */
  static weeks(count: i32): Timeframe {
    return new Timeframe(f64(count) * 604800000);
  }

  /** Take the base bar in; true when it has completed a longer one, which `open` … `volume` then show. Pass `this.time` and `this.bar(symbol)`. */
  next(timeMs: f64, bar: Bar): bool {
    const start = Math.floor(timeMs / this.intervalMs) * this.intervalMs;
    const isComplete = start > this.startMs;
    if (isComplete) this.complete();
    if (start != this.startMs) this.begin(start, bar);
    else this.add(bar);
    return isComplete;
  }

  private complete(): void {
    this.time = this.startMs;
    this.open = this.nextOpen;
    this.high = this.nextHigh;
    this.low = this.nextLow;
    this.close = this.nextClose;
    this.volume = this.nextVolume;
  }

  private begin(start: f64, bar: Bar): void {
    this.startMs = start;
    this.nextOpen = bar.open;
    this.nextHigh = bar.high;
    this.nextLow = bar.low;
    this.nextClose = bar.close;
    this.nextVolume = bar.volume;
  }

  private add(bar: Bar): void {
    this.nextHigh = max(this.nextHigh, bar.high);
    this.nextLow = min(this.nextLow, bar.low);
    this.nextClose = bar.close;
    this.nextVolume += bar.volume;
  }
}
