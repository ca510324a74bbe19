import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/**
 * How many population standard deviations a value lies from the mean of the last `period` values, itself included: (x − mean) / deviation; 0 where
 * the window does not vary. Blocks as in `Deviation`, and all seen from the first value of the newest block: neither the deviation nor the distance
 * to the mean cancels.
 */
export class ZScore {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly perValue: f64;
  /** Before `at`: this block's values. From there on: the last block's. */
  private readonly values: StaticArray<f64>;
  /** For each place the sums of what stands from there on in the last block: of deviations, and of their squares beside it. */
  private readonly tails: StaticArray<f64>;
  private origin: f64 = 0;
  private head: f64 = 0;
  private squareHead: f64 = 0;
  private at: i32 = 0;

  constructor(readonly period: i32) {
    assert(period >= 1, 'Invariant: a window needs a period of at least 1');
    this.warmUp = period - 1;
    this.perValue = 1 / f64(period);
    this.values = new StaticArray<f64>(period).fill(NaN);
    this.tails = new StaticArray<f64>(2 * period + 2).fill(0);
  }

  /** Not-a-number before `warmUp`. */
  next(x: f64): f64 {
    if (this.at == 0) this.beginBlock(x);
    unchecked((this.values[this.at] = x));
    const at = this.at + 1;
    const deviation = x - this.origin;
    this.head += deviation;
    this.squareHead += deviation * deviation;
    this.at = at < this.period ? at : 0;
    const mean = (unchecked(this.tails[2 * at]) + this.head) * this.perValue;
    const variance = (unchecked(this.tails[2 * at + 1]) + this.squareHead) * this.perValue - mean * mean;
    return variance <= 0 ? 0 : (deviation - mean) / sqrt(variance);
  }

  private beginBlock(origin: f64): void {
    this.origin = origin;
    this.head = 0;
    this.squareHead = 0;
    let sum: f64 = 0;
    let squareSum: f64 = 0;
    for (let i = this.period - 1; i > 0; i--) {
      const deviation = unchecked(this.values[i]) - origin;
      sum += deviation;
      squareSum += deviation * deviation;
      unchecked((this.tails[2 * i] = sum));
      unchecked((this.tails[2 * i + 1] = squareSum));
    }
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, output: usize): void {
    for (let i: usize = 0; i < bytes(count); i += 8) store<f64>(output + i, this.next(load<f64>(input + i)));
  }
}

export class ZScoreIndicator extends Indicator {
  private readonly score: ZScore;

  static describe(spec: Spec): void {
    spec.title('ZSCORE', 'Z-score', 'How many standard deviations the close lies from the mean of the last closes.');
    spec.integer('timeperiod', 20, 2, 100000, 'Bars in the window.');
    spec.series('close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.score = new ZScore(parameters.integer(0));
    this.warmUp = this.score.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.score.run(bars.close, count, bars.output(0));
  }
}
