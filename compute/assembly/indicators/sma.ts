import { Average } from './average';

/**
 * Simple moving average. The input is cut in blocks of `period` values from its start: each window is the tail of one block plus
 * the head of the next, so sums are only ever added to. Nothing is subtracted, so nothing drifts and nothing cancels, and a
 * value that is not a number is forgotten with the windows that hold it.
 */
export class Sma extends Average {
  /** At and after `at`: sums of the last block from there to its end (not-a-number in the first block). Before: this block's values. */
  private readonly tails: StaticArray<f64>;
  private head: f64 = 0;
  private at: i32 = 0;
  private pairs: StaticArray<f64> | null = null;

  constructor(period: i32) {
    super(period);
    this.tails = new StaticArray<f64>(period).fill(NaN);
  }

  next(x: f64): f64 {
    const period = this.period;
    const tails = this.tails;
    const head = this.head + x;
    unchecked((tails[this.at] = x));
    const at = this.at + 1;
    if (at < period) {
      this.head = head;
      this.at = at;
      return (unchecked(tails[at]) + head) / f64(period);
    }
    this.endBlock();
    return head / f64(period);
  }

  private endBlock(): void {
    const tails = this.tails;
    let tail: f64 = 0;
    for (let i = this.period - 1; i >= 0; i--) {
      tail += unchecked(tails[i]);
      unchecked((tails[i] = tail));
    }
    this.head = 0;
    this.at = 0;
  }

  run(input: usize, count: i32, output: usize): void {
    const period = this.period;
    const aligned = min(count, (period - this.at) % period);
    this.runSlowly(input, aligned, output);
    let done = aligned;
    // Two blocks at a time, each in a lane of its own; the first needs the block before it at hand.
    if (count - done >= 3 * period && input != output) {
      this.runSlowly(input + (usize(done) << 3), period, output + (usize(done) << 3));
      done += period;
      for (; count - done >= 2 * period; done += 2 * period) {
        this.runPair(input + (usize(done) << 3), output + (usize(done) << 3));
      }
      memory.copy(changetype<usize>(this.tails), input + (usize(done - period) << 3), usize(period) << 3);
      this.endBlock();
    }
    this.runSlowly(input + (usize(done) << 3), count - done, output + (usize(done) << 3));
  }

  private runSlowly(input: usize, count: i32, output: usize): void {
    const end = input + (usize(count) << 3);
    for (; input < end; input += 8, output += 8) store<f64>(output, this.next(load<f64>(input)));
  }

  private runPair(input: usize, output: usize): void {
    const block = usize(this.period) << 3;
    const pairs = changetype<usize>(this.pairBuffer());
    let tail = f64x2.splat(0);
    for (let i: usize = block - 8; i > 0; i -= 8) {
      tail = f64x2.add(tail, v128.load64_lane(input + i, v128.load64_zero(input + i - block), 1));
      v128.store(pairs + (i << 1), tail);
    }
    const divisor = f64x2.splat(f64(this.period));
    let head = f64x2.splat(0);
    const last = block - 8;
    for (let i: usize = 0; i < last; i += 8) {
      head = f64x2.add(head, v128.load64_lane(input + i + block, v128.load64_zero(input + i), 1));
      const mean = f64x2.div(f64x2.add(v128.load(pairs + (i << 1), 16), head), divisor);
      v128.store64_lane(output + i, mean, 0);
      v128.store64_lane(output + i + block, mean, 1);
    }
    head = f64x2.add(head, v128.load64_lane(input + last + block, v128.load64_zero(input + last), 1));
    const mean = f64x2.div(head, divisor);
    v128.store64_lane(output + last, mean, 0);
    v128.store64_lane(output + last + block, mean, 1);
  }

  private pairBuffer(): StaticArray<f64> {
    let pairs = this.pairs;
    if (!pairs) this.pairs = pairs = new StaticArray<f64>(2 * this.period);
    return pairs;
  }
}
