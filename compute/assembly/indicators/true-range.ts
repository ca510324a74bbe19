import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/**
 * True range: the largest of high − low, |high − close before| and |low − close before| (Wilder, 1978). It begins at bar 1, because it
 * needs the close before. A high or low that is not a number gives none; a close that is not a number counts as no gap to the next bar.
 */
export class TrueRange {
  /** Index of the first value. */
  readonly warmUp: i32 = 1;
  private previousClose: f64 = NaN;
  private started: bool = false;

  /** In units of price; not-a-number at the first bar. */
  next(high: f64, low: f64, close: f64): f64 {
    const before = this.previousClose;
    this.previousClose = close;
    if (this.started) return trueRange(high, low, before);
    this.started = true;
    return NaN;
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, count: i32, output: usize): void {
    if (count == 0) return;
    store<f64>(output, this.next(load<f64>(high), load<f64>(low), load<f64>(close)));
    trueRanges(high + 8, low + 8, close, count - 1, output + 8);
    this.previousClose = load<f64>(close + bytes(count - 1));
  }
}

/** The largest of high − low and the distances of both to the close before. In a lane, for there it takes no branches. */
@inline
export function trueRange(high: f64, low: f64, closeBefore: f64): f64 {
  return f64x2.extract_lane(trueRangeLanes(f64x2.splat(high), f64x2.splat(low), f64x2.splat(closeBefore)), 0);
}

/** As `trueRange` for two bars. */
@inline
export function trueRangeLanes(high: v128, low: v128, closeBefore: v128): v128 {
  const wider = f64x2.pmax(f64x2.sub(high, low), f64x2.abs(f64x2.sub(high, closeBefore)));
  return f64x2.pmax(wider, f64x2.abs(f64x2.sub(low, closeBefore)));
}

export function trueRanges(high: usize, low: usize, closeBefore: usize, count: i32, output: usize): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    v128.store(output + i, trueRangeLanes(v128.load(high + i), v128.load(low + i), v128.load(closeBefore + i)));
  }
  if (i < end) store<f64>(output + i, trueRange(load<f64>(high + i), load<f64>(low + i), load<f64>(closeBefore + i)));
}

export class TrueRangeIndicator extends Indicator {
  private readonly range: TrueRange = new TrueRange();

  static describe(spec: Spec): void {
    spec.title('TRANGE', 'True range', 'How far the price moved in a bar, the gap to the close before included.');
    spec.series('high,low,close', 'value', 'own');
  }

  constructor(_: Parameters) {
    super();
    this.warmUp = this.range.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.range.run(bars.high, bars.low, bars.close, count, bars.output(0));
  }
}
