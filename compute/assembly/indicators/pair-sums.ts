import { bytes } from './indicator';

/**
 * The sums of two series over a sliding window, one in each lane. As in `BlockFilter`, the input is cut in blocks of `period` values and each
 * window is the tail of one block and the head of the next: nothing drifts, nothing cancels, and a value that is not a number is forgotten
 * with the windows that hold it.
 */
export class PairSums {
  /** Before `at`: this block's values. From there on: sums from each place of the last block to its end; zero at the very end. */
  private tails: StaticArray<v128>;
  /** The sum of this block so far. */
  private head: v128 = f64x2.splat(0);
  /** Place in this block. */
  private at: i32 = 0;
  private spare: StaticArray<v128> | null = null;

  constructor(readonly period: i32) {
    assert(period >= 1, 'Invariant: a window needs a period of at least 1');
    this.tails = makeTails(period);
  }

  /** The sums after one more value of each series; not-a-number for the first `period − 1`. */
  next(x: v128): v128 {
    const head = f64x2.add(this.head, x);
    unchecked((this.tails[this.at] = x));
    const at = this.at + 1;
    const sums = f64x2.add(unchecked(this.tails[at]), head);
    this.head = head;
    this.at = at;
    if (at == this.period) this.endBlock();
    return sums;
  }

  private endBlock(): void {
    let tail = f64x2.splat(0);
    for (let i = this.period - 1; i >= 0; i--) {
      tail = f64x2.add(tail, unchecked(this.tails[i]));
      unchecked((this.tails[i] = tail));
    }
    this.beginBlock();
  }

  private beginBlock(): void {
    this.head = f64x2.splat(0);
    this.at = 0;
  }

  /** As `next` for each of `count` pairs of 16 bytes at `input`, to the bit. `output` must not overlap `input`. */
  run(input: usize, count: i32, output: usize): void {
    const block = this.period;
    let done = min(count, (block - this.at) % block);
    this.runPart(input, done, output);
    for (; done + block <= count; done += block) this.runBlock(input + 2 * bytes(done), output + 2 * bytes(done), 2 * bytes(block));
    this.runPart(input + 2 * bytes(done), count - done, output + 2 * bytes(done));
  }

  /** Not beyond the end of this block. */
  private runPart(input: usize, count: i32, output: usize): void {
    const tails = changetype<usize>(this.tails) + 2 * bytes(this.at);
    const end: usize = bytes(count) * 2;
    let head = this.head;
    for (let i: usize = 0; i < end; i += 16) {
      const x = v128.load(input + i);
      head = f64x2.add(head, x);
      v128.store(tails + i, x);
      v128.store(output + i, f64x2.add(v128.load(tails + i, 16), head));
    }
    this.head = head;
    this.at += count;
    if (this.at == this.period) this.endBlock();
  }

  /** A whole block. Sums from its places to its end come backward while those from its begin go forward: neither waits for the other. */
  private runBlock(input: usize, output: usize, block: usize): void {
    const tails = this.tails;
    const spare = this.takeSpare();
    const before = changetype<usize>(tails) + 16;
    const after = changetype<usize>(spare);
    let head = f64x2.splat(0);
    let tail = f64x2.splat(0);
    for (let i: usize = 0, k = block; k > 0; i += 16) {
      k -= 16;
      head = f64x2.add(head, v128.load(input + i));
      v128.store(output + i, f64x2.add(v128.load(before + i), head));
      tail = f64x2.add(tail, v128.load(input + k));
      v128.store(after + k, tail);
    }
    this.tails = spare;
    this.spare = tails;
  }

  private takeSpare(): StaticArray<v128> {
    const spare = this.spare;
    return spare ? spare : makeTails(this.period);
  }
}

function makeTails(period: i32): StaticArray<v128> {
  const tails = new StaticArray<v128>(period + 1);
  for (let i = 0; i < period; i++) unchecked((tails[i] = f64x2.splat(NaN)));
  return tails;
}
