import { Filter } from './filter';
import { bytes } from './indicator';

/** The longest period for which adding up each window anew is the fastest way. */
export const SHORT: i32 = 8;

/**
 * Simple moving average over a few values: each window is added up on its own, from its oldest value to its newest. So a value is the same
 * wherever the series began, and a value that is not a number is forgotten with the windows that hold it.
 * Multiplies by 1 / period, for a division costs more than all the rest: the mean of equal values may miss them by their last digit, but not 0 or 100.
 */
export class ShortAverage extends Filter {
  /** The last `period` values, twice over, so that they always stand in one piece from oldest to newest. */
  private readonly values: StaticArray<f64>;
  private readonly perValue: f64;
  private at: i32 = 0;

  constructor(period: i32) {
    super(period);
    this.perValue = 1 / f64(period);
    this.values = new StaticArray<f64>(2 * period).fill(NaN);
  }

  next(x: f64): f64 {
    const period = this.period;
    const at = this.at;
    unchecked((this.values[at] = x));
    unchecked((this.values[at + period] = x));
    let sum = unchecked(this.values[at + 1]);
    for (let i = at + 2; i <= at + period; i++) sum += unchecked(this.values[i]);
    this.at = at + 1 == period ? 0 : at + 1;
    return sum * this.perValue;
  }

  run(input: usize, count: i32, output: usize): void {
    const end = bytes(count);
    const head = min(end, bytes(this.period - 1));
    let i: usize = 0;
    for (; i < head; i += 8) store<f64>(output + i, this.next(load<f64>(input + i)));
    if (i == end) return;
    const perValue = f64x2.splat(this.perValue);
    if (this.period == 3) {
      for (; i + 16 <= end; i += 16) v128.store(output + i, f64x2.mul(sumsOfThree(input + i), perValue));
    } else {
      for (; i + 16 <= end; i += 16) v128.store(output + i, f64x2.mul(this.sums(input + i), perValue));
    }
    // What is left, and what `next` must know: the last window again.
    for (let k = end - bytes(this.period); k < end; k += 8) {
      const y = this.next(load<f64>(input + k));
      if (k >= i) store<f64>(output + k, y);
    }
  }

  /** The sums of the windows that end at `last` and one after it. */
  @inline
  private sums(last: usize): v128 {
    let at = last - bytes(this.period - 1);
    let sum = v128.load(at);
    for (at += 8; at <= last; at += 8) sum = f64x2.add(sum, v128.load(at));
    return sum;
  }
}

/** As `sums` for the period that is most in use, without a loop. */
@inline
function sumsOfThree(last: usize): v128 {
  return f64x2.add(f64x2.add(v128.load(last - 16), v128.load(last - 8)), v128.load(last));
}
