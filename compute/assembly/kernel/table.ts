import { watchMemory } from './decide';

/** Rows of f64 fields in plain memory that grows by doubling: results, which the host reads in place. */
export class Table {
  rows: usize = 0;
  count: i32 = 0;
  private capacity: i32 = 0;
  private readonly rowBytes: usize;

  constructor(fields: i32) {
    this.rowBytes = usize(fields) << 3;
  }

  /** Address of a new row, whose fields the caller fills. */
  push(): usize {
    if (this.count == this.capacity) this.grow();
    const row = this.rows + usize(this.count) * this.rowBytes;
    this.count += 1;
    return row;
  }

  /** Forgets all rows, and keeps their memory. */
  clear(): void {
    this.count = 0;
  }

  row(index: i32): usize {
    return this.rows + usize(index) * this.rowBytes;
  }

  private grow(): void {
    const capacity = max(256, this.capacity * 2);
    const bytes = usize(capacity) * this.rowBytes;
    this.rows = this.rows == 0 ? heap.alloc(bytes) : heap.realloc(this.rows, bytes);
    this.capacity = capacity;
    watchMemory();
  }
}
