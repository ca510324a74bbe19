import { Filter, SIMPLE } from './filter';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { movingAverage } from './moving-average';
import { SHORT, ShortAverage } from './short-average';
import { Spec } from './spec';
import { WindowRange } from './window-range';

/**
 * Slow stochastic: 100 × (close − lowest low) / (highest high − lowest low) over `fastk` bars, smoothed to `slowk`, and that smoothed to
 * `slowd` (Lane). A window without any range gives 0, as in TA-Lib; one with a high or a low that is not finite gives none.
 */
export class Stochastic {
  /** Index of the first value. */
  readonly warmUp: i32;
  slowk: f64 = NaN;
  slowd: f64 = NaN;
  private readonly window: WindowRange;
  private readonly slowkAverage: Filter;
  private readonly slowdAverage: Filter;
  /** Bars that each stage still waits for the stage before it. */
  private rawWait: i32;
  private slowkWait: i32;
  private slowdWait: i32;
  private raw: StaticArray<f64> | null = null;

  constructor(fastk: i32, slowk: i32, slowd: i32, slowkAverage: i32 = SIMPLE, slowdAverage: i32 = SIMPLE) {
    this.window = new WindowRange(fastk);
    this.slowkAverage = smoothing(slowkAverage, slowk);
    this.slowdAverage = smoothing(slowdAverage, slowd);
    this.rawWait = fastk - 1;
    this.slowkWait = slowk - 1;
    this.slowdWait = slowd - 1;
    this.warmUp = fastk - 1 + (slowk - 1) + (slowd - 1);
  }

  /** Moves `slowk` and `slowd` one bar on; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64): void {
    this.window.next(high, low);
    if (this.rawWait > 0) {
      this.rawWait--;
      return;
    }
    const slowk = this.slowkAverage.next(percentOfRange(close, this.window.highest, this.window.lowest));
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
    const window = this.window;
    let done = 0;
    // All stages must have values, and the batch must have the bars of a window at hand.
    for (; done < count && (!this.ready || done < window.period); done++) {
      const at = bytes(done);
      this.runOne(high + at, low + at, close + at, slowk + at, slowd + at);
    }
    if (done == count) return;
    const raw = this.rawBuffer();
    for (; done < count; done += window.chunk) {
      const at = bytes(done);
      const size = min(window.chunk, count - done);
      window.prepare(high + at, low + at, size);
      percentsOfRange(close + at, window, size, raw);
      this.slowkAverage.run(raw, size, slowk + at);
      this.slowdAverage.run(slowk + at, size, slowd + at);
    }
    const all = bytes(count);
    window.refill(high + all, low + all);
    this.slowk = load<f64>(slowk + all - 8);
    this.slowd = load<f64>(slowd + all - 8);
  }

  @inline
  private get ready(): bool {
    return this.rawWait == 0 && this.slowkWait == 0 && this.slowdWait == 0;
  }

  private rawBuffer(): usize {
    let raw = this.raw;
    if (!raw) this.raw = raw = new StaticArray<f64>(this.window.chunk);
    return changetype<usize>(raw);
  }

  private runOne(high: usize, low: usize, close: usize, slowk: usize, slowd: usize): void {
    this.next(load<f64>(high), load<f64>(low), load<f64>(close));
    store<f64>(slowk, this.slowk);
    store<f64>(slowd, this.slowd);
  }
}

/** The average with TA-Lib's number `kind`, for the few values that are usual here. */
function smoothing(kind: i32, period: i32): Filter {
  if (kind == SIMPLE && period <= SHORT) return new ShortAverage(period);
  return movingAverage(kind, period);
}

@inline
function percentOfRange(close: f64, highest: f64, lowest: f64): f64 {
  const range = highest - lowest;
  const percent = range == 0 ? 0 : (100 * (close - lowest)) / range;
  return percent + (range - range);
}

/** Of `count` bars, for which `window` is prepared. */
function percentsOfRange(close: usize, window: WindowRange, count: i32, output: usize): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) v128.store(output + i, percentLanes(v128.load(close + i), window, i));
  if (i < end) v128.store64_lane(output + i, percentLanes(v128.load64_zero(close + i), window, i), 0);
}

@inline
function percentLanes(close: v128, window: WindowRange, at: usize): v128 {
  const negatedLow = window.negatedLowLanes(at);
  const range = f64x2.add(window.highLanes(at), negatedLow);
  const value = f64x2.div(f64x2.mul(f64x2.splat(100), f64x2.add(close, negatedLow)), range);
  return f64x2.add(v128.andnot(value, f64x2.eq(range, f64x2.splat(0))), f64x2.sub(range, range));
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
