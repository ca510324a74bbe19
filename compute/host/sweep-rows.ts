import { SET_FIELDS, SET_STATE } from './sweep-runner.ts';

/** Figures of a set that was run. */
export interface SetRow {
  readonly totalReturn: number;
  readonly sharpe: number | null;
  /** Negative or zero. */
  readonly maxDrawdown: number;
  readonly orders: number;
  readonly trades: number;
}

/** The figures of the set at this place, out of rows of `SET_FIELDS` numbers; `undefined` where the strategy's own rule refused it. */
export function setRowAt(figures: Float64Array, index: number): SetRow | undefined {
  const at = index * SET_FIELDS;
  const [state, totalReturn = Number.NaN, sharpe = Number.NaN, maxDrawdown = Number.NaN, orders = 0, trades = 0] = figures.subarray(
    at,
    at + SET_FIELDS,
  );
  if (state === SET_STATE.refused) return undefined;
  return { totalReturn, sharpe: Number.isNaN(sharpe) ? null : sharpe, maxDrawdown, orders, trades };
}

/** How many of these sets the strategy refused. */
export function refusedIn(figures: Float64Array): number {
  let refused = 0;
  for (let at = 0; at < figures.length; at += SET_FIELDS) refused += Number(figures[at] === SET_STATE.refused);
  return refused;
}
