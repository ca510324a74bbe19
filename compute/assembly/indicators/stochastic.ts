import { Highest, Lowest } from './extremes';
import { Filter, SIMPLE } from './filter';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { movingAverage } from './moving-average';
import { Spec } from './spec';

/** About how many bars of a batch are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 1024;

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
    let done = 0;
    for (; done < count && (this.slowdWait > 0 || this.slowkWait > 0 || this.rawWait > 0 || this.highest.untilBlock > 0); done++) {
      this.runOne(high + bytes(done), low + bytes(done), close + bytes(done), slowk + bytes(done), slowd + bytes(done));
    }
    const pair = 2 * this.highest.period;
    const chunk = max(1, CHUNK / pair) * pair;
    if (count - done < pair) {
      for (; done < count; done++) {
        this.runOne(high + bytes(done), low + bytes(done), close + bytes(done), slowk + bytes(done), slowd + bytes(done));
      }
      return;
    }
    const raw = heap.alloc(2 * bytes(chunk));
    const lowest = raw + bytes(chunk);
    for (; done < count; done += chunk) {
      const at = bytes(done);
      const size = min(chunk, count - done);
      this.highest.runOn(high + at, size, raw, done);
      this.lowest.runOn(low + at, size, lowest, done);
      percentsOfRange(close + at, raw, lowest, size, raw);
      this.slowkAverage.run(raw, size, slowk + at);
      this.slowdAverage.run(slowk + at, size, slowd + at);
    }
    heap.free(raw);
    this.slowk = load<f64>(slowk + bytes(count - 1));
    this.slowd = load<f64>(slowd + bytes(count - 1));
  }

  private runOne(high: usize, low: usize, close: usize, slowk: usize, slowd: usize): void {
    this.next(load<f64>(high), load<f64>(low), load<f64>(close));
    store<f64>(slowk, this.slowk);
    store<f64>(slowd, this.slowd);
  }
}

@inline
function percentOfRange(close: f64, highest: f64, lowest: f64): f64 {
  const range = highest - lowest;
  return range == 0 ? 0 : (100 * (close - lowest)) / range;
}

/** `output` may be `highest` or `lowest`. */
function percentsOfRange(close: usize, highest: usize, lowest: usize, count: i32, output: usize): void {
  const end = bytes(count);
  const zero = f64x2.splat(0);
  const hundred = f64x2.splat(100);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const low = v128.load(lowest + i);
    const range = f64x2.sub(v128.load(highest + i), low);
    const value = f64x2.div(f64x2.mul(hundred, f64x2.sub(v128.load(close + i), low)), range);
    v128.store(output + i, v128.andnot(value, f64x2.eq(range, zero)));
  }
  if (i < end) store<f64>(output + i, percentOfRange(load<f64>(close + i), load<f64>(highest + i), load<f64>(lowest + i)));
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
