import { Bars, Indicator, Parameters, bytes } from './indicator';
import { logRatio } from './log-ratio';
import { rootsOf } from './rv-parkinson';
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
    const variance = this.mean.next(barVariance(open, high, low, close));
    return sqrt((variance < 0 ? 0 : variance) * this.scale);
  }

  /** As `next` for each bar at the columns `inputs`, to the bit. */
  run(inputs: Bars, count: i32, output: usize): void {
    for (let done = 0, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = this.mean.size(count - done);
      this.prepare(inputs.open + at, inputs.high + at, inputs.low + at, inputs.close + at, size);
      this.mean.run(size);
      const means = this.mean.output;
      for (let i: usize = 0; i < bytes(size); i += 8) {
        const variance = load<f64>(means + i);
        store<f64>(means + i, variance < 0 ? 0 : variance);
      }
      rootsOf(means, this.scale, size, output + at);
    }
  }

  private prepare(open: usize, high: usize, low: usize, close: usize, count: i32): void {
    const variances = this.mean.input;
    for (let i: usize = 0; i < bytes(count); i += 8) {
      store<f64>(variances + i, barVariance(load<f64>(open + i), load<f64>(high + i), load<f64>(low + i), load<f64>(close + i)));
    }
  }
}

@inline
function barVariance(open: f64, high: f64, low: f64, close: f64): f64 {
  const range = logRatio(high, low);
  const body = logRatio(close, open);
  return 0.5 * range * range - PER_SQUARED_BODY * body * body;
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
