import { BLOCK } from './recurrence';

/**
 * Wilder's sum: sum ← sum − sum / period + x, which begins with the plain sum of the first `period − 1` values. Written in blocks of four
 * like `Recurrence`, so that a batch can work on four bars at once with the same bits. A value that is not a number stays for ever.
 */
export class WilderSum {
  readonly decay: f64;
  /** The sum at the end of the last block. */
  base: f64 = 0;
  private inner: f64 = 0;
  private power: f64 = 1;
  /** Below zero: values still missing in the plain sum. From zero: place in the block. */
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
  next(x: f64): f64 {
    const place = this.place + 1;
    this.place = place;
    if (place <= 0) {
      this.base += x;
      return NaN;
    }
    const power = this.power * this.decay;
    const inner = this.inner * this.decay + x;
    const y = power * this.base + inner;
    this.power = power;
    this.inner = inner;
    if (place == BLOCK) this.beginBlock();
    return y;
  }

  /** Begins a block with the next value, wherever the last one stands. */
  beginBlock(): void {
    this.base = this.power * this.base + this.inner;
    this.inner = 0;
    this.power = 1;
    this.place = 0;
  }
}
