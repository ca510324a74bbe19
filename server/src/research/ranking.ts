import { SET_FIELDS, SET_STATE } from '@tidemark/compute';
import type { GridSet, ParameterAxis } from '@tidemark/compute';
import type { ParameterValues } from '@tidemark/compute/types';
import { momentsOf } from '../trials/moments.ts';
import type { TrialMoments } from '../trials/moments.ts';
import type { RankedSet } from './study-record.ts';

const rowAt = (figures: Float64Array, index: number): Float64Array => figures.subarray(index * SET_FIELDS, (index + 1) * SET_FIELDS);

/** How many of these sets the strategy refused. */
export function refusedIn(figures: Float64Array): number {
  let refused = 0;
  for (let at = 0; at < figures.length; at += SET_FIELDS) refused += Number(figures[at] === SET_STATE.refused);
  return refused;
}

/** Sharpe ratios of one bar of the sets that were run; `periodsPerYear` is what they were annualised with. */
export function sharpesIn(figures: Float64Array, periodsPerYear: number): TrialMoments {
  const ratios: (number | null)[] = [];
  for (let index = 0; index * SET_FIELDS < figures.length; index += 1) {
    const [state, , sharpe = Number.NaN] = rowAt(figures, index);
    if (state === SET_STATE.refused) continue;
    ratios.push(Number.isNaN(sharpe) ? null : sharpe / Math.sqrt(periodsPerYear));
  }
  return momentsOf(ratios);
}

/** The sets with the highest Sharpe ratios, the earlier of two equal ones first. Those without a ratio come last. */
export function openRanking(axes: readonly ParameterAxis[], most: number) {
  const best: (RankedSet & { readonly rank: number })[] = [];
  const named = (set: GridSet): ParameterValues => Object.fromEntries(axes.map(({ name }, axis) => [name, set[axis] ?? Number.NaN]));
  return {
    add: (sets: Iterable<GridSet>, figures: Float64Array): void => {
      let index = 0;
      for (const set of sets) {
        const [state, totalReturn = Number.NaN, sharpe = Number.NaN, maxDrawdown = Number.NaN, orders = 0, trades = 0] = rowAt(
          figures,
          index,
        );
        index += 1;
        if (state === SET_STATE.refused) continue;
        const rank = Number.isNaN(sharpe) ? Number.NEGATIVE_INFINITY : sharpe;
        const last = best.at(-1);
        if (best.length === most && last !== undefined && last.rank >= rank) continue;
        const place = best.findIndex((each) => each.rank < rank);
        const found = {
          parameters: named(set),
          totalReturn,
          sharpe: Number.isNaN(sharpe) ? null : sharpe,
          maxDrawdown,
          orders,
          trades,
          rank,
        };
        best.splice(place < 0 ? best.length : place, 0, found);
        if (best.length > most) best.pop();
      }
      if (index * SET_FIELDS !== figures.length) throw new Error('Invariant: a part of a sweep has figures for each of its sets');
    },
    best: (): readonly RankedSet[] => best.map(({ rank: _rank, ...set }) => set),
  };
}
