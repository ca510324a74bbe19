import { coneOf } from '@tidemark/compute/optimisation';
import type { Cone } from '@tidemark/compute/optimisation';
import type { Statistics } from '@tidemark/compute/statistics';

/** How many accounts; fewer where bars × accounts would pass the budget. */
const PATHS = 1_000;
const PATHS_MIN = 100;
const STEPS_MAX = 5e7;
const POINTS = 100;

/** How many accounts draw so many returns. */
export const pathsFor = (returns: number): number => Math.max(PATHS_MIN, Math.min(PATHS, Math.floor(STEPS_MAX / returns)));

/** Mean length of the blocks in bars: the cube root of their number, as a bootstrap takes it where nothing is said. */
export const blockLengthFor = (returns: number): number => Math.max(1, Math.round(Math.cbrt(returns)));

/** Where accounts stand over time that draw the run's own returns anew, as multiples of its cash. */
export interface ResampledEquity extends Cone {
  /** See {@link blockLengthFor}. */
  readonly blockLength: number;
}

/** Or the reason why there are none. */
export type ResampledOutcome = ResampledEquity | { readonly reason: string };

/**
 * The cone of the stationary bootstrap (Politis and Romano, 1994) over as many bars as the run has: what chance alone makes of returns like these, in
 * another order and another choice. Drawn by Philox from the run's seed, so that the same run has the same cone. `unmeasurable` says why the returns
 * cannot carry one.
 */
export function resampledEquityOf(
  returns: Float64Array | undefined,
  seed: number,
  unmeasurable: string | undefined,
  statistics: Pick<Statistics, 'resample'>,
): ResampledOutcome {
  if (returns === undefined || unmeasurable !== undefined) return { reason: unmeasurable ?? 'there are no returns' };
  if (returns.every((each) => each === 0)) return { reason: 'equity never moved' };
  const paths = pathsFor(returns.length);
  const blockLength = blockLengthFor(returns.length);
  return { ...coneOf(returns, { seed, paths, blockLength, points: POINTS, method: 'stationary' }, statistics), blockLength };
}
