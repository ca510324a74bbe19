import { at, newSeries, put } from './series';
import { quiet } from '../indicators/noise';

/**
 * Sums over a window that slides: blocks as long as the window, each with the sums of its tails, and the head of the block that follows.
 * Nothing is ever subtracted from a sum, so nothing drifts; values are seen from the block's first pair, so little cancels.
 */
class Window {
  private readonly tails: usize;
  private x: f64 = 0;
  private y: f64 = 0;
  private sumX: f64 = 0;
  private sumY: f64 = 0;
  private squares: f64 = 0;
  private product: f64 = 0;
  /** How long the newest values of y have been the same: a window of them does not move, whatever rounding says. */
  private same: i32 = 0;
  mean: f64 = 0;
  variance: f64 = 0;
  covariance: f64 = 0;

  constructor(
    private readonly xs: usize,
    private readonly ys: usize,
    private readonly length: i32,
  ) {
    this.tails = newSeries(4 * (length + 1));
  }

  /** The window that ends at `last`, which must come in order; from `length - 1` on the figures are right. */
  slideTo(last: i32): void {
    const place = last % this.length;
    if (place == 0) this.beginBlock(last);
    const dx = at(this.xs, last) - this.x;
    const dy = at(this.ys, last) - this.y;
    this.sumX += dx;
    this.sumY += dy;
    this.squares += dy * dy;
    this.product += dx * dy;
    this.same = last > 0 && at(this.ys, last) == at(this.ys, last - 1) ? this.same + 1 : 1;
    const tail = this.tails + 32 * (place + 1);
    const n = f64(this.length);
    const sumX = this.sumX + load<f64>(tail);
    const sumY = this.sumY + load<f64>(tail, 8);
    this.mean = this.y + sumY / n;
    const spread = this.squares + load<f64>(tail, 16) - (sumY / n) * sumY;
    this.variance = this.same >= this.length ? 0 : max(spread, 0) / (n - 1);
    this.covariance = (this.product + load<f64>(tail, 24) - (sumX / n) * sumY) / (n - 1);
  }

  private beginBlock(first: i32): void {
    this.x = at(this.xs, first);
    this.y = at(this.ys, first);
    this.sumX = this.sumY = this.squares = this.product = 0;
    memory.fill(this.tails + 32 * this.length, 0, 32);
    if (first == 0) return;
    for (let i = this.length - 1; i > 0; i--) {
      const dx = at(this.xs, first - this.length + i) - this.x;
      const dy = at(this.ys, first - this.length + i) - this.y;
      const from = this.tails + 32 * (i + 1);
      const to = this.tails + 32 * i;
      store<f64>(to, load<f64>(from) + dx);
      store<f64>(to, load<f64>(from, 8) + dy, 8);
      store<f64>(to, load<f64>(from, 16) + dy * dy, 16);
      store<f64>(to, load<f64>(from, 24) + dx * dy, 24);
    }
  }
}

function clear(out: usize, count: i32): void {
  for (let i = 0; i < count; i++) put(out, i, NaN);
}

/** Annualised volatility and Sharpe ratio of each window of returns; not-a-number before the first one. */
export function rolling(returns: usize, count: i32, length: i32, riskFree: f64, periods: f64, volatility: usize, sharpe: usize): void {
  const window = new Window(returns, returns, length);
  const scale = sqrt(periods);
  clear(volatility, min(count, length - 1));
  clear(sharpe, min(count, length - 1));
  for (let i = 0; i < count; i++) {
    window.slideTo(i);
    if (i < length - 1) continue;
    const deviation = quiet(sqrt(window.variance));
    put(volatility, i, deviation * scale);
    put(sharpe, i, deviation > 0 ? ((window.mean - riskFree) / deviation) * scale : NaN);
  }
}

/** Beta of each window; not-a-number before the first one, and where the benchmark does not move. */
export function rollingBeta(returns: usize, other: usize, count: i32, length: i32, out: usize): void {
  const window = new Window(returns, other, length);
  clear(out, min(count, length - 1));
  for (let i = 0; i < count; i++) {
    window.slideTo(i);
    if (i < length - 1) continue;
    const moves = quiet(sqrt(window.variance)) > 0;
    put(out, i, moves ? window.covariance / window.variance : NaN);
  }
}
