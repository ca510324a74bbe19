import { bytes } from './indicator';

/** Remembers the last `period` values. */
export class Lag {
  /** The oldest stands at `at`. */
  private readonly values: StaticArray<f64>;
  private at: i32 = 0;

  constructor(readonly period: i32) {
    assert(period >= 1, 'Invariant: a lag is at least one value');
    this.values = new StaticArray<f64>(period).fill(NaN);
  }

  /** The value `period` values before `x`; not-a-number where there is none. */
  next(x: f64): f64 {
    const at = this.at;
    const before = unchecked(this.values[at]);
    unchecked((this.values[at] = x));
    this.at = at + 1 == this.period ? 0 : at + 1;
    return before;
  }

  /** Takes in the `period` values that end at `end`, as if they had come by `next`. */
  adopt(end: usize): void {
    const size = bytes(this.period);
    memory.copy(changetype<usize>(this.values), end - size, size);
    this.at = 0;
  }
}
