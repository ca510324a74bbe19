import { momentsOf, namedSet, SET_FIELDS, setRowAt } from '@tidemark/compute';
import type { GridSet, ParameterAxis, TrialMoments } from '@tidemark/compute';
import type { RankedSet } from './study-record.ts';

/** Sharpe ratios of one bar of the sets that were run; `periodsPerYear` is what they were annualised with. */
export function sharpesIn(figures: Float64Array, periodsPerYear: number): TrialMoments {
  const rows = Array.from({ length: figures.length / SET_FIELDS }, (_, index) => setRowAt(figures, index));
  const ratios = rows.flatMap((row) => (row === undefined ? [] : [row.sharpe === null ? null : row.sharpe / Math.sqrt(periodsPerYear)]));
  return momentsOf(ratios);
}

/** The sets with the highest Sharpe ratios, the earlier of two equal ones first. Those without a ratio come last. */
export function openRanking(axes: readonly ParameterAxis[], most: number) {
  const best: (RankedSet & { readonly rank: number })[] = [];
  return {
    add: (sets: Iterable<GridSet>, figures: Float64Array): void => {
      let index = 0;
      for (const set of sets) {
        const row = setRowAt(figures, index);
        index += 1;
        if (row === undefined) continue;
        const rank = row.sharpe ?? Number.NEGATIVE_INFINITY;
        const last = best.at(-1);
        if (best.length === most && last !== undefined && last.rank >= rank) continue;
        const place = best.findIndex((each) => each.rank < rank);
        best.splice(place < 0 ? best.length : place, 0, { parameters: namedSet(axes, set), ...row, rank });
        if (best.length > most) best.pop();
      }
      if (index * SET_FIELDS !== figures.length) throw new Error('Invariant: a part of a sweep has figures for each of its sets');
    },
    best: (): readonly RankedSet[] => best.map(({ rank: _rank, ...set }) => set),
  };
}
