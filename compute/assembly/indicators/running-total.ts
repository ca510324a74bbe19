import { BLOCK } from './recurrence';

/**
 * The sum of all values so far. Written in blocks of four: each output is what stood before the block plus the sum inside it, so that a
 * batch can add four bars at once with the same bits. A value that is not a number stays for ever.
 */
export class RunningTotal {
  /** The total before this block. */
  private base: f64 = 0;
  private inner: f64 = 0;
  /** Place in the block. */
  private place: i32 = 0;

  next(x: f64): f64 {
    const inner = this.inner + x;
    const total = this.base + inner;
    const place = this.place + 1;
    if (place == BLOCK) {
      this.base = total;
      this.inner = 0;
      this.place = 0;
    } else {
      this.inner = inner;
      this.place = place;
    }
    return total;
  }

  /** As `next` for each of `count` values, to the bit. `output` may be `input`. */
  run(input: usize, count: i32, output: usize): void {
    const end = input + (usize(count) << 3);
    for (; input < end && this.place != 0; input += 8, output += 8) store<f64>(output, this.next(load<f64>(input)));
    let base = this.base;
    for (; input + 32 <= end; input += 32, output += 32) {
      const inner1 = load<f64>(input);
      const inner2 = inner1 + load<f64>(input, 8);
      const inner3 = inner2 + load<f64>(input, 16);
      const inner4 = inner3 + load<f64>(input, 24);
      store<f64>(output, base + inner1);
      store<f64>(output, base + inner2, 8);
      store<f64>(output, base + inner3, 16);
      base += inner4;
      store<f64>(output, base, 24);
    }
    this.base = base;
    for (; input < end; input += 8, output += 8) store<f64>(output, this.next(load<f64>(input)));
  }
}
