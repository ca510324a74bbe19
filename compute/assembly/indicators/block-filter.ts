import { Filter } from './filter';
import { bytes } from './indicator';

/**
 * A fold over a sliding window, in constant time a value. The input is cut in blocks of `period` values from its start: each window is
 * the tail of one block and the head of the next, so folds only ever take values in and nothing has to be taken out again.
 */
export abstract class BlockFilter extends Filter {
  /** Before `at`: this block's values. From there on: what `endBlock` left of the last one; not-a-number in the first block. */
  protected readonly tails: StaticArray<f64>;
  /** The fold of this block so far. */
  protected head: f64;
  /** Place in this block. */
  protected at: i32 = 0;
  private pairs: StaticArray<f64> | null = null;

  constructor(
    period: i32,
    /** The fold of nothing. */
    none: f64,
    /** How many numbers a fold takes. */
    private readonly width: i32 = 1,
  ) {
    super(period);
    this.head = none;
    this.tails = new StaticArray<f64>(period).fill(NaN);
  }

  /** Turns the values of the block that is full into what later windows need of it, and begins the next block. */
  protected abstract endBlock(): void;

  /** The two blocks that begin at `input`, each in a lane of its own. The block before them is at hand too. */
  protected abstract runPair(input: usize, output: usize, pairs: usize): void;

  /** Values until the next block begins: 0 where the next value begins one. */
  get untilBlock(): i32 {
    return (this.period - this.at) % this.period;
  }

  run(input: usize, count: i32, output: usize): void {
    this.runOn(input, count, output, 0);
  }

  /** Fastest from block to block. */
  runOn(input: usize, count: i32, output: usize, behind: i32): void {
    const period = this.period;
    let done = min(count, this.untilBlock);
    this.runSlowly(input, done, output);
    // Two blocks at a time need the block before them.
    if (behind + done < period && count - done >= 3 * period) {
      this.runSlowly(input + bytes(done), period, output + bytes(done));
      done += period;
    }
    if (behind + done >= period && count - done >= 2 * period) {
      const pairs = this.pairBuffer();
      for (; count - done >= 2 * period; done += 2 * period) this.runPair(input + bytes(done), output + bytes(done), pairs);
      memory.copy(changetype<usize>(this.tails), input + bytes(done - period), bytes(period));
      this.endBlock();
    }
    this.runSlowly(input + bytes(done), count - done, output + bytes(done));
  }

  private runSlowly(input: usize, count: i32, output: usize): void {
    const end = input + bytes(count);
    for (; input < end; input += 8, output += 8) store<f64>(output, this.next(load<f64>(input)));
  }

  private pairBuffer(): usize {
    let pairs = this.pairs;
    if (!pairs) this.pairs = pairs = new StaticArray<f64>(2 * this.width * this.period);
    return changetype<usize>(pairs);
  }
}
