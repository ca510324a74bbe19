import { Delay } from './delay';
import { Donchian, means } from './donchian';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';
import { WarmUp, hide } from './warm-up';

/**
 * Ichimoku kinko hyo of Goichi Hosoda, as it is known at each bar: nothing looks ahead.
 *
 * - `tenkan` and `kijun`: the middle of the range of the last bars.
 * - `senkouA` and `senkouB`: the edges of the cloud that stands at this bar. They were computed `displacement` bars ago: the mean of tenkan and kijun
 *   then, and the middle of the range of the `senkou` bars until then.
 * - `chikou`: the close of `displacement` bars ago. A chart draws the close of this bar beside it, as the lagging span; so the lagging span stands
 *   above the price where close > chikou.
 */
export class Ichimoku {
  /** Index of the first value. */
  readonly warmUp: i32;
  tenkan: f64 = NaN;
  kijun: f64 = NaN;
  senkouA: f64 = NaN;
  senkouB: f64 = NaN;
  chikou: f64 = NaN;
  private readonly fast: Donchian;
  private readonly slow: Donchian;
  private readonly wide: Donchian;
  private readonly delayA: Delay;
  private readonly delayB: Delay;
  private readonly delayClose: Delay;
  private readonly hidden: WarmUp;

  constructor(tenkan: i32 = 9, kijun: i32 = 26, senkou: i32 = 52, displacement: i32 = 26) {
    this.fast = new Donchian(tenkan);
    this.slow = new Donchian(kijun);
    this.wide = new Donchian(senkou);
    this.delayA = new Delay(displacement);
    this.delayB = new Delay(displacement);
    this.delayClose = new Delay(displacement);
    const warmUp = max(tenkan, max(kijun, senkou)) - 1 + displacement;
    this.warmUp = warmUp;
    this.hidden = new WarmUp(warmUp);
  }

  /** Moves all lines one bar on; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64): void {
    this.fast.next(high, low);
    this.slow.next(high, low);
    this.wide.next(high, low);
    const senkouA = this.delayA.next((this.fast.middle + this.slow.middle) * 0.5);
    const senkouB = this.delayB.next(this.wide.middle);
    const chikou = this.delayClose.next(close);
    if (this.hidden.hides()) return;
    this.tenkan = this.fast.middle;
    this.kijun = this.slow.middle;
    this.senkouA = senkouA;
    this.senkouB = senkouB;
    this.chikou = chikou;
  }

  /** As `next` for each bar at the columns `inputs`, to the bit. Outputs stand in the order of the fields. */
  run(inputs: Bars, count: i32, tenkan: usize, kijun: usize, senkouA: usize, senkouB: usize, chikou: usize): void {
    if (count == 0) return;
    this.fast.runMiddle(inputs.high, inputs.low, count, tenkan);
    this.slow.runMiddle(inputs.high, inputs.low, count, kijun);
    this.wide.runMiddle(inputs.high, inputs.low, count, senkouB);
    means(tenkan, kijun, count, senkouA);
    this.delayA.run(senkouA, count, senkouA);
    this.delayB.run(senkouB, count, senkouB);
    this.delayClose.run(inputs.close, count, chikou);
    const hidden = this.hidden.take(count);
    hide(tenkan, hidden);
    hide(kijun, hidden);
    hide(senkouA, hidden);
    hide(senkouB, hidden);
    hide(chikou, hidden);
    const last = bytes(count - 1);
    this.tenkan = load<f64>(tenkan + last);
    this.kijun = load<f64>(kijun + last);
    this.senkouA = load<f64>(senkouA + last);
    this.senkouB = load<f64>(senkouB + last);
    this.chikou = load<f64>(chikou + last);
  }
}

export class IchimokuIndicator extends Indicator {
  private readonly ichimoku: Ichimoku;

  static describe(spec: Spec): void {
    spec.title('ICHIMOKU', 'Ichimoku cloud', 'Middles of the ranges of three windows, and the cloud of two of them, as known at each bar.');
    spec.integer('tenkan', 9, 1, 100000, 'Bars of the conversion line.');
    spec.integer('kijun', 26, 1, 100000, 'Bars of the base line.');
    spec.integer('senkou', 52, 1, 100000, 'Bars of the second edge of the cloud.');
    spec.integer('displacement', 26, 0, 100000, 'Bars since the cloud and the lagging close were computed.');
    spec.series('high,low,close', 'tenkan,kijun,senkou_a,senkou_b,chikou', 'price');
  }

  constructor(p: Parameters) {
    super();
    this.ichimoku = new Ichimoku(p.integer(0), p.integer(1), p.integer(2), p.integer(3));
    this.warmUp = this.ichimoku.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.ichimoku.run(bars, count, bars.output(0), bars.output(1), bars.output(2), bars.output(3), bars.output(4));
  }
}
