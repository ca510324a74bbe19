import { Ema } from './ema';
import { EXPONENTIAL, SIMPLE } from './filter';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/**
 * Bollinger bands: an average, and bands some population standard deviations above and below it. Blocks as in the simple moving average,
 * but of deviations from the first value of the newest block, and of their squares: that value is in the window, so little cancels
 * however far the prices are from zero.
 */
export class BollingerBands {
  /** Index of the first value. */
  readonly warmUp: i32;
  upper: f64 = NaN;
  middle: f64 = NaN;
  lower: f64 = NaN;
  private readonly values: StaticArray<f64>;
  private readonly tails: StaticArray<f64>;
  private readonly squareTails: StaticArray<f64>;
  private readonly perBar: f64;
  private readonly ema: Ema | null;
  private origin: f64 = 0;
  private head: f64 = 0;
  private squareHead: f64 = 0;
  private at: i32 = 0;

  /** `up` and `down` in standard deviations; `average` is `SIMPLE` or `EXPONENTIAL`, for the middle only. */
  constructor(
    readonly period: i32,
    readonly up: f64 = 2,
    readonly down: f64 = 2,
    average: i32 = SIMPLE,
  ) {
    assert(period >= 1, 'Invariant: Bollinger bands need a period of at least 1');
    this.warmUp = period - 1;
    this.perBar = 1 / f64(period);
    this.ema = average == EXPONENTIAL ? new Ema(period) : null;
    this.values = new StaticArray<f64>(period).fill(NaN);
    this.tails = new StaticArray<f64>(period + 1).fill(0);
    this.squareTails = new StaticArray<f64>(period + 1).fill(0);
  }

  /** Moves `upper`, `middle` and `lower` one bar on; not-a-number before `warmUp`. */
  next(x: f64): void {
    if (this.at == 0) this.beginBlock(x);
    const at = this.at + 1;
    const deviation = x - this.origin;
    const head = this.head + deviation;
    const squareHead = this.squareHead + deviation * deviation;
    unchecked((this.values[at - 1] = x));
    const sum = unchecked(this.tails[at]) + head;
    const squareSum = unchecked(this.squareTails[at]) + squareHead;
    this.head = head;
    this.squareHead = squareHead;
    this.at = at < this.period ? at : 0;
    this.answer(x, sum, squareSum);
  }

  private answer(x: f64, sum: f64, squareSum: f64): void {
    const mean = sum * this.perBar;
    const variance = (squareSum - sum * mean) * this.perBar;
    const deviation = sqrt(variance < 0 ? 0 : variance);
    const ema = this.ema;
    const middle = ema ? ema.next(x) : this.origin + mean;
    this.middle = middle;
    this.upper = middle + deviation * this.up;
    this.lower = middle - deviation * this.down;
  }

  /** Sums what is left of the block before, seen from the new block's first value. */
  private beginBlock(origin: f64): void {
    this.origin = origin;
    this.head = 0;
    this.squareHead = 0;
    let tail: f64 = 0;
    let squareTail: f64 = 0;
    for (let i = this.period - 1; i > 0; i--) {
      const deviation = unchecked(this.values[i]) - origin;
      tail += deviation;
      squareTail += deviation * deviation;
      unchecked((this.tails[i] = tail));
      unchecked((this.squareTails[i] = squareTail));
    }
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, upper: usize, middle: usize, lower: usize): void {
    for (let i: usize = 0; i < bytes(count); i += 8) {
      this.next(load<f64>(input + i));
      store<f64>(upper + i, this.upper);
      store<f64>(middle + i, this.middle);
      store<f64>(lower + i, this.lower);
    }
  }
}

export class BollingerBandsIndicator extends Indicator {
  private readonly bands: BollingerBands;

  static describe(spec: Spec): void {
    spec.title('BBANDS', 'Bollinger bands', 'An average, and bands some standard deviations above and below it.');
    spec.integer('timeperiod', 5, 2, 100000, 'Bars in the window.');
    spec.number('nbdevup', 2, -3e37, 3e37, 'Standard deviations to the upper band.');
    spec.number('nbdevdn', 2, -3e37, 3e37, 'Standard deviations to the lower band.');
    spec.choice('matype', 0, 'SMA,EMA', 'Average in the middle.');
    spec.series('close', 'upper,middle,lower', 'price');
  }

  constructor(p: Parameters) {
    super();
    this.bands = new BollingerBands(p.integer(0), p.number(1), p.number(2), p.integer(3));
    this.warmUp = this.bands.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.bands.run(bars.close, count, bars.output(0), bars.output(1), bars.output(2));
  }
}
