import { Recurrence } from './recurrence';

/** Exponential moving average: a new value weighs 2 / (period + 1). Seeded with the mean of the first `period` values. */
export class Ema extends Recurrence {
  constructor(period: i32) {
    super(period, 2 / f64(period + 1));
  }
}
