import { CoMoments } from './co-moments';
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
    return moments.xx <= this.least ? 0 : moments.xy / moments.xx;
  }

  /** As `next` for each of `count` pairs, to the bit. */
  run(x: usize, y: usize, count: i32, output: usize): void {
    for (let i: usize = 0; i < bytes(count); i += 8) store<f64>(output + i, this.next(load<f64>(x + i), load<f64>(y + i)));
  }
}

@inline
function simpleReturn(x: f64, before: f64): f64 {
  const change = (x - before) / before;
  return before == 0 || abs(change) > RETURN_MAX ? 0 : change;
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
