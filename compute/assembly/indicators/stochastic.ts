import { Average, SIMPLE } from './average';
import { Highest, Lowest } from './extremes';
import { movingAverage } from './moving-average';

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
  private readonly slowkAverage: Average;
  private readonly slowdAverage: Average;
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
}

@inline
function percentOfRange(close: f64, highest: f64, lowest: f64): f64 {
  const percent = (highest - lowest) / 100;
  return percent == 0 ? 0 : (close - lowest) / percent;
}
