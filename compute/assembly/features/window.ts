import { change } from './feature';

/** The last `period` values, which stand one after another: each figure of them is worked out anew, so that nothing drifts. */
export class Window {
  /** Twice over, so that each window stands in one piece. */
  private readonly values: StaticArray<f64>;
  private at: i32 = 0;
  private count: i32 = 0;

  constructor(readonly period: i32) {
    this.values = new StaticArray<f64>(2 * period);
  }

  get isFull(): bool {
    return this.count == this.period;
  }

  push(value: f64): void {
    unchecked((this.values[this.at] = value));
    unchecked((this.values[this.at + this.period] = value));
    this.at = this.at + 1 == this.period ? 0 : this.at + 1;
    if (this.count < this.period) this.count += 1;
  }

  /** Of a full window; 0 is the oldest. */
  @inline
  value(place: i32): f64 {
    return unchecked(this.values[this.at + place]);
  }

  /** Of the values from a place on. */
  mean(from: i32 = 0): f64 {
    let sum: f64 = 0;
    for (let i = from; i < this.period; i++) sum += this.value(i);
    return sum / f64(this.period - from);
  }

  rootMeanSquare(from: i32 = 0): f64 {
    let sum: f64 = 0;
    for (let i = from; i < this.period; i++) {
      const value = this.value(i);
      sum += value * value;
    }
    return Math.sqrt(sum / f64(this.period - from));
  }

  /** Square root of the mean squared distance from `mean`. */
  deviation(mean: f64): f64 {
    let sum: f64 = 0;
    for (let i = 0; i < this.period; i++) {
      const distance = this.value(i) - mean;
      sum += distance * distance;
    }
    return Math.sqrt(sum / f64(this.period));
  }
}

/** The last `period` values of ln(close / close before). */
export class Returns extends Window {
  private before: f64 = NaN;
  private isStarted: bool = false;

  /** Whether there are as many returns. */
  next(close: f64): bool {
    if (this.isStarted) this.push(change(close, this.before));
    this.isStarted = true;
    this.before = close;
    return this.isFull;
  }
}
