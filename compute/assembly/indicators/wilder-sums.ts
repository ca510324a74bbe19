import { BLOCK } from './recurrence';

/**
 * Wilder's sums of two series, one in each lane: sum ← sum − sum / period + x, which begins with the plain sum of the first `period − 1`
 * values. Written in blocks of four like `Recurrence`, so that a batch can work on four bars at once with the same bits. A value that
 * is not a number stays for ever.
 */
export class WilderSums {
  readonly decay: f64;
  /** The sums at the end of the last block. */
  base: v128 = f64x2.splat(0);
  private inner: v128 = f64x2.splat(0);
  private power: f64 = 1;
  /** Below zero: values still missing in the plain sums. From zero: place in the block. */
  private place: i32;

  constructor(period: i32) {
    this.decay = 1 - 1 / f64(period);
    this.place = 1 - period;
  }

  /** Whether the next value gives a sum. */
  @inline
  get ready(): bool {
    return this.place >= 0;
  }

  /** Whether the next value begins a block. */
  @inline
  get atBlock(): bool {
    return this.place == 0;
  }

  /** Not-a-number for the first `period − 1` values. */
  next(x: v128): v128 {
    const place = this.place + 1;
    this.place = place;
    if (place <= 0) {
      this.base = f64x2.add(this.base, x);
      return f64x2.splat(NaN);
    }
    const power = this.power * this.decay;
    const inner = f64x2.add(f64x2.mul(this.inner, f64x2.splat(this.decay)), x);
    const y = f64x2.add(f64x2.mul(f64x2.splat(power), this.base), inner);
    if (place == BLOCK) {
      this.restart(y);
    } else {
      this.power = power;
      this.inner = inner;
    }
    return y;
  }

  /** Begins a block with the next value, wherever the last one stands. */
  beginBlock(): void {
    this.restart(f64x2.add(f64x2.mul(f64x2.splat(this.power), this.base), this.inner));
  }

  private restart(y: v128): void {
    this.base = y;
    this.inner = f64x2.splat(0);
    this.power = 1;
    this.place = 0;
  }
}
