import { Atr } from './atr';
import { Ema } from './ema';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';
import { WarmUp, hide } from './warm-up';

/** Keltner channel in the form of Linda Raschke: the exponential average of closes, and some average true ranges above and below it. */
export class Keltner {
  /** Index of the first value. */
  readonly warmUp: i32;
  upper: f64 = NaN;
  middle: f64 = NaN;
  lower: f64 = NaN;
  private readonly average: Ema;
  private readonly atr: Atr;
  private readonly hidden: WarmUp;

  /** `multiplier` in average true ranges over `atrPeriod` bars. */
  constructor(
    period: i32,
    atrPeriod: i32 = 10,
    readonly multiplier: f64 = 2,
  ) {
    this.average = new Ema(period);
    this.atr = new Atr(atrPeriod);
    const warmUp = max(period - 1, atrPeriod);
    this.warmUp = warmUp;
    this.hidden = new WarmUp(warmUp);
  }

  /** Moves `upper`, `middle` and `lower` one bar on; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64): void {
    const middle = this.average.next(close);
    const width = this.multiplier * this.atr.next(high, low, close);
    if (this.hidden.hides()) return;
    this.middle = middle;
    this.upper = middle + width;
    this.lower = middle - width;
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, count: i32, upper: usize, middle: usize, lower: usize): void {
    if (count == 0) return;
    this.average.run(close, count, middle);
    this.atr.run(high, low, close, count, upper);
    const multiplier = this.multiplier;
    for (let i: usize = 0; i < bytes(count); i += 8) {
      const center = load<f64>(middle + i);
      const width = multiplier * load<f64>(upper + i);
      store<f64>(upper + i, center + width);
      store<f64>(lower + i, center - width);
    }
    const hidden = this.hidden.take(count);
    hide(upper, hidden);
    hide(middle, hidden);
    hide(lower, hidden);
    const last = bytes(count - 1);
    this.upper = load<f64>(upper + last);
    this.middle = load<f64>(middle + last);
    this.lower = load<f64>(lower + last);
  }
}

export class KeltnerIndicator extends Indicator {
  private readonly channel: Keltner;

  static describe(spec: Spec): void {
    spec.title('KELTNER', 'Keltner channel', 'An exponential average, and bands some average true ranges above and below it.');
    spec.integer('timeperiod', 20, 1, 100000, 'Bars of the average.');
    spec.integer('atrperiod', 10, 1, 100000, 'Bars of the average true range.');
    spec.number('multiplier', 2, 0, 1000000, 'Average true ranges to each band.');
    spec.series('high,low,close', 'upper,middle,lower', 'price');
  }

  constructor(p: Parameters) {
    super();
    this.channel = new Keltner(p.integer(0), p.integer(1), p.number(2));
    this.warmUp = this.channel.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.channel.run(bars.high, bars.low, bars.close, count, bars.output(0), bars.output(1), bars.output(2));
  }
}
