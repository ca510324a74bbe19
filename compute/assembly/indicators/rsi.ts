import { Wilder } from './wilder';

/** Sums of gains and losses below this count as no movement, and give 0: TA-Lib's convention. */
export const NO_MOVEMENT: f64 = 1e-14;

/** Relative strength index: 100 × mean gain / (mean gain + mean loss), both by Wilder's smoothing, seeded with simple means. */
export class Rsi {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly gains: Wilder;
  private readonly losses: Wilder;
  private previous: f64 = NaN;
  private started: bool = false;

  constructor(period: i32) {
    this.warmUp = period;
    this.gains = new Wilder(period);
    this.losses = new Wilder(period);
  }

  /** Between 0 and 100; 0 when nothing moved; not-a-number before `warmUp`. */
  next(x: f64): f64 {
    const change = x - this.previous;
    this.previous = x;
    if (!this.started) {
      this.started = true;
      return NaN;
    }
    const gain = this.gains.next(change < 0 ? 0 : change);
    const loss = this.losses.next(-change < 0 ? 0 : -change);
    const movement = gain + loss;
    return movement < NO_MOVEMENT ? 0 : (100 * gain) / movement;
  }
}
