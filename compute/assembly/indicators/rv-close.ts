import { Deviation } from './deviation';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { logRatio, logRatios } from './log-ratio';
import { Spec } from './spec';
import { Stage } from './stage';

/**
 * Volatility from close to close: the sample standard deviation (ddof 1) of the last `period` logarithmic returns, × √(periods a year). A return from
 * or to a price that is not above zero counts as 0.
 */
export class CloseVolatility {
  /** Index of the first value: a return needs the close before. */
  readonly warmUp: i32;
  private readonly deviation: Stage;
  private readonly scale: f64;
  private previousClose: f64 = NaN;
  private started: bool = false;

  /** `period` of at least 2. */
  constructor(period: i32, periodsPerYear: f64 = 252) {
    assert(period >= 2, 'Invariant: a sample deviation needs two returns');
    this.warmUp = period;
    this.deviation = new Stage(new Deviation(period));
    this.scale = sqrt((periodsPerYear * f64(period)) / f64(period - 1));
  }

  /** As a fraction: 0.2 is 20 % a year. Not-a-number before `warmUp`. */
  next(close: f64): f64 {
    const before = this.previousClose;
    this.previousClose = close;
    if (!this.started) {
      this.started = true;
      return NaN;
    }
    return this.deviation.next(logRatio(close, before)) * this.scale;
  }

  /** As `next` for each of `count` closes, to the bit. */
  run(close: usize, count: i32, output: usize): void {
    if (count == 0) return;
    store<f64>(output, this.next(load<f64>(close)));
    for (let done = 1, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = this.deviation.size(count - done);
      logRatios(close + at, close + at - 8, size, this.deviation.input);
      this.deviation.run(size);
      scaled(this.deviation.output, this.scale, size, output + at);
    }
    this.previousClose = load<f64>(close + bytes(count - 1));
  }
}

function scaled(input: usize, scale: f64, count: i32, output: usize): void {
  for (let i: usize = 0; i < bytes(count); i += 8) store<f64>(output + i, load<f64>(input + i) * scale);
}

export class CloseVolatilityIndicator extends Indicator {
  private readonly volatility: CloseVolatility;

  static describe(spec: Spec): void {
    spec.title('RV_CLOSE', 'Realised volatility, close to close', 'The standard deviation of logarithmic returns, for a year.');
    spec.integer('timeperiod', 20, 2, 100000, 'Returns in the window.');
    spec.number('periods', 252, 1, 100000000, 'Bars a year.');
    spec.series('close', 'value', 'own');
  }

  constructor(p: Parameters) {
    super();
    this.volatility = new CloseVolatility(p.integer(0), p.number(1));
    this.warmUp = this.volatility.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.volatility.run(bars.close, count, bars.output(0));
  }
}
