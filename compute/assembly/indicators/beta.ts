import { CHUNK, CoMoments } from './co-moments';
import { Bars, COLUMNS, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/** A return above this counts as none, as its square would not fit a number. */
const RETURN_MAX: f64 = 1e100;

/** Returns whose deviation is smaller than this differ by the rounding of prices, and count as equal. */
const ROUNDING: f64 = 1e-15;

/**
 * The slope of the returns of `y` on the returns of `x` over the last `period` returns: covariance / variance of x. As in TA-Lib, a return is the
 * change / the value before, 0 where that is zero, and the slope is 0 where the returns of x do not vary.
 */
export class Beta {
  /** Index of the first value: a return needs the value before. */
  readonly warmUp: i32;
  private readonly moments: CoMoments;
  private x: f64 = NaN;
  private y: f64 = NaN;
  private started: bool = false;
  private readonly least: f64;

  constructor(period: i32) {
    this.warmUp = period;
    this.least = f64(period) * ROUNDING * ROUNDING;
    this.moments = new CoMoments(period);
  }

  /** Takes prices: `x` of the market, `y` of what follows it. Not-a-number before `warmUp`. */
  next(x: f64, y: f64): f64 {
    const beforeX = this.x;
    const beforeY = this.y;
    this.x = x;
    this.y = y;
    if (!this.started) {
      this.started = true;
      return NaN;
    }
    const moments = this.moments;
    moments.next(simpleReturn(x, beforeX), simpleReturn(y, beforeY));
    return slopeOf(moments.xx, moments.xy, this.least);
  }

  /** As `next` for each of `count` pairs, to the bit. */
  run(x: usize, y: usize, count: i32, output: usize): void {
    if (count == 0) return;
    store<f64>(output, this.next(load<f64>(x), load<f64>(y)));
    const changesX = heap.alloc(4 * bytes(CHUNK));
    const changesY = changesX + bytes(CHUNK);
    const squares = changesY + bytes(CHUNK);
    const unused = squares + bytes(CHUNK);
    for (let done = 1, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = min(CHUNK, count - done);
      simpleReturns(x + at, size, changesX);
      simpleReturns(y + at, size, changesY);
      this.moments.run(changesX, changesY, size, squares, unused, output + at);
      slopes(squares, output + at, size, this.least, output + at);
    }
    heap.free(changesX);
    this.x = load<f64>(x + bytes(count - 1));
    this.y = load<f64>(y + bytes(count - 1));
  }
}

@inline
function simpleReturn(x: f64, before: f64): f64 {
  const change = (x - before) / before;
  return before == 0 || abs(change) > RETURN_MAX ? 0 : change;
}

/** Of each value against the one that stands before it. */
function simpleReturns(input: usize, count: i32, output: usize): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const before = v128.load(input + i - 8);
    const change = f64x2.div(f64x2.sub(v128.load(input + i), before), before);
    const none = v128.or(f64x2.eq(before, f64x2.splat(0)), f64x2.gt(f64x2.abs(change), f64x2.splat(RETURN_MAX)));
    v128.store(output + i, v128.andnot(change, none));
  }
  if (i < end) store<f64>(output + i, simpleReturn(load<f64>(input + i), load<f64>(input + i - 8)));
}

/** `output ← xy / xx`, which may be `xy`; 0 where `xx` is not above `least`. */
function slopes(xx: usize, xy: usize, count: i32, least: f64, output: usize): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const squares = v128.load(xx + i);
    const slope = f64x2.div(v128.load(xy + i), squares);
    v128.store(output + i, v128.andnot(slope, f64x2.le(squares, f64x2.splat(least))));
  }
  if (i < end) store<f64>(output + i, slopeOf(load<f64>(xx + i), load<f64>(xy + i), least));
}

@inline
function slopeOf(xx: f64, xy: f64, least: f64): f64 {
  return xx <= least ? 0 : xy / xx;
}

/** Of two columns of the same bars. Strategies use `Beta` for two symbols. */
export class BetaIndicator extends Indicator {
  private readonly beta: Beta;
  private readonly x: i32;
  private readonly y: i32;

  static describe(spec: Spec): void {
    spec.title('BETA', 'Beta', 'How much one column of the bars moves, in returns, when another one moves.');
    spec.integer('timeperiod', 5, 1, 100000, 'Returns in the window.');
    spec.choice('x', 1, COLUMNS, 'The column that leads.');
    spec.choice('y', 2, COLUMNS, 'The column that follows.');
    spec.series(COLUMNS, 'value', 'own');
  }

  constructor(p: Parameters) {
    super();
    this.beta = new Beta(p.integer(0));
    this.x = p.integer(1);
    this.y = p.integer(2);
    this.warmUp = this.beta.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.beta.run(bars.input(this.x), bars.input(this.y), count, bars.output(0));
  }
}
