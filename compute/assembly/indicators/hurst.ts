import { Delay } from './delay';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { logRatio } from './log-ratio';
import { Sma } from './sma';
import { Spec } from './spec';

/** What a window without movement gives: it shows neither trend nor reversal. */
const NO_MOVEMENT: f64 = 0.5;

/**
 * Hurst exponent of the last `period` closes, by how the variance of aggregated returns grows: the mean square of the logarithmic return over τ bars goes
 * with τ^(2H) (Mandelbrot and Van Ness, Fractional Brownian Motions, Fractional Noises and Applications, SIAM Review 10, 1968). H is half the
 * least-squares slope of the logarithm of that mean on ln τ, with τ = 1, 2, 4, … up to a quarter of the window and all overlapping returns in it: the
 * generalised Hurst exponent of order 2 (Di Matteo, Multi-scaling in finance, Quantitative Finance 7, 2007). 0.5 for a random walk; above it for
 * trends, below it for reversals. A steady drift counts as a trend.
 *
 * Held between 0 and 1. A window without movement gives 0.5, one that some τ always undoes gives 0. A return from or to a price that is not above
 * zero counts as 0.
 */
export class Hurst {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly scales: StaticArray<Scale>;
  private previousClose: f64 = NaN;
  private started: bool = false;

  /** `period` of at least 8: two scales. */
  constructor(readonly period: i32) {
    assert(period >= 8, 'Invariant: a slope needs two scales');
    this.warmUp = period - 1;
    let count = 0;
    while (1 << (count + 2) <= period) count++;
    this.scales = new StaticArray<Scale>(count);
    for (let i = 0; i < count; i++) this.scales[i] = new Scale(1 << i, period, weight(i, count));
  }

  /** Not-a-number before `warmUp`. */
  next(close: f64): f64 {
    const before = this.previousClose;
    this.previousClose = close;
    if (!this.started) {
      this.started = true;
      return NaN;
    }
    let change = logRatio(close, before);
    for (let i = 0; i < this.scales.length; i++) change = unchecked(this.scales[i]).next(change);
    return this.exponent();
  }

  /** Half the slope. Weights of scales at both ends differ by their sign only, so that one logarithm serves two scales. */
  private exponent(): f64 {
    const scales = this.scales;
    if (unchecked(scales[0]).meanSquare == 0) return NO_MOVEMENT;
    let slope: f64 = 0;
    for (let low = 0, high = scales.length - 1; low < high; low++, high--) {
      const upper = unchecked(scales[high]);
      const lower = unchecked(scales[low]).meanSquare;
      if (upper.meanSquare == 0 || lower == 0) return 0;
      slope += upper.weight * (Math.log(upper.meanSquare) - Math.log(lower));
    }
    return max<f64>(0, min<f64>(1, 0.5 * slope));
  }

  /** As `next` for each of `count` closes, to the bit. */
  run(input: usize, count: i32, output: usize): void {
    for (let i: usize = 0; i < bytes(count); i += 8) store<f64>(output + i, this.next(load<f64>(input + i)));
  }
}

/** Returns over `lag` bars. */
class Scale {
  /** Of the returns of the window; not-a-number until it is full. */
  meanSquare: f64 = NaN;
  private readonly squares: Sma;
  private readonly before: Delay;

  constructor(
    lag: i32,
    period: i32,
    readonly weight: f64,
  ) {
    this.squares = new Sma(period - lag);
    this.before = new Delay(lag);
  }

  /**
   * Takes a return over `lag` bars and answers that over twice as many: sums of few returns neither drift nor cancel. What does not span as many bars
   * yet is not a number, and is forgotten before the window is full.
   */
  next(change: f64): f64 {
    this.meanSquare = this.squares.next(change * change);
    return change + this.before.next(change);
  }
}

/** Of the logarithm of scale `i` in the slope on ln τ: its distance from the mean of ln τ, over the sum of their squares. */
function weight(i: i32, count: i32): f64 {
  const middle = f64(count - 1) * 0.5;
  const squares = (f64(count) * (f64(count) * f64(count) - 1)) / 12;
  return (f64(i) - middle) / (squares * Math.LN2);
}

export class HurstIndicator extends Indicator {
  private readonly hurst: Hurst;

  static describe(spec: Spec): void {
    spec.title('HURST', 'Hurst exponent', 'Whether closes trend (above 0.5) or revert (below it), by how their variance grows with time.');
    spec.integer('timeperiod', 100, 8, 100000, 'Bars in the window.');
    spec.series('close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.hurst = new Hurst(parameters.integer(0));
    this.warmUp = this.hurst.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.hurst.run(bars.close, count, bars.output(0));
  }
}
