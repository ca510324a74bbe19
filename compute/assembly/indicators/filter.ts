/** One series in, one series out: an average, an extreme. */
export abstract class Filter {
  /** Index of the first value. */
  readonly warmUp: i32;

  constructor(readonly period: i32) {
    assert(period >= 1, 'Invariant: a window needs a period of at least 1');
    this.warmUp = period - 1;
  }

  /** Values that a batch works on at a time. */
  get stride(): i32 {
    return 1;
  }

  /** Values until the next batch can begin. */
  get untilBlock(): i32 {
    return 0;
  }

  /** About `count` values, in whole strides. */
  strides(count: i32): i32 {
    return max(1, count / this.stride) * this.stride;
  }

  /** The value after one more input; not-a-number before `warmUp`. */
  abstract next(x: f64): f64;

  /** As `next` for each of `count` values at `input`, to the bit. `output` must not overlap `input` unless the filter says so. */
  abstract run(input: usize, count: i32, output: usize): void;

  /** As `run`, where the last `behind` values that were taken in still stand before `input`: some are faster then. */
  runOn(input: usize, count: i32, output: usize, behind: i32): void {
    this.run(input, count, output);
  }
}

/** TA-Lib's numbers of the averages that can be chosen. */
export const SIMPLE: i32 = 0;
export const EXPONENTIAL: i32 = 1;
