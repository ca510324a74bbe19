import { Bars, Indicator, Parameters, bytes } from './indicator';
import { logRatio, logRatios } from './log-ratio';
import { rootOf, rootsOf } from './rv-parkinson';
import { Sma } from './sma';
import { Spec } from './spec';
import { Stage } from './stage';

/** 2 ln 2 − 1. */
const PER_SQUARED_BODY: f64 = 0.38629436111989063;

/**
 * Volatility from ranges and bodies of bars: √(periods a year × mean of (½ ln(high / low)² − (2 ln 2 − 1) ln(close / open)²)). Garman and Klass, On the
 * Estimation of Security Price Volatilities from Historical Data, Journal of Business 53 (1980), the practical form of their best estimator. It sees no
 * gaps between bars and takes the drift to be zero. A logarithm of prices that are not above zero counts as 0, and so does a mean below zero, which
 * only bars with a body beyond their range can have.
 */
export class GarmanKlassVolatility {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly mean: Stage;
  private readonly scale: f64;

  constructor(period: i32, periodsPerYear: f64 = 252) {
    this.warmUp = period - 1;
    this.mean = new Stage(new Sma(period));
    this.scale = periodsPerYear;
  }

  /** As a fraction: 0.2 is 20 % a year. Not-a-number before `warmUp`. */
  next(open: f64, high: f64, low: f64, close: f64): f64 {
    return rootOf(this.mean.next(barVariance(logRatio(high, low), logRatio(close, open))), this.scale);
  }

  /** As `next` for each bar at the columns `inputs`, to the bit. */
  run(inputs: Bars, count: i32, output: usize): void {
    for (let done = 0, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = this.mean.size(count - done);
      this.prepare(inputs.open + at, inputs.high + at, inputs.low + at, inputs.close + at, size);
      this.mean.run(size);
      rootsOf(this.mean.output, this.scale, size, output + at);
    }
  }

  /** Variances of bars to the input of the mean; its output serves as room before it is written. */
  private prepare(open: usize, high: usize, low: usize, close: usize, count: i32): void {
    const ranges = this.mean.input;
    const bodies = this.mean.output;
    logRatios(high, low, count, ranges);
    logRatios(close, open, count, bodies);
    const end = bytes(count);
    let i: usize = 0;
    for (; i + 16 <= end; i += 16) {
      const range = v128.load(ranges + i);
      const body = v128.load(bodies + i);
      const squaredRange = f64x2.mul(f64x2.splat(0.5), f64x2.mul(range, range));
      v128.store(ranges + i, f64x2.sub(squaredRange, f64x2.mul(f64x2.splat(PER_SQUARED_BODY), f64x2.mul(body, body))));
    }
    if (i < end) store<f64>(ranges + i, barVariance(load<f64>(ranges + i), load<f64>(bodies + i)));
  }
}

@inline
function barVariance(range: f64, body: f64): f64 {
  return 0.5 * (range * range) - PER_SQUARED_BODY * (body * body);
}

export class GarmanKlassVolatilityIndicator extends Indicator {
  private readonly volatility: GarmanKlassVolatility;

  static describe(spec: Spec): void {
    spec.title('RV_GARMAN_KLASS', 'Realised volatility, Garman-Klass', 'From ranges and bodies of bars, for a year.');
    spec.integer('timeperiod', 20, 1, 100000, 'Bars in the window.');
    spec.number('periods', 252, 1, 100000000, 'Bars a year.');
    spec.series('open,high,low,close', 'value', 'own');
  }

  constructor(p: Parameters) {
    super();
    this.volatility = new GarmanKlassVolatility(p.integer(0), p.number(1));
    this.warmUp = this.volatility.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.volatility.run(bars, count, bars.output(0));
  }
}
