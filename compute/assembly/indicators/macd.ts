import { Ema } from './ema';

/**
 * Moving average convergence divergence: fast EMA − slow EMA, a signal that is the EMA of that, and their difference. Both averages
 * are seeded with the means of windows that end at bar `slow − 1`, as TA-Lib does, so that they start at the same bar. All three
 * outputs are hidden until the signal exists.
 */
export class Macd {
  /** Index of the first value. */
  readonly warmUp: i32;
  macd: f64 = NaN;
  signal: f64 = NaN;
  hist: f64 = NaN;
  private readonly fastEma: Ema;
  private readonly slowEma: Ema;
  private readonly signalEma: Ema;
  /** Bars until the fast average begins to gather its seed. */
  private fastWait: i32;

  constructor(fast: i32, slow: i32, signal: i32) {
    assert(fast <= slow, 'Invariant: the fast period of a MACD must not be above the slow one');
    this.warmUp = slow - 1 + signal - 1;
    this.fastEma = new Ema(fast);
    this.slowEma = new Ema(slow);
    this.signalEma = new Ema(signal);
    this.fastWait = slow - fast;
  }

  /** Moves `macd`, `signal` and `hist` one bar on; not-a-number before `warmUp`. */
  next(x: f64): void {
    const slow = this.slowEma.next(x);
    if (this.fastWait > 0) {
      this.fastWait--;
      return;
    }
    const macd = this.fastEma.next(x) - slow;
    if (!this.slowEma.ready) return;
    const signal = this.signalEma.next(macd);
    if (!this.signalEma.ready) return;
    this.macd = macd;
    this.signal = signal;
    this.hist = macd - signal;
  }
}
