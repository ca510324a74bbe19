import { bytes } from './indicator';

/** Hides the outputs of an indicator until all of them have a value. */
export class WarmUp {
  constructor(
    /** Bars that are still to be hidden. */
    public wait: i32,
  ) {}

  /** Whether the next bar is hidden; counts it. */
  @inline
  hides(): bool {
    if (this.wait == 0) return false;
    this.wait--;
    return true;
  }

  /** How many of the next `count` bars are hidden; counts all of them. */
  take(count: i32): i32 {
    const hidden = min(this.wait, count);
    this.wait -= hidden;
    return hidden;
  }
}

/** Writes not-a-number in the first `count` places. */
export function hide(column: usize, count: i32): void {
  for (let i: usize = 0; i < bytes(count); i += 8) store<f64>(column + i, NaN);
}
