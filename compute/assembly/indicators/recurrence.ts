import { Filter } from './filter';

/** Bars that one step of a blocked recurrence covers. */
export const BLOCK: i32 = 4;

/**
 * Exponential smoothing `y ← decay · y + gain · x`, seeded with the mean of the first `period` values. Written in blocks of four
 * bars: each output is `decay^j · base + inner`, where only `base` is carried from block to block. A batch can then work on four
 * bars at once, and gives the same bits. A value that is not a number stays for ever.
 */
export abstract class Recurrence extends Filter {
  readonly decay: f64;
  /** The output at the end of the last block. */
  base: f64 = 0;
  /** −0 where a block begins: added to a first value it leaves even that one's sign, as a batch does. */
  private inner: f64 = -0.0;
  private power: f64 = 1;
  /** Below zero: values still missing for the seed. From zero: place in the block. */
  private place: i32;

  constructor(
    period: i32,
    readonly gain: f64,
  ) {
    super(period);
    this.decay = 1 - gain;
    this.place = -period;
  }

  /** Whether there is a value. */
  @inline
  get ready(): bool {
    return this.place >= 0;
  }

  /** Whether the next value begins a block. */
  @inline
  get atBlock(): bool {
    return this.place == 0;
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

  /** One bar without a value: the output stays. Counts as zero in the seed, where no output is yet. */
  hold(): f64 {
    if (this.place < 0) return this.next(0);
    const y = this.power * this.base + this.inner;
    if (++this.place == BLOCK) this.restart(y);
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
    this.inner = -0.0;
    this.power = 1;
    this.place = 0;
  }

  run(input: usize, count: i32, output: usize): void {
    const end = input + (usize(count) << 3);
    for (; input < end && !this.atBlock; input += 8, output += 8) store<f64>(output, this.next(load<f64>(input)));
    const gain = this.gain;
    const decay = this.decay;
    const decay2 = decay * decay;
    const decay3 = decay2 * decay;
    const decay4 = decay3 * decay;
    let base = this.base;
    for (; input + 32 <= end; input += 32, output += 32) {
      const inner1 = gain * load<f64>(input);
      const inner2 = inner1 * decay + gain * load<f64>(input, 8);
      const inner3 = inner2 * decay + gain * load<f64>(input, 16);
      const inner4 = inner3 * decay + gain * load<f64>(input, 24);
      store<f64>(output, decay * base + inner1);
      store<f64>(output, decay2 * base + inner2, 8);
      store<f64>(output, decay3 * base + inner3, 16);
      base = decay4 * base + inner4;
      store<f64>(output, base, 24);
    }
    this.base = base;
    for (; input < end; input += 8, output += 8) store<f64>(output, this.next(load<f64>(input)));
  }
}
