/** A smoothing of one series: simple, exponential or Wilder's. */
export abstract class Average {
  /** Index of the first value. */
  readonly warmUp: i32;

  constructor(readonly period: i32) {
    assert(period >= 1, 'Invariant: an average needs a period of at least 1');
    this.warmUp = period - 1;
  }

  /** The average after one more value; not-a-number before `warmUp`. */
  abstract next(x: f64): f64;

  /** As `next` for each of `count` values at `input`, to the bit; `output` may be `input`. */
  abstract run(input: usize, count: i32, output: usize): void;
}

/** TA-Lib's numbers of the averages that can be chosen. */
export const SIMPLE: i32 = 0;
export const EXPONENTIAL: i32 = 1;
