import { Highest, Lowest } from './extremes';
import { Filter, SIMPLE } from './filter';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { movingAverage } from './moving-average';
import { Spec } from './spec';

/** Bars of a batch that are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 512;
const scratch: usize = memory.data(CHUNK * 8, 16);
const scratchLow: usize = memory.data(CHUNK * 8, 16);

/**
 * Slow stochastic: 100 × (close − lowest low) / (highest high − lowest low) over `fastk` bars, smoothed to `slowk`, and that smoothed to
 * `slowd`. A window without any range gives 0.
 */
export class Stochastic {
  /** Index of the first value. */
  readonly warmUp: i32;
  slowk: f64 = NaN;
  slowd: f64 = NaN;
  private readonly highest: Highest;
  private readonly lowest: Lowest;
  private readonly slowkAverage: Filter;
  private readonly slowdAverage: Filter;
  /** Bars that each stage still waits for the stage before it. */
  private rawWait: i32;
  private slowkWait: i32;
  private slowdWait: i32;

  constructor(fastk: i32, slowk: i32, slowd: i32, slowkAverage: i32 = SIMPLE, slowdAverage: i32 = SIMPLE) {
    this.highest = new Highest(fastk);
    this.lowest = new Lowest(fastk);
    this.slowkAverage = movingAverage(slowkAverage, slowk);
    this.slowdAverage = movingAverage(slowdAverage, slowd);
    this.rawWait = fastk - 1;
    this.slowkWait = slowk - 1;
    this.slowdWait = slowd - 1;
    this.warmUp = fastk - 1 + (slowk - 1) + (slowd - 1);
  }

  /** Moves `slowk` and `slowd` one bar on; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64): void {
    const highest = this.highest.next(high);
    const lowest = this.lowest.next(low);
    if (this.rawWait > 0) {
      this.rawWait--;
      return;
    }
    const slowk = this.slowkAverage.next(percentOfRange(close, highest, lowest));
    if (this.slowkWait > 0) {
      this.slowkWait--;
      return;
    }
    const slowd = this.slowdAverage.next(slowk);
    if (this.slowdWait > 0) {
      this.slowdWait--;
      return;
    }
    this.slowk = slowk;
    this.slowd = slowd;
  }

  /** As `next` for each bar, to the bit. */
  run(high: usize, low: usize, close: usize, count: i32, slowk: usize, slowd: usize): void {
    const first = min(count, this.rawWait + this.slowkWait + this.slowdWait);
    for (let i = bytes(0); i < bytes(first); i += 8) {
      this.next(load<f64>(high + i), load<f64>(low + i), load<f64>(close + i));
      store<f64>(slowk + i, this.slowk);
      store<f64>(slowd + i, this.slowd);
    }
    for (let done = first; done < count; done += CHUNK) {
      const at = bytes(done);
      const size = min(CHUNK, count - done);
      this.highest.run(high + at, size, scratch);
      this.lowest.run(low + at, size, scratchLow);
      percentsOfRange(close + at, size);
      this.slowkAverage.run(scratch, size, slowk + at);
      this.slowdAverage.run(slowk + at, size, slowd + at);
    }
    if (count > first) {
      this.slowk = load<f64>(slowk + bytes(count - 1));
      this.slowd = load<f64>(slowd + bytes(count - 1));
    }
  }
}

@inline
function percentOfRange(close: f64, highest: f64, lowest: f64): f64 {
  const percent = (highest - lowest) / 100;
  return percent == 0 ? 0 : (close - lowest) / percent;
}

/** Turns the highest and lowest values at hand into percents. */
function percentsOfRange(close: usize, count: i32): void {
  const end = bytes(count);
  const zero = f64x2.splat(0);
  const hundred = f64x2.splat(100);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const lowest = v128.load(scratchLow + i);
    const percent = f64x2.div(f64x2.sub(v128.load(scratch + i), lowest), hundred);
    const value = f64x2.div(f64x2.sub(v128.load(close + i), lowest), percent);
    v128.store(scratch + i, v128.andnot(value, f64x2.eq(percent, zero)));
  }
  if (i < end) store<f64>(scratch + i, percentOfRange(load<f64>(close + i), load<f64>(scratch + i), load<f64>(scratchLow + i)));
}

export class StochasticIndicator extends Indicator {
  private readonly stochastic: Stochastic;

  static describe(spec: Spec): void {
    spec.title('STOCH', 'Slow stochastic', 'Where the close lies in the range of the last bars, in percent, smoothed twice.');
    spec.integer('fastk', 5, 1, 100000, 'Bars of the range.');
    spec.integer('slowk', 3, 1, 100000, 'Bars of the first smoothing.');
    spec.choice('slowk_matype', 0, 'SMA,EMA', 'Average of the first smoothing.');
    spec.integer('slowd', 3, 1, 100000, 'Bars of the second smoothing.');
    spec.choice('slowd_matype', 0, 'SMA,EMA', 'Average of the second smoothing.');
    spec.series('high,low,close', 'slowk,slowd', 'own');
  }

  constructor(p: Parameters) {
    super();
    this.stochastic = new Stochastic(p.integer(0), p.integer(1), p.integer(3), p.integer(2), p.integer(4));
    this.warmUp = this.stochastic.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.stochastic.run(bars.high, bars.low, bars.close, count, bars.output(0), bars.output(1));
  }
}
