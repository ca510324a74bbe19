import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/**
 * Parabolic stop and reverse (Wilder, 1978): a stop that follows the trend, sar ← sar + af × (extreme − sar), never inside the last two
 * bars. `af` begins at `acceleration` and grows by it with each new extreme, up to `maximum`; an acceleration above the maximum counts
 * as the maximum. A bar that touches the stop turns the trend: the stop then begins at the extreme. The first trend is down where the
 * second bar moves further down than up, and up otherwise, as in TA-Lib.
 *
 * Kept as if the trend were always up: in a downtrend all prices are negated, and high and low change places. A high or low that is not a
 * number is passed over; one in the first two bars leaves no value for ever.
 */
export class ParabolicSar {
  /** Index of the first value. */
  readonly warmUp: i32 = 1;
  private readonly acceleration: f64;
  private seen: i32 = 0;
  private falling: bool = false;
  private sar: f64 = NaN;
  private extreme: f64 = NaN;
  private af: f64;
  /** Of the bar before. */
  private high: f64 = NaN;
  private low: f64 = NaN;

  constructor(
    acceleration: f64 = 0.02,
    private readonly maximum: f64 = 0.2,
  ) {
    this.acceleration = acceleration > maximum ? maximum : acceleration;
    this.af = this.acceleration;
  }

  /** The stop in this bar; not-a-number at the first. */
  next(high: f64, low: f64): f64 {
    if (this.seen < 2) this.begin(high, low);
    if (this.seen < 2) return NaN;
    const falling = this.falling;
    return falling ? -this.follow(-low, -high) : this.follow(high, low);
  }

  private begin(high: f64, low: f64): void {
    if (++this.seen == 2) {
      const down = this.low - low;
      this.falling = down > 0 && high - this.high < down;
      this.sar = this.falling ? -this.high : this.low;
      this.extreme = this.falling ? -low : high;
    }
    const mirrored = this.falling;
    this.high = mirrored ? -low : high;
    this.low = mirrored ? -high : low;
  }

  /** The stop in this bar, seen in an uptrend; and what it will be in the next. */
  private follow(high: f64, low: f64): f64 {
    if (low <= this.sar) return this.turn(high, low);
    const stop = this.sar;
    if (high > this.extreme) {
      this.extreme = high;
      const af = this.af + this.acceleration;
      this.af = af > this.maximum ? this.maximum : af;
    }
    this.sar = notAbove(stop + this.af * (this.extreme - stop), this.low, low);
    this.high = high;
    this.low = low;
    return stop;
  }

  /** Ends an uptrend. What is kept is kept mirrored from here on. */
  private turn(high: f64, low: f64): f64 {
    const stop = notAbove(-this.extreme, -this.high, -high);
    this.af = this.acceleration;
    this.extreme = -low;
    this.sar = notAbove(stop + this.af * (this.extreme - stop), -this.high, -high);
    this.falling = !this.falling;
    this.high = -low;
    this.low = -high;
    return -stop;
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, count: i32, output: usize): void {
    const end = bytes(count);
    for (let i: usize = 0; i < end; ) {
      // The first bars, or a turn.
      store<f64>(output + i, this.next(load<f64>(high + i), load<f64>(low + i)));
      i += 8;
      if (this.seen == 2) i = this.runTrend(high, low, i, end, output);
    }
  }

  /** What `follow` does, up to the next turn and without any other branch. Answers where that is. */
  private runTrend(high: usize, low: usize, from: usize, end: usize, output: usize): usize {
    const sign = i64x2.splat(this.falling ? i64.MIN_VALUE : 0);
    const upper = this.falling ? low : high;
    const lower = this.falling ? high : low;
    const acceleration = f64x2.splat(this.acceleration);
    const maximum = f64x2.splat(this.maximum);
    let sar = f64x2.splat(this.sar);
    let extreme = f64x2.splat(this.extreme);
    let af = f64x2.splat(this.af);
    let highest = f64x2.splat(this.high);
    let lowest = f64x2.splat(this.low);
    let i = from;
    for (; i < end; i += 8) {
      const before = lowest;
      const bar = v128.xor(v128.load64_splat(lower + i), sign);
      if (f64x2.extract_lane(bar, 0) <= f64x2.extract_lane(sar, 0)) break;
      lowest = bar;
      highest = v128.xor(v128.load64_splat(upper + i), sign);
      v128.store64_lane(output + i, v128.xor(sar, sign), 0);
      af = f64x2.pmin(f64x2.add(af, v128.and(acceleration, f64x2.gt(highest, extreme))), maximum);
      extreme = f64x2.pmax(extreme, highest);
      const next = f64x2.add(sar, f64x2.mul(af, f64x2.sub(extreme, sar)));
      sar = f64x2.pmin(f64x2.pmin(next, before), lowest);
    }
    this.sar = f64x2.extract_lane(sar, 0);
    this.extreme = f64x2.extract_lane(extreme, 0);
    this.af = f64x2.extract_lane(af, 0);
    this.high = f64x2.extract_lane(highest, 0);
    this.low = f64x2.extract_lane(lowest, 0);
    return i;
  }
}

@inline
function notAbove(stop: f64, before: f64, now: f64): f64 {
  const first = before < stop ? before : stop;
  return now < first ? now : first;
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
