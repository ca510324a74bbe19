import { at, checkFinite } from '../rows-input.ts';

/**
 * What each row looks at: from the time of its features to the time at which its label is known, both included. In numbers of bars or any other unit of time, the
 * same for all rows, and rows in the order of their starts.
 */
export interface Spans {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/** Rows to learn from, and rows to be judged by, as numbers of rows in rising order. */
export interface Split {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
  /** Rows left out because their labels share time with those of the test. */
  readonly purged: number;
  /** Rows left out because they follow the test too closely. */
  readonly embargoed: number;
}

export function checkSpans(what: string, { starts, ends }: Spans): void {
  if (starts.length === 0) throw new RangeError(`${what}: there are no rows to split.`);
  checkFinite(what, 'starts', starts, starts.length);
  checkFinite(what, 'ends', ends, starts.length);
  for (let row = 0; row < starts.length; row += 1) {
    if (at(ends, row) < at(starts, row)) {
      throw new RangeError(
        `${what}: row ${row} ends at ${ends[row]}, before it starts at ${starts[row]}: a label is known after its features.`,
      );
    }
    if (row > 0 && at(starts, row) < at(starts, row - 1)) {
      throw new RangeError(`${what}: row ${row} starts at ${starts[row]}, before row ${row - 1} does: sort the rows by their starts.`);
    }
  }
}

/** First row of each distinct start, and the number of rows at the end. Rows of one time stay together in every split. */
export function timesOf({ starts }: Spans): readonly number[] {
  const firsts = [...starts.keys()].filter((row) => row === 0 || at(starts, row) !== at(starts, row - 1));
  return [...firsts, starts.length];
}

/** Rows next to each other, from `from` to before `to`. */
export interface Block {
  readonly from: number;
  readonly to: number;
}

/** The times in so many blocks of about one length, the first ones longer by one where it does not come out even. */
export function blocksOf(what: string, spans: Spans, count: number): readonly Block[] {
  const times = timesOf(spans);
  const distinct = times.length - 1;
  if (distinct < count) throw new RangeError(`${what}: ${distinct} times cannot be cut in ${count} parts: give more rows, or fewer parts.`);
  const [length, longer] = [Math.floor(distinct / count), distinct % count];
  const edge = (block: number): number => times[block * length + Math.min(block, longer)] ?? spans.starts.length;
  return Array.from({ length: count }, (_, block) => ({ from: edge(block), to: edge(block + 1) }));
}

/** The time from the first start of a block to its last end. */
export function hullOf({ starts, ends }: Spans, { from, to }: Block): { readonly start: number; readonly end: number } {
  return { start: at(starts, from), end: ends.subarray(from, to).reduce((latest, end) => Math.max(latest, end), -Infinity) };
}

export const rowNumbers = (rows: readonly number[]): Uint32Array => Uint32Array.from(rows);
