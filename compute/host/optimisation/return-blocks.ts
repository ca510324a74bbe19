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

/** Where the largest ratio stands; of equal ones the first. */
export function placeOfLargest(ratios: Float64Array): number {
  let best = 0;
  for (let set = 1; set < ratios.length; set += 1) if ((ratios[set] ?? 0) > (ratios[best] ?? 0)) best = set;
  return best;
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

  /** The ratio of every set over some blocks: {@link ratioOf} of {@link over}, without an object each. */
  ratios(blocks: readonly number[]): Float64Array {
    const places = Int32Array.from(blocks, (block) => MOMENT_FIELDS * block);
    const bars = Float64Array.from(blocks, (block) => this.bars(block));
    const count = bars.reduce((sum, each) => sum + each, 0);
    const ratios = new Float64Array(this.rows.length);
    if (count < 2) return ratios;
    for (const [set, row] of this.rows.entries()) {
      let sum = 0;
      for (let part = 0; part < places.length; part += 1) sum += (bars[part] ?? 0) * (row[places[part] ?? 0] ?? 0);
      const mean = sum / count;
      let squares = 0;
      for (let part = 0; part < places.length; part += 1) {
        const at = places[part] ?? 0;
        const distance = (row[at] ?? 0) - mean;
        squares += (row[at + 1] ?? 0) + (bars[part] ?? 0) * distance * distance;
      }
      const deviation = Math.sqrt(squares / (count - 1));
      ratios[set] = deviation > STILL ? mean / deviation : 0;
    }
    return ratios;
  }

  private bars(block: number): number {
    return (this.bounds[block + 1] ?? 0) - (this.bounds[block] ?? 0);
  }
}
