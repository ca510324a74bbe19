import { Atr } from './atr';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';
import { WarmUp } from './warm-up';

/**
 * Supertrend of Olivier Seban. Bands stand `multiplier` average true ranges from the middle of each bar; the upper one only falls and the lower one
 * only rises, until the close before has crossed it. A close above the upper band turns the trend up, one below the lower band turns it down. `value`
 * is the band on the other side of the trend: its stop. The first trend is down, as on TradingView.
 */
export class Supertrend {
  /** Index of the first value. */
  readonly warmUp: i32;
  value: f64 = NaN;
  /** 1 up, −1 down. */
  direction: f64 = NaN;
  private readonly atr: Atr;
  private readonly hidden: WarmUp;
  /** A bar in (high, low, close, range) and out (value, direction), so that one bar goes the way of many. */
  private readonly cells: StaticArray<f64> = new StaticArray<f64>(6);
  private upper: f64 = Infinity;
  private lower: f64 = -Infinity;
  private previousClose: f64 = NaN;
  private up: bool = false;

  constructor(
    period: i32,
    readonly multiplier: f64 = 3,
  ) {
    this.atr = new Atr(period);
    this.warmUp = period;
    this.hidden = new WarmUp(period);
  }

  /** Moves `value` and `direction` one bar on; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64): void {
    const range = this.atr.next(high, low, close);
    if (this.hidden.hides()) return;
    const cells = changetype<usize>(this.cells);
    store<f64>(cells, high);
    store<f64>(cells, low, 8);
    store<f64>(cells, close, 16);
    store<f64>(cells, range, 24);
    this.follow(cells, cells + 8, cells + 16, cells + 24, 1, cells + 32, cells + 40);
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, count: i32, value: usize, direction: usize): void {
    let done = 0;
    for (; done < count && this.hidden.wait > 0; done++) {
      const at = bytes(done);
      this.next(load<f64>(high + at), load<f64>(low + at), load<f64>(close + at));
      store<f64>(value + at, this.value);
      store<f64>(direction + at, this.direction);
    }
    if (done == count) return;
    const from = bytes(done);
    this.atr.run(high + from, low + from, close + from, count - done, direction + from);
    this.follow(high + from, low + from, close + from, direction + from, count - done, value + from, direction + from);
  }

  /**
   * Both bands in two lanes: the upper one, and the lower one with its sign turned, so that both only fall until they are crossed from below. No
   * branches: a trend turns when it likes. A range that is not a number takes over, so that no old stop is shown for a new one. `direction` may be
   * `ranges`.
   */
  private follow(high: usize, low: usize, close: usize, ranges: usize, count: i32, value: usize, direction: usize): void {
    const multiplier = this.multiplier;
    let bands = lanes(this.upper, -this.lower);
    let before = lanes(this.previousClose, -this.previousClose);
    let up: i32 = this.up ? 1 : 0;
    for (let i: usize = 0; i < bytes(count); i += 8) {
      const middle = (load<f64>(high + i) + load<f64>(low + i)) * 0.5;
      const now = f64x2.add(f64x2.splat(multiplier * load<f64>(ranges + i)), lanes(middle, -middle));
      const crossed = f64x2.gt(before, bands);
      bands = v128.bitselect(bands, now, v128.andnot(f64x2.ge(now, bands), crossed));
      const last = load<f64>(close + i);
      before = lanes(last, -last);
      const turns = i64x2.bitmask(f64x2.gt(before, bands));
      // Down and above the upper band, or up and not below the lower one.
      up = (turns & 1 & ~up) | (up & ~(turns >> 1));
      const mask = i64x2.splat(-i64(up));
      const floor = f64x2.neg(v128.shuffle<f64>(bands, bands, 1, 1));
      const shown = f64x2.extract_lane(v128.bitselect(floor, bands, mask), 0);
      store<f64>(value + i, shown);
      // A value that is not a number has no direction either.
      store<f64>(direction + i, f64(up + up - 1) + (shown - shown));
    }
    const last = bytes(count - 1);
    this.upper = f64x2.extract_lane(bands, 0);
    this.lower = -f64x2.extract_lane(bands, 1);
    this.previousClose = f64x2.extract_lane(before, 0);
    this.up = up != 0;
    this.value = load<f64>(value + last);
    this.direction = load<f64>(direction + last);
  }
}

@inline
function lanes(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

export class SupertrendIndicator extends Indicator {
  private readonly supertrend: Supertrend;

  static describe(spec: Spec): void {
    spec.title('SUPERTREND', 'Supertrend', 'A stop some average true ranges from the price that turns the trend when it is crossed.');
    spec.integer('timeperiod', 10, 1, 100000, 'Bars of the average true range.');
    spec.number('multiplier', 3, 0, 1000000, 'Average true ranges to each band.');
    spec.series('high,low,close', 'value,direction', 'price');
    spec.ownPane('direction');
  }

  constructor(p: Parameters) {
    super();
    this.supertrend = new Supertrend(p.integer(0), p.number(1));
    this.warmUp = this.supertrend.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.supertrend.run(bars.high, bars.low, bars.close, count, bars.output(0), bars.output(1));
  }
}
