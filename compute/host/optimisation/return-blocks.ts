import type { GridSet } from '../parameter-grid.ts';
import { MOMENT_FIELDS, momentFields } from '../return-moments.ts';
import type { MomentsChunk } from '../sweep.ts';

/** More numbers would not fit beside everything else: 512 MiB. */
const NUMBERS_MAX = 2 ** 26;
/** A deviation of at most this is rounding, as the statistics have it: see `docs/statistics.md`. */
const STILL = 1.8e-15;

/** Some returns: how many, their mean, and the sum of squared distances from it. */
export interface ReturnSums {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/** Mean over deviation (n − 1) of returns, of one bar; 0 where they do not move, as combinatorially symmetric cross-validation has it. */
export function ratioOf({ count, mean, squares }: ReturnSums): number {
  if (count < 2) return 0;
  const deviation = Math.sqrt(squares / (count - 1));
  return deviation > STILL ? mean / deviation : 0;
}

/** Parts as one (Chan, Golub and LeVeque, 1979). */
export function together(parts: readonly ReturnSums[]): ReturnSums {
  let [count, sum] = [0, 0];
  for (const part of parts) {
    count += part.count;
    sum += part.count * part.mean;
  }
  const mean = count === 0 ? 0 : sum / count;
  let squares = 0;
  for (const part of parts) squares += part.squares + part.count * (part.mean - mean) ** 2;
  return { count, mean, squares };
}

/** What is known of the returns of many sets in blocks of bars. Sets without returns (refused, or ruined) are left out and counted. */
export class ReturnBlocks {
  readonly bounds: readonly number[];
  readonly sets: GridSet[] = [];
  /** Sets that the strategy refuses, and those that lost everything. */
  without = 0;
  private readonly width: number;
  private readonly rows: Float64Array[] = [];

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.width = momentFields(bounds);
  }

  add({ sets, moments }: MomentsChunk): void {
    if ((this.sets.length + sets.length) * this.width > NUMBERS_MAX) {
      throw new RangeError(
        `the returns of ${this.sets.length + sets.length} sets in ${this.bounds.length - 1} blocks do not fit: take fewer sets or blocks`,
      );
    }
    for (const [index, set] of sets.entries()) {
      const row = moments.subarray(index * this.width, (index + 1) * this.width);
      if (Number.isNaN(row[0])) this.without += 1;
      else {
        this.sets.push(set);
        this.rows.push(row.slice());
      }
    }
  }

  /** Returns of a set over some blocks. */
  over(set: number, blocks: readonly number[]): ReturnSums {
    const row = this.rows[set];
    if (row === undefined) throw new Error('Invariant: a set has its row');
    let [count, sum] = [0, 0];
    for (const block of blocks) {
      const bars = this.bars(block);
      count += bars;
      sum += bars * (row[MOMENT_FIELDS * block] ?? Number.NaN);
    }
    const mean = count === 0 ? 0 : sum / count;
    let squares = 0;
    for (const block of blocks) {
      const at = MOMENT_FIELDS * block;
      squares += (row[at + 1] ?? Number.NaN) + this.bars(block) * ((row[at] ?? Number.NaN) - mean) ** 2;
    }
    return { count, mean, squares };
  }

  private bars(block: number): number {
    return (this.bounds[block + 1] ?? 0) - (this.bounds[block] ?? 0);
  }
}
