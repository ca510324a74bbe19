import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';
import { trueRange, trueRanges } from './true-range';
import { Wilder } from './wilder';

/** Bars of a batch that are worked on at a time, so that the true ranges stay in the nearest cache. */
const CHUNK: i32 = 512;

/** Average true range: Wilder's smoothing of the true range, which begins at bar 1 because it needs the close before. */
export class Atr {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly ranges: Wilder;
  private previousClose: f64 = NaN;
  private started: bool = false;

  constructor(period: i32) {
    this.warmUp = period;
    this.ranges = new Wilder(period);
  }

  /** Whether there is a value. */
  @inline
  get ready(): bool {
    return this.ranges.ready;
  }

  /** Not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64): f64 {
    const before = this.previousClose;
    this.previousClose = close;
    if (!this.started) {
      this.started = true;
      return NaN;
    }
    return this.ranges.next(trueRange(high, low, before));
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, count: i32, output: usize): void {
    let done = 0;
    for (; done < count && (done == 0 || !this.ranges.ready); done++) {
      const at = bytes(done);
      store<f64>(output + at, this.next(load<f64>(high + at), load<f64>(low + at), load<f64>(close + at)));
    }
    if (done == count) return;
    for (; done < count; done += CHUNK) {
      const at = bytes(done);
      const size = min(CHUNK, count - done);
      trueRanges(high + at, low + at, close + at - 8, size, output + at);
      this.ranges.run(output + at, size, output + at);
    }
    this.previousClose = load<f64>(close + bytes(count - 1));
  }
}

export class AtrIndicator extends Indicator {
  private readonly atr: Atr;

  static describe(spec: Spec): void {
    spec.title('ATR', 'Average true range', 'How far the price moves in a bar, gaps included, smoothed.');
    spec.integer('timeperiod', 14, 1, 100000, 'Bars of the smoothing.');
    spec.series('high,low,close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.atr = new Atr(parameters.integer(0));
    this.warmUp = this.atr.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.atr.run(bars.high, bars.low, bars.close, count, bars.output(0));
  }
}
