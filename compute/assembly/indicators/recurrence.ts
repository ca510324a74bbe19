/** Bars that one step of a blocked recurrence covers. */
export const BLOCK: i32 = 4;

/**
 * Exponential smoothing `y ← decay · y + gain · x`, seeded with the mean of the first `period` values. Written in blocks of four
 * bars: each output is `decay^j · y₀ + inner`, where only `y₀` is carried from block to block. A batch can then work on four bars
 * at once, and gives the same bits.
 */
export class Recurrence {
  /** Index of the first value. */
  readonly warmUp: i32;
  readonly decay: f64;
  readonly gain: f64;
  private base: f64 = 0;
  private inner: f64 = 0;
  private power: f64 = 1;
  /** Below zero: values still missing for the seed. From zero: place in the block. */
  private place: i32;

  constructor(
    readonly period: i32,
    gain: f64,
  ) {
    assert(period >= 1, 'Invariant: a smoothing needs a period of at least 1');
    this.warmUp = period - 1;
    this.gain = gain;
    this.decay = 1 - gain;
    this.place = -period;
  }

  next(x: f64): f64 {
    const place = this.place + 1;
    this.place = place;
    if (place <= 0) return this.seed(x, place);
    const power = this.power * this.decay;
    const inner = this.inner * this.decay + this.gain * x;
    const y = power * this.base + inner;
    if (place == BLOCK) {
      this.restart(y);
    } else {
      this.power = power;
      this.inner = inner;
    }
    return y;
  }

  private seed(x: f64, place: i32): f64 {
    this.base += x;
    if (place < 0) return NaN;
    this.restart(this.base / f64(this.period));
    return this.base;
  }

  private restart(y: f64): void {
    this.base = y;
    this.inner = 0;
    this.power = 1;
    this.place = 0;
  }
}
