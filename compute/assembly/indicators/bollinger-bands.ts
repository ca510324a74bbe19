import { BandBlocks } from './band-blocks';
import { Deviation } from './deviation';
import { Filter, SIMPLE } from './filter';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { movingAverage } from './moving-average';
import { Sma } from './sma';
import { Spec } from './spec';

/** About how many bars of a batch are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 1024;

/** Bollinger bands: a moving average, and bands some population standard deviations of the window above and below it. */
export class BollingerBands {
  /** Index of the first value. */
  readonly warmUp: i32;
  upper: f64 = NaN;
  middle: f64 = NaN;
  lower: f64 = NaN;
  private readonly average: Filter;
  private readonly deviation: Deviation;
  private readonly blocks: BandBlocks;

  /** `up` and `down` in standard deviations; `average` is `SIMPLE` or `EXPONENTIAL`, for the middle only. */
  constructor(
    period: i32,
    readonly up: f64 = 2,
    readonly down: f64 = 2,
    average: i32 = SIMPLE,
  ) {
    this.average = movingAverage(average, period);
    this.deviation = new Deviation(period);
    this.blocks = new BandBlocks(period, up, down);
    this.warmUp = period - 1;
  }

  /** Moves `upper`, `middle` and `lower` one bar on; not-a-number before `warmUp`. */
  next(x: f64): void {
    const middle = this.average.next(x);
    const deviation = this.deviation.next(x);
    this.middle = middle;
    this.upper = middle + deviation * this.up;
    this.lower = middle - deviation * this.down;
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, upper: usize, middle: usize, lower: usize): void {
    const average = this.average;
    if (average instanceof Sma) this.runTogether(average as Sma, input, count, upper, middle, lower);
    else this.runApart(input, count, upper, middle, lower);
  }

  /** The average's blocks are the deviation's: both in one pass, in which roots and quotients hide behind each other. */
  private runTogether(average: Sma, input: usize, count: i32, upper: usize, middle: usize, lower: usize): void {
    const period = average.period;
    const stride = average.stride;
    let done = min(count, average.untilBlock);
    // Blocks need the block before them.
    if (done < period) done = min(count, done + period);
    this.runSlowly(input, done, upper, middle, lower);
    if (count - done >= stride) {
      for (; count - done >= stride; done += stride) {
        const at = bytes(done);
        this.blocks.run(input + at, upper + at, middle + at, lower + at);
      }
      average.adopt(input + bytes(done - period));
      this.deviation.adopt(input + bytes(done - period));
    }
    const at = bytes(done);
    this.runSlowly(input + at, count - done, upper + at, middle + at, lower + at);
  }

  private runSlowly(input: usize, count: i32, upper: usize, middle: usize, lower: usize): void {
    for (let i: usize = 0; i < bytes(count); i += 8) {
      this.next(load<f64>(input + i));
      store<f64>(upper + i, this.upper);
      store<f64>(middle + i, this.middle);
      store<f64>(lower + i, this.lower);
    }
  }

  private runApart(input: usize, count: i32, upper: usize, middle: usize, lower: usize): void {
    const chunk = this.deviation.strides(CHUNK);
    for (let done = 0, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = min(count - done, chunk + this.deviation.untilBlock);
      this.average.runOn(input + at, size, middle + at, done);
      this.deviation.runOn(input + at, size, lower + at, done);
      this.spread(upper + at, middle + at, lower + at, size);
    }
    if (count == 0) return;
    const last = bytes(count - 1);
    this.upper = load<f64>(upper + last);
    this.middle = load<f64>(middle + last);
    this.lower = load<f64>(lower + last);
  }

  /** Turns deviations, at `lower`, into bands. */
  private spread(upper: usize, middle: usize, lower: usize, count: i32): void {
    const end = bytes(count);
    const up = f64x2.splat(this.up);
    const down = f64x2.splat(this.down);
    let i: usize = 0;
    for (; i + 16 <= end; i += 16) {
      const deviation = v128.load(lower + i);
      const center = v128.load(middle + i);
      v128.store(upper + i, f64x2.add(center, f64x2.mul(deviation, up)));
      v128.store(lower + i, f64x2.sub(center, f64x2.mul(deviation, down)));
    }
    if (i == end) return;
    const deviation = load<f64>(lower + i);
    const center = load<f64>(middle + i);
    store<f64>(upper + i, center + deviation * this.up);
    store<f64>(lower + i, center - deviation * this.down);
  }
}

export class BollingerBandsIndicator extends Indicator {
  private readonly bands: BollingerBands;

  static describe(spec: Spec): void {
    spec.title('BBANDS', 'Bollinger bands', 'An average, and bands some standard deviations above and below it.');
    spec.integer('timeperiod', 5, 2, 100000, 'Bars in the window.');
    spec.number('nbdevup', 2, -3e37, 3e37, 'Standard deviations to the upper band.');
    spec.number('nbdevdn', 2, -3e37, 3e37, 'Standard deviations to the lower band.');
    spec.choice('matype', 0, 'SMA,EMA', 'Average in the middle.');
    spec.series('close', 'upper,middle,lower', 'price');
  }

  constructor(p: Parameters) {
    super();
    this.bands = new BollingerBands(p.integer(0), p.number(1), p.number(2), p.integer(3));
    this.warmUp = this.bands.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.bands.run(bars.close, count, bars.output(0), bars.output(1), bars.output(2));
  }
}
