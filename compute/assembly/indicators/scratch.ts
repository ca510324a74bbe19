import { bytes } from './indicator';

/** Room for values in between, taken when it is first asked for, so that a stream never pays for it. */
export class Scratch {
  private values: StaticArray<f64> | null = null;

  constructor(readonly length: i32) {}

  /** Where it begins. */
  get start(): usize {
    let values = this.values;
    if (!values) this.values = values = new StaticArray<f64>(this.length);
    return changetype<usize>(values);
  }
}

/**
 * Carries a batch from one stage to the next, a chunk at a time, and keeps the last values of the chunks before in front of the chunk,
 * where a filter of `history` values looks for them.
 */
export class Relay {
  /** How many values stand in front of the chunk. */
  behind: i32 = 0;
  private readonly room: Scratch;

  constructor(
    private readonly history: i32,
    chunk: i32,
  ) {
    this.room = new Scratch(history + chunk);
  }

  /** Where a chunk begins. */
  get start(): usize {
    return this.room.start + bytes(this.history);
  }

  /** Makes place for the next chunk after one of `size` values. */
  pass(size: i32): void {
    const keep = min(this.history, this.behind + size);
    memory.copy(this.start - bytes(keep), this.start + bytes(size - keep), bytes(keep));
    this.behind = keep;
  }
}
