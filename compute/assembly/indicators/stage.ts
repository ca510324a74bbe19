import { BlockFilter } from './block-filter';
import { bytes } from './indicator';

/** About how many bars of a batch are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 512;

/**
 * A filter over what is computed from each bar. A batch goes through it in chunks: write a chunk at `input`, then `run`, then read at `output`.
 * The values before a chunk are kept in front of it, because that makes a filter over blocks fastest.
 */
export class Stage {
  private readonly chunk: i32;
  private room: StaticArray<f64> | null = null;
  /** Values of earlier chunks that stand in front: a whole window, or none. */
  private behind: i32 = 0;

  constructor(readonly filter: BlockFilter) {
    this.chunk = filter.strides(CHUNK);
  }

  next(x: f64): f64 {
    this.behind = 0;
    return this.filter.next(x);
  }

  /** How many of the values that are `left` make the next chunk. */
  size(left: i32): i32 {
    return min(left, this.chunk + this.filter.untilBlock);
  }

  get input(): usize {
    return this.start + bytes(this.filter.period);
  }

  get output(): usize {
    return this.input + bytes(this.capacity);
  }

  /** Filters `count` values from `input` to `output`. */
  run(count: i32): void {
    // Moving what stands in front costs as much as `period` values.
    if (count < this.filter.period) {
      for (let i: usize = 0; i < bytes(count); i += 8) store<f64>(this.output + i, this.next(load<f64>(this.input + i)));
      return;
    }
    this.filter.runOn(this.input, count, this.output, this.behind);
    memory.copy(this.start, this.start + bytes(count), bytes(this.filter.period));
    this.behind = this.filter.period;
  }

  private get capacity(): i32 {
    return this.chunk + this.filter.period;
  }

  private get start(): usize {
    let room = this.room;
    if (!room) this.room = room = new StaticArray<f64>(this.filter.period + 2 * this.capacity);
    return changetype<usize>(room);
  }
}
