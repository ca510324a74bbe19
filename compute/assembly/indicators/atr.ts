import { Wilder } from './wilder';

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
}

/** The largest of high − low and the distances of both to the close before. */
@inline
function trueRange(high: f64, low: f64, closeBefore: f64): f64 {
  const range = high - low;
  const up = abs(high - closeBefore);
  const down = abs(low - closeBefore);
  const wider = range < up ? up : range;
  return wider < down ? down : wider;
}
