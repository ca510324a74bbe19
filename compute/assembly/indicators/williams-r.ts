import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';
import { WindowRange } from './window-range';

/**
 * Williams %R: −100 × (highest high − close) / (highest high − lowest low) over `period` bars. A window without any range gives 0, as in
 * TA-Lib; one with a high or a low that is not finite gives none.
 */
export class WilliamsR {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly window: WindowRange;
  private wait: i32;

  constructor(period: i32) {
    this.warmUp = period - 1;
    this.window = new WindowRange(period);
    this.wait = period - 1;
  }

  /** From −100 to 0; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64): f64 {
    this.window.next(high, low);
    if (this.wait == 0) return percentBelow(close, this.window.highest, this.window.lowest);
    this.wait--;
    return NaN;
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, count: i32, output: usize): void {
    const window = this.window;
    let done = 0;
    for (; done < min(count, window.period); done++) {
      const at = bytes(done);
      store<f64>(output + at, this.next(load<f64>(high + at), load<f64>(low + at), load<f64>(close + at)));
    }
    if (done == count) return;
    for (; done < count; done += window.chunk) {
      const at = bytes(done);
      const size = min(window.chunk, count - done);
      window.prepare(high + at, low + at, size);
      percentsBelow(close + at, window, size, output + at);
    }
    window.refill(high + bytes(count), low + bytes(count));
  }
}

@inline
function percentBelow(close: f64, highest: f64, lowest: f64): f64 {
  const range = highest - lowest;
  const percent = range == 0 ? 0 : (100 * (close - highest)) / range;
  return percent + (range - range);
}

/** Of `count` bars, for which `window` is prepared. */
function percentsBelow(close: usize, window: WindowRange, count: i32, output: usize): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) v128.store(output + i, percentLanes(v128.load(close + i), window, i));
  if (i < end) v128.store64_lane(output + i, percentLanes(v128.load64_zero(close + i), window, i), 0);
}

@inline
function percentLanes(close: v128, window: WindowRange, at: usize): v128 {
  const highest = window.highLanes(at);
  const range = f64x2.add(highest, window.negatedLowLanes(at));
  const value = f64x2.div(f64x2.mul(f64x2.splat(100), f64x2.sub(close, highest)), range);
  return f64x2.add(v128.andnot(value, f64x2.eq(range, f64x2.splat(0))), f64x2.sub(range, range));
}

export class WilliamsRIndicator extends Indicator {
  private readonly williams: WilliamsR;

  static describe(spec: Spec): void {
    spec.title('WILLR', 'Williams %R', 'How far the close lies below the highest high, in percent of the range of the last bars, from -100 to 0.');
    spec.integer('timeperiod', 14, 2, 100000, 'Bars of the range.');
    spec.series('high,low,close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.williams = new WilliamsR(parameters.integer(0));
    this.warmUp = this.williams.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.williams.run(bars.high, bars.low, bars.close, count, bars.output(0));
  }
}
