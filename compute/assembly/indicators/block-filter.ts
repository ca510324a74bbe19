import { Filter } from './filter';
import { bytes } from './indicator';
import { Scratch } from './scratch';

/** Blocks that a batch works on at a time: sums that do not wait for each other. */
export const ABREAST: i32 = 4;
const LINE_BYTES: usize = 64;
/** Blocks so small lie in few lines, and blocks so large would not stay in the cache. */
const FETCH_BYTES_MIN: usize = 1024;
const FETCH_BYTES_MAX: usize = 1 << 16;

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
  private readonly room: Scratch;

  constructor(
    period: i32,
    /** The fold of nothing. */
    none: f64,
    /** How many numbers a fold takes. */
    width: i32 = 1,
  ) {
    super(period);
    this.head = none;
    this.room = new Scratch(ABREAST * width * period);
    this.tails = new StaticArray<f64>(period).fill(NaN);
  }

  /** Turns the values of the block that is full into what later windows need of it, and begins the next block. */
  protected abstract endBlock(): void;

  /**
   * The four blocks that begin at `input`: the first and the second side by side, and the third and the fourth. The block before them is at
   * hand too.
   */
  protected abstract runBlocks(input: usize, output: usize, room: usize): void;

  get stride(): i32 {
    return ABREAST * this.period;
  }

  /** Values until the next block begins: 0 where the next value begins one. */
  get untilBlock(): i32 {
    return (this.period - this.at) % this.period;
  }

  run(input: usize, count: i32, output: usize): void {
    this.runOn(input, count, output, 0);
  }

  /** Fastest from block to block, and over whole strides. */
  runOn(input: usize, count: i32, output: usize, behind: i32): void {
    const period = this.period;
    const stride = this.stride;
    let done = min(count, this.untilBlock);
    this.runSlowly(input, done, output);
    // Blocks need the block before them.
    if (behind + done < period && count - done >= stride + period) {
      this.runSlowly(input + bytes(done), period, output + bytes(done));
      done += period;
    }
    if (behind + done >= period && count - done >= stride) {
      const room = this.room.start;
      for (; count - done >= stride; done += stride) {
        fetch(input + bytes(done), bytes(stride), room);
        fetch(output + bytes(done), bytes(stride), room);
        this.runBlocks(input + bytes(done), output + bytes(done), room);
      }
      this.adopt(input + bytes(done - period));
    }
    this.runSlowly(input + bytes(done), count - done, output + bytes(done));
  }

  /** Takes in the whole block at `input`, from block to block, as if it had come by `next`. */
  adopt(input: usize): void {
    memory.copy(changetype<usize>(this.tails), input, bytes(this.period));
    this.endBlock();
  }

  private runSlowly(input: usize, count: i32, output: usize): void {
    const end = input + bytes(count);
    for (; input < end; input += 8, output += 8) store<f64>(output, this.next(load<f64>(input)));
  }
}

/**
 * Brings memory into the nearest cache in the one order that a processor foresees: from front to back. Four blocks side by side are too many short
 * streams for it. What it reads goes to `sink`, so that the reading is not left out.
 */
export function fetch(start: usize, size: usize, sink: usize): void {
  if (size < FETCH_BYTES_MIN || size > FETCH_BYTES_MAX) return;
  const end = start + size;
  let all: i64 = 0;
  for (; start < end; start += LINE_BYTES) all |= load<i64>(start);
  store<i64>(sink, all);
}
