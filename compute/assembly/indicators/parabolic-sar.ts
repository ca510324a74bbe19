import { ABREAST } from './block-filter';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { SarStretches } from './sar-stretches';
import { SarTrend } from './sar-trend';
import { Spec } from './spec';

/**
 * Parabolic stop and reverse (Wilder, 1978): a stop that follows the trend, sar ← sar + af × (extreme − sar), never inside the last two
 * bars. `af` begins at `acceleration` and grows by it with each new extreme, up to `maximum`; an acceleration above the maximum counts
 * as the maximum. A bar that touches the stop turns the trend: the stop then begins at the extreme. The first trend is down where the
 * second bar moves further down than up, and up otherwise, as in TA-Lib.
 *
 * A high or low that is not a number is passed over; one in the first two bars leaves no value for ever.
 */
export class ParabolicSar {
  /** Index of the first value. */
  readonly warmUp: i32 = 1;
  private readonly trend: SarTrend;
  private stretches: SarStretches | null = null;
  private seen: i32 = 0;
  private firstHigh: f64 = NaN;
  private firstLow: f64 = NaN;

  constructor(acceleration: f64 = 0.02, maximum: f64 = 0.2) {
    this.trend = new SarTrend(acceleration > maximum ? maximum : acceleration, maximum);
  }

  /** The stop in this bar; not-a-number at the first. */
  next(high: f64, low: f64): f64 {
    if (this.seen < 2) return this.begin(high, low);
    return this.trend.next(high, low);
  }

  private begin(high: f64, low: f64): f64 {
    if (++this.seen == 2) {
      this.trend.begin(this.firstHigh, this.firstLow, high, low);
      return this.trend.next(high, low);
    }
    this.firstHigh = high;
    this.firstLow = low;
    return NaN;
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, count: i32, output: usize): void {
    const stretches = this.takeStretches();
    let done = min(count, 2 - this.seen);
    this.runSlowly(high, low, 0, done, output);
    for (let size = stretches.size(count - done); size > 0; size = stretches.size(count - done)) {
      const at = bytes(done);
      stretches.run(high + at, low + at, size, output + at);
      done += ABREAST * size;
    }
    this.runSlowly(high, low, done, count, output);
  }

  private runSlowly(high: usize, low: usize, from: i32, to: i32, output: usize): void {
    const end = bytes(to);
    for (let i = bytes(from); i < end; i += 8) store<f64>(output + i, this.next(load<f64>(high + i), load<f64>(low + i)));
  }

  /** Made for the first batch: a stream never needs them. */
  private takeStretches(): SarStretches {
    let stretches = this.stretches;
    if (!stretches) this.stretches = stretches = new SarStretches(this.trend);
    return stretches;
  }
}

export class ParabolicSarIndicator extends Indicator {
  private readonly sar: ParabolicSar;

  static describe(spec: Spec): void {
    spec.title('SAR', 'Parabolic stop and reverse', 'A stop that follows the trend ever faster, and turns when the price touches it.');
    spec.number('acceleration', 0.02, 0, 3e37, 'By how much each new extreme speeds up the stop.');
    spec.number('maximum', 0.2, 0, 3e37, 'The fastest that the stop gets.');
    spec.series('high,low', 'value', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.sar = new ParabolicSar(parameters.number(0), parameters.number(1));
    this.warmUp = this.sar.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.sar.run(bars.high, bars.low, count, bars.output(0));
  }
}
