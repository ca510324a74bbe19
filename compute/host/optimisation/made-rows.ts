import type { GridSet } from '../parameter-grid.ts';
import { SET_FIELDS, SET_STATE } from '../sweep-runner.ts';
import { SweepChunk } from '../sweep.ts';

/** For tests: a result of a set, or `undefined` for one that the strategy refuses. */
export type MadeRow = readonly [totalReturn: number, sharpe: number, maxDrawdown: number, orders: number, trades: number] | undefined;

/** For tests: a chunk as a sweep gives it. */
export function chunkOf(sets: readonly GridSet[], rowOf: (set: GridSet) => MadeRow): SweepChunk {
  const figures = new Float64Array(sets.length * SET_FIELDS);
  for (const [index, set] of sets.entries()) {
    const row = rowOf(set);
    const fields =
      row === undefined ? [SET_STATE.refused, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN] : [SET_STATE.done, ...row];
    figures.set(fields, index * SET_FIELDS);
  }
  return new SweepChunk(sets, figures);
}
