/** The last values of one series, newest first: `ago(0)` is the one that was pushed last. Not-a-number where there is none yet. */
export class History {
  private readonly values: StaticArray<f64>;
  private newest: i32 = -1;
  /** Values taken in so far. */
  count: i32 = 0;

  /** Keeps `length` values. */
  constructor(readonly length: i32) {
    if (length < 1) throw new RangeError('A history keeps at least one value');
    this.values = new StaticArray<f64>(length).fill(NaN);
  }

  push(value: f64): void {
    const next = this.newest + 1;
    this.newest = next == this.length ? 0 : next;
    unchecked((this.values[this.newest] = value));
    this.count += 1;
  }

  /** The value pushed `back` before the newest; `back` below `length`. */
  ago(back: i32): f64 {
    if (u32(back) >= u32(this.length)) throw new RangeError('A history does not reach so far back');
    const at = this.newest - back;
    return this.newest < 0 ? NaN : this.values[at < 0 ? at + this.length : at];
  }

  get isFull(): bool {
    return this.count >= this.length;
  }
}
