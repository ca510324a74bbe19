import { Atr } from './atr';
import { Highest, Lowest } from './extremes';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';
import { WarmUp, hide } from './warm-up';

/**
 * Chandelier exit of Charles Le Beau: the stop of a long position hangs some average true ranges below the highest high of the last `period`
 * bars, that of a short one as far above their lowest low. Both depend on the last bars only: that they never recede while a position is held is
 * for the strategy to add.
 */
export class Chandelier {
  /** Index of the first value. */
  readonly warmUp: i32;
  long: f64 = NaN;
  short: f64 = NaN;
  private readonly highest: Highest;
  private readonly lowest: Lowest;
  private readonly atr: Atr;
  private readonly hidden: WarmUp;

  /** `multiplier` in average true ranges over `period` bars. */
  constructor(
    period: i32,
    readonly multiplier: f64 = 3,
  ) {
    this.highest = new Highest(period);
    this.lowest = new Lowest(period);
    this.atr = new Atr(period);
    this.warmUp = period;
    this.hidden = new WarmUp(period);
  }

  /** Moves `long` and `short` one bar on; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64): void {
    const highest = this.highest.next(high);
    const lowest = this.lowest.next(low);
    const distance = this.multiplier * this.atr.next(high, low, close);
    if (this.hidden.hides()) return;
    this.long = highest - distance;
    this.short = lowest + distance;
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, count: i32, long: usize, short: usize): void {
    if (count == 0) return;
    this.highest.run(high, count, long);
    this.lowest.run(low, count, short);
    const ranges = heap.alloc(bytes(count));
    this.atr.run(high, low, close, count, ranges);
    const multiplier = this.multiplier;
    for (let i: usize = 0; i < bytes(count); i += 8) {
      const distance = multiplier * load<f64>(ranges + i);
      store<f64>(long + i, load<f64>(long + i) - distance);
      store<f64>(short + i, load<f64>(short + i) + distance);
    }
    heap.free(ranges);
    const hidden = this.hidden.take(count);
    hide(long, hidden);
    hide(short, hidden);
    this.long = load<f64>(long + bytes(count - 1));
    this.short = load<f64>(short + bytes(count - 1));
  }
}

export class ChandelierIndicator extends Indicator {
  private readonly exit: Chandelier;

  static describe(spec: Spec): void {
    spec.title('CHANDELIER', 'Chandelier exit', 'Trailing stops some average true ranges from the highest high and the lowest low.');
    spec.integer('timeperiod', 22, 1, 100000, 'Bars of the extremes and of the average true range.');
    spec.number('multiplier', 3, 0, 1000000, 'Average true ranges to each stop.');
    spec.series('high,low,close', 'long,short', 'price');
  }

  constructor(p: Parameters) {
    super();
    this.exit = new Chandelier(p.integer(0), p.number(1));
    this.warmUp = this.exit.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.exit.run(bars.high, bars.low, bars.close, count, bars.output(0), bars.output(1));
  }
}
