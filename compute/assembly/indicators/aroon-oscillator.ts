import { Bars, Indicator, Parameters, bytes } from './indicator';
import { LatestExtremes } from './latest-extremes';
import { firsts, seconds } from './lanes';
import { Spec } from './spec';

/**
 * Aroon oscillator (Chande, 1995): Aroon up − Aroon down, which is 100 × (bars since the lowest low − bars since the highest high) / period
 * over the last `period + 1` bars. Constant prices give 0. While one of the two extremes is not a finite number, there is no value.
 */
export class AroonOscillator {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly extremes: LatestExtremes;
  private readonly factor: f64;

  constructor(period: i32) {
    this.warmUp = period;
    this.factor = 100 / f64(period);
    this.extremes = new LatestExtremes(period + 1);
  }

  /** From −100 to 100; not-a-number before `warmUp`. */
  next(high: f64, low: f64): f64 {
    const recent = this.extremes.next(high, low);
    return (f64x2.extract_lane(recent, 0) - f64x2.extract_lane(recent, 1)) * this.factor;
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, count: i32, output: usize): void {
    const recent = this.extremes.pairs();
    for (let done = 0, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = this.extremes.chunk(count - done);
      this.extremes.run(high + at, low + at, size, recent);
      distances(recent, this.factor, size, output + at);
    }
  }
}

/** The first of each pair minus the second, times `factor`. */
function distances(pairs: usize, factor: f64, count: i32, output: usize): void {
  const percent = f64x2.splat(factor);
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const first = v128.load(pairs + 2 * i);
    const second = v128.load(pairs + 2 * i, 16);
    v128.store(output + i, f64x2.mul(f64x2.sub(firsts(first, second), seconds(first, second)), percent));
  }
  if (i < end) store<f64>(output + i, (load<f64>(pairs + 2 * i) - load<f64>(pairs + 2 * i, 8)) * factor);
}

export class AroonOscillatorIndicator extends Indicator {
  private readonly oscillator: AroonOscillator;

  static describe(spec: Spec): void {
    spec.title('AROONOSC', 'Aroon oscillator', 'How much more recent the highest high is than the lowest low, from -100 to 100.');
    spec.integer('timeperiod', 14, 2, 100000, 'Bars to look back.');
    spec.series('high,low', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.oscillator = new AroonOscillator(parameters.integer(0));
    this.warmUp = this.oscillator.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.oscillator.run(bars.high, bars.low, count, bars.output(0));
  }
}
