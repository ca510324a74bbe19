import { Filter } from './filter';

/**
 * A fold over a sliding window, in constant time a value. The input is cut in blocks of `period` values from its start: each window is
 * the tail of one block and the head of the next, so folds only ever take values in and nothing has to be taken out again.
 */
export abstract class BlockFilter extends Filter {
  /** From `at` on: folds of the last block from there to its end (not-a-number in the first block). Before: this block's values. */
  protected readonly tails: StaticArray<f64>;
  /** The fold of this block so far. */
  protected head: f64;
  /** Place in this block. */
  protected at: i32 = 0;
  private pairs: StaticArray<f64> | null = null;

  constructor(
    period: i32,
    /** The fold of nothing. */
    protected readonly none: f64,
  ) {
    super(period);
    this.head = none;
    this.tails = new StaticArray<f64>(period).fill(NaN);
  }

  /** Turns the values of the block that is full into the folds of its tails, and begins the next block. */
  protected abstract endBlock(): void;

  /** The two blocks that begin at `input`, each in a lane of its own. The block before them is at hand too. */
  protected abstract runPair(input: usize, output: usize, pairs: usize): void;

  run(input: usize, count: i32, output: usize): void {
    const period = this.period;
    let done = min(count, (period - this.at) % period);
    this.runSlowly(input, done, output);
    if (count - done >= 3 * period) {
      this.runSlowly(input + (usize(done) << 3), period, output + (usize(done) << 3));
      done += period;
      const pairs = this.pairBuffer();
      for (; count - done >= 2 * period; done += 2 * period) {
        this.runPair(input + (usize(done) << 3), output + (usize(done) << 3), pairs);
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

  private pairBuffer(): usize {
    let pairs = this.pairs;
    if (!pairs) this.pairs = pairs = new StaticArray<f64>(2 * this.period);
    return changetype<usize>(pairs);
  }
}
