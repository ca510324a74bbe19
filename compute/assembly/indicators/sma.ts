/**
 * Simple moving average. The input is cut in blocks of `period` values from its start: each window is the tail of one block plus
 * the head of the next, so sums are only ever added to. Nothing is subtracted, so nothing drifts and nothing cancels, and a
 * value that is not a number is forgotten with the windows that hold it.
 */
export class Sma {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly period: i32;
  /** At and after `at`: sums of the last block from there to its end (not-a-number in the first block). Before: this block's values. */
  private readonly tails: StaticArray<f64>;
  private head: f64 = 0;
  private at: i32 = 0;

  constructor(period: i32) {
    assert(period >= 1, 'Invariant: a moving average needs a period of at least 1');
    this.period = period;
    this.warmUp = period - 1;
    this.tails = new StaticArray<f64>(period).fill(NaN);
  }

  /** The mean of the last `period` values; not-a-number before `warmUp`. */
  next(x: f64): f64 {
    const period = this.period;
    const tails = this.tails;
    const head = this.head + x;
    unchecked((tails[this.at] = x));
    const at = this.at + 1;
    if (at < period) {
      this.head = head;
      this.at = at;
      return (unchecked(tails[at]) + head) / f64(period);
    }
    this.endBlock();
    return head / f64(period);
  }

  private endBlock(): void {
    const tails = this.tails;
    let tail: f64 = 0;
    for (let i = this.period - 1; i >= 0; i--) {
      tail += unchecked(tails[i]);
      unchecked((tails[i] = tail));
    }
    this.head = 0;
    this.at = 0;
  }
}
