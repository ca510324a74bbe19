import { Deviation } from './deviation';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { logRatio, logRatios } from './log-ratio';
import { Sma } from './sma';
import { Spec } from './spec';
import { Stage } from './stage';

/**
 * Volatility from gaps, bodies and ranges of bars, whatever the drift: √(periods a year × (V(gap) + k V(body) + (1 − k) RS)), where V is the sample
 * variance (ddof 1) of the last `period` logarithms open / close before, and close / open; RS is the mean of
 * ln(high / open) ln(high / close) + ln(low / open) ln(low / close) (Rogers and Satchell); k = 0.34 / (1.34 + (period + 1) / (period − 1)). Yang and Zhang, Drift-Independent
 * Volatility Estimation Based on High, Low, Open, and Close Prices, Journal of Business 73 (2000). A logarithm of prices that are not above zero counts
 * as 0, and so does a sum below zero, which only bars with a body beyond their range can have.
 */
export class YangZhangVolatility {
  /** Index of the first value: a gap needs the close before. */
  readonly warmUp: i32;
  private readonly gap: Stage;
  private readonly body: Stage;
  private readonly range: Stage;
  private readonly gapScale: f64;
  private readonly bodyScale: f64;
  private readonly rangeScale: f64;
  private previousClose: f64 = NaN;
  private started: bool = false;

  /** `period` of at least 2. */
  constructor(period: i32, periodsPerYear: f64 = 252) {
    assert(period >= 2, 'Invariant: a sample variance needs two bars');
    this.warmUp = period;
    this.gap = new Stage(new Deviation(period));
    this.body = new Stage(new Deviation(period));
    this.range = new Stage(new Sma(period));
    const n = f64(period);
    const k = 0.34 / (1.34 + (n + 1) / (n - 1));
    this.gapScale = (periodsPerYear * n) / (n - 1);
    this.bodyScale = k * this.gapScale;
    this.rangeScale = (1 - k) * periodsPerYear;
  }

  /** As a fraction: 0.2 is 20 % a year. Not-a-number before `warmUp`. */
  next(open: f64, high: f64, low: f64, close: f64): f64 {
    const before = this.previousClose;
    this.previousClose = close;
    if (!this.started) {
      this.started = true;
      return NaN;
    }
    const gaps = this.gap.next(logRatio(open, before));
    const bodies = this.body.next(logRatio(close, open));
    return this.volatility(gaps, bodies, this.range.next(rogersSatchell(open, high, low, close)));
  }

  /** As `next` for each bar at the columns `inputs`, to the bit. */
  run(inputs: Bars, count: i32, output: usize): void {
    if (count == 0) return;
    store<f64>(output, this.next(load<f64>(inputs.open), load<f64>(inputs.high), load<f64>(inputs.low), load<f64>(inputs.close)));
    for (let done = 1, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = this.range.size(count - done);
      this.prepare(inputs.open + at, inputs.high + at, inputs.low + at, inputs.close + at, size);
      this.gap.run(size);
      this.body.run(size);
      this.range.run(size);
      this.finish(size, output + at);
    }
    this.previousClose = load<f64>(inputs.close + bytes(count - 1));
  }

  /** What is computed of bars to the inputs of the stages; their outputs serve as room before they are written. */
  private prepare(open: usize, high: usize, low: usize, close: usize, count: i32): void {
    const gaps = this.gap.input;
    const bodies = this.body.input;
    const ranges = this.range.input;
    logRatios(open, close - 8, count, gaps);
    logRatios(close, open, count, bodies);
    const highsOverClose = this.range.output;
    const lowsOverOpen = this.gap.output;
    const lowsOverClose = this.body.output;
    logRatios(high, open, count, ranges);
    logRatios(high, close, count, highsOverClose);
    logRatios(low, open, count, lowsOverOpen);
    logRatios(low, close, count, lowsOverClose);
    const end = bytes(count);
    let i: usize = 0;
    for (; i + 16 <= end; i += 16) {
      const up = f64x2.mul(v128.load(ranges + i), v128.load(highsOverClose + i));
      v128.store(ranges + i, f64x2.add(up, f64x2.mul(v128.load(lowsOverOpen + i), v128.load(lowsOverClose + i))));
    }
    if (i == end) return;
    const up = load<f64>(ranges + i) * load<f64>(highsOverClose + i);
    store<f64>(ranges + i, up + load<f64>(lowsOverOpen + i) * load<f64>(lowsOverClose + i));
  }

  private finish(count: i32, output: usize): void {
    const gaps = this.gap.output;
    const bodies = this.body.output;
    const ranges = this.range.output;
    const gapScale = f64x2.splat(this.gapScale);
    const bodyScale = f64x2.splat(this.bodyScale);
    const rangeScale = f64x2.splat(this.rangeScale);
    const end = bytes(count);
    let i: usize = 0;
    for (; i + 16 <= end; i += 16) {
      const gap = v128.load(gaps + i);
      const body = v128.load(bodies + i);
      const closes = f64x2.add(f64x2.mul(gapScale, f64x2.mul(gap, gap)), f64x2.mul(bodyScale, f64x2.mul(body, body)));
      const variance = f64x2.add(closes, f64x2.mul(rangeScale, v128.load(ranges + i)));
      v128.store(output + i, f64x2.sqrt(f64x2.pmax(variance, f64x2.splat(0))));
    }
    if (i < end) store<f64>(output + i, this.volatility(load<f64>(gaps + i), load<f64>(bodies + i), load<f64>(ranges + i)));
  }

  @inline
  private volatility(gap: f64, body: f64, range: f64): f64 {
    const variance = this.gapScale * (gap * gap) + this.bodyScale * (body * body) + this.rangeScale * range;
    return sqrt(variance < 0 ? 0 : variance);
  }
}

@inline
function rogersSatchell(open: f64, high: f64, low: f64, close: f64): f64 {
  return logRatio(high, open) * logRatio(high, close) + logRatio(low, open) * logRatio(low, close);
}

export class YangZhangVolatilityIndicator extends Indicator {
  private readonly volatility: YangZhangVolatility;

  static describe(spec: Spec): void {
    spec.title('RV_YANG_ZHANG', 'Realised volatility, Yang-Zhang', 'From gaps, bodies and ranges of bars, for a year.');
    spec.integer('timeperiod', 20, 2, 100000, 'Bars in the window.');
    spec.number('periods', 252, 1, 100000000, 'Bars a year.');
    spec.series('open,high,low,close', 'value', 'own');
  }

  constructor(p: Parameters) {
    super();
    this.volatility = new YangZhangVolatility(p.integer(0), p.number(1));
    this.warmUp = this.volatility.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.volatility.run(bars, count, bars.output(0));
  }
}
