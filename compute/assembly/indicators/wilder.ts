import { Recurrence } from './recurrence';

/** Wilder's smoothing: a new value weighs 1 / period. Seeded with the mean of the first `period` values. */
export class Wilder extends Recurrence {
  constructor(period: i32) {
    super(period, 1 / f64(period));
  }
}
