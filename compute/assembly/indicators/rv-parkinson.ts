import { Bars, Indicator, Parameters, bytes } from './indicator';
import { logRatio, logRatios } from './log-ratio';
import { Sma } from './sma';
import { Spec } from './spec';
import { Stage } from './stage';

/** 1 / (4 ln 2). */
const PER_SQUARED_RANGE: f64 = 0.36067376022224085;

/**
 * Volatility from the ranges of bars: √(periods a year × mean of ln(high / low)² / (4 ln 2)). Parkinson, The Extreme Value Method for Estimating the
 * Variance of the Rate of Return, Journal of Business 53 (1980). It sees no gaps between bars and takes the drift to be zero. The range of a bar with a
 * price that is not above zero counts as 0.
 */
export class ParkinsonVolatility {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly mean: Stage;
  private readonly scale: f64;

  constructor(period: i32, periodsPerYear: f64 = 252) {
    this.warmUp = period - 1;
    this.mean = new Stage(new Sma(period));
    this.scale = periodsPerYear * PER_SQUARED_RANGE;
  }

  /** As a fraction: 0.2 is 20 % a year. Not-a-number before `warmUp`. */
  next(high: f64, low: f64): f64 {
    const range = logRatio(high, low);
    return rootOf(this.mean.next(range * range), this.scale);
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, count: i32, output: usize): void {
    for (let done = 0, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = this.mean.size(count - done);
      logRatios(high + at, low + at, size, this.mean.input);
      square(this.mean.input, size);
      this.mean.run(size);
      rootsOf(this.mean.output, this.scale, size, output + at);
    }
  }
}

/** `values ← values²`. */
function square(values: usize, count: i32): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) v128.store(values + i, f64x2.mul(v128.load(values + i), v128.load(values + i)));
  if (i < end) store<f64>(values + i, load<f64>(values + i) * load<f64>(values + i));
}

/** The root of a mean variance × `scale`; 0 where the mean is below zero. */
@inline
export function rootOf(variance: f64, scale: f64): f64 {
  return sqrt((variance < 0 ? 0 : variance) * scale);
}

/** As `rootOf` for each value, to the bit. */
export function rootsOf(variances: usize, scale: f64, count: i32, output: usize): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const variance = f64x2.pmax(v128.load(variances + i), f64x2.splat(0));
    v128.store(output + i, f64x2.sqrt(f64x2.mul(variance, f64x2.splat(scale))));
  }
  if (i < end) store<f64>(output + i, rootOf(load<f64>(variances + i), scale));
}

export class ParkinsonVolatilityIndicator extends Indicator {
  private readonly volatility: ParkinsonVolatility;

  static describe(spec: Spec): void {
    spec.title('RV_PARKINSON', 'Realised volatility, Parkinson', 'From the distance of highs and lows, for a year.');
    spec.integer('timeperiod', 20, 1, 100000, 'Bars in the window.');
    spec.number('periods', 252, 1, 100000000, 'Bars a year.');
    spec.series('high,low', 'value', 'own');
  }

  constructor(p: Parameters) {
    super();
    this.volatility = new ParkinsonVolatility(p.integer(0), p.number(1));
    this.warmUp = this.volatility.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.volatility.run(bars.high, bars.low, count, bars.output(0));
  }
}
