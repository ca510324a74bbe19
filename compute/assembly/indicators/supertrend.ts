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
    if (!this.hidden.hides()) this.follow(high, low, close, range);
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
    const from = bytes(done);
    this.atr.run(high + from, low + from, close + from, count - done, direction + from);
    for (let i = from; i < bytes(count); i += 8) {
      this.follow(load<f64>(high + i), load<f64>(low + i), load<f64>(close + i), load<f64>(direction + i));
      store<f64>(value + i, this.value);
      store<f64>(direction + i, this.direction);
    }
  }

  @inline
  private follow(high: f64, low: f64, close: f64, range: f64): void {
    const middle = (high + low) * 0.5;
    const distance = this.multiplier * range;
    const before = this.previousClose;
    const upperNow = middle + distance;
    const lowerNow = middle - distance;
    // Written so that a range that is not a number takes over, and no old stop is shown for a new one.
    const upper = upperNow >= this.upper && !(before > this.upper) ? this.upper : upperNow;
    const lower = lowerNow <= this.lower && !(before < this.lower) ? this.lower : lowerNow;
    const up = this.up ? !(close < lower) : close > upper;
    this.upper = upper;
    this.lower = lower;
    this.up = up;
    this.previousClose = close;
    const value = up ? lower : upper;
    this.value = value;
    this.direction = value == value ? (up ? 1 : -1) : NaN;
  }
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
