/**
 * The trend that a parabolic stop follows, from its second bar on.
 *
 * Kept so that both directions are one: a bar is its high and minus its low, and these change places in a downtrend. What lies ahead is
 * then the greater the further the trend goes, and what lies behind reaches the stop from below. A high or low that is not a number is
 * as if infinitely far on the other side: it is passed over.
 */
export class SarTrend {
  falling: bool = false;
  /** Minus the stop in an uptrend; the stop in a downtrend. */
  stop: f64 = NaN;
  /** The highest high of an uptrend; minus the lowest low of a downtrend. */
  reach: f64 = NaN;
  af: f64 = 0;
  /** Of the bar before: its high, and minus its low. */
  up: f64 = NaN;
  down: f64 = NaN;

  constructor(
    readonly acceleration: f64,
    readonly maximum: f64,
  ) {}

  /** From two bars, the second of which is to be given to `next` too. */
  begin(firstHigh: f64, firstLow: f64, high: f64, low: f64): void {
    const fall = firstLow - low;
    const falling = fall > 0 && high - firstHigh < fall;
    this.falling = falling;
    this.stop = falling ? firstHigh : -firstLow;
    this.reach = falling ? -low : high;
    this.af = this.acceleration;
    this.up = known(high);
    this.down = known(-low);
  }

  /** The stop in this bar. */
  next(high: f64, low: f64): f64 {
    const up = known(high);
    const down = known(-low);
    let falling = this.falling;
    const ahead = falling ? down : up;
    const behind = falling ? up : down;
    let stop = this.stop;
    let reach = this.reach;
    if (reach < ahead) {
      reach = ahead;
      const af = this.af + this.acceleration;
      this.af = af > this.maximum ? this.maximum : af;
    }
    if (behind >= stop) {
      falling = !falling;
      stop = reach;
      reach = behind;
      this.af = this.acceleration;
    }
    const guard = falling ? greater(this.up, up) : greater(this.down, down);
    this.stop = greater(stop - this.af * (reach + stop), guard);
    this.reach = reach;
    this.falling = falling;
    this.up = up;
    this.down = down;
    return falling ? stop : -stop;
  }

  /** Becomes what another is, which has the same acceleration. */
  adopt(other: SarTrend): void {
    this.falling = other.falling;
    this.stop = other.stop;
    this.reach = other.reach;
    this.af = other.af;
    this.up = other.up;
    this.down = other.down;
  }

  /** Whether both go on alike from here, to the bit. */
  equals(other: SarTrend): bool {
    if (this.falling != other.falling || differ(this.stop, other.stop) || differ(this.reach, other.reach)) return false;
    return !differ(this.af, other.af) && !differ(this.up, other.up) && !differ(this.down, other.down);
  }
}

/** −0 is not 0 here. */
@inline
function differ(a: f64, b: f64): bool {
  return reinterpret<u64>(a) != reinterpret<u64>(b);
}

@inline
function known(x: f64): f64 {
  return x == x ? x : -Infinity;
}

/** The first unless it is less. */
@inline
function greater(a: f64, b: f64): f64 {
  return a < b ? b : a;
}
