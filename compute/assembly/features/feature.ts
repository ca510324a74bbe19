import { logRatio } from '../indicators/log-ratio';

/** What a model may know of a bar at its close, computed from that bar and those before it. */
export abstract class Feature {
  constructor(
    /** Index of the first bar with a value. */
    readonly warmUp: i32,
  ) {}

  /** Moves one bar on, and answers its value; not-a-number before `warmUp`, and where a price is not above zero. */
  abstract next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64;
}

/** ln(price / before); not-a-number where one of them is not above zero. */
@inline
export function change(price: f64, before: f64): f64 {
  return price > 0 && before > 0 ? logRatio(price, before) : NaN;
}
