import { parseAxes, ParameterGrid, sampleSets } from '@tidemark/compute';
import type { GridSet, ParameterAxis } from '@tidemark/compute';
import type { ParameterValues } from '@tidemark/compute/types';
import type { SweepSpace } from './study.ts';

/** The sets of a sweep, in their order, any part of which can be walked by itself. */
export interface SweepSets {
  readonly axes: readonly ParameterAxis[];
  /** Combinations of a grid, whether the condition lets them in or not; or sets to draw. */
  readonly size: number;
  /** Those numbered from `first` to before `end` that the condition lets in. */
  part(first: number, end: number): Iterable<GridSet>;
}

function* between(sets: Iterable<GridSet>, first: number, end: number): Generator<GridSet, void, undefined> {
  let number = 0;
  for (const set of sets) {
    if (number >= end) return;
    if (number >= first) yield set;
    number += 1;
  }
}

/** Throws `UsageError` for a space that is none. `fixed` are the parameters that stay, which the condition may name. */
export function setsOf({ grid, where, method, samples }: SweepSpace, fixed: ParameterValues, seed: number): SweepSets {
  const axes = parseAxes(grid);
  if (method === 'grid') {
    const combinations = new ParameterGrid(axes, where, fixed);
    return { axes, size: combinations.size, part: (first, end) => combinations.sets(first, Math.min(end, combinations.size)) };
  }
  const count = samples ?? 0;
  return { axes, size: count, part: (first, end) => between(sampleSets(axes, { method, count, seed, where, fixed }), first, end) };
}

/** Work on a part that is lost with its worker: some seconds of one core where every set is run bar by bar. */
const BAR_SETS_A_PART = 50_000_000;
const SETS_A_PART = { min: 100, max: 20_000 } as const;
const PARTS_MAX = 10_000;

/** How many sets a part has, so that a part is done in seconds and there are not too many of them. */
export function setsAPart(size: number, bars: number): number {
  const wanted = Math.floor(BAR_SETS_A_PART / Math.max(1, bars));
  const bounded = Math.min(SETS_A_PART.max, Math.max(SETS_A_PART.min, wanted));
  return Math.max(bounded, Math.ceil(size / PARTS_MAX));
}
