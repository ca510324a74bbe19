import { returnsOf } from '@tidemark/compute';
import type { Statistics } from '@tidemark/compute/statistics';
import type { BacktestResult } from '@tidemark/compute/types';
import { isRuined } from './report/equity-curve.ts';
import { SAMPLE_MIN } from './report/headline.ts';
import { resampledEquityOf } from './report/resampled-equity.ts';
import type { ResampledOutcome } from './report/resampled-equity.ts';

/** The returns of a run's bars, and why no statistics can be made of them. */
export interface MeasuredReturns {
  /** `undefined` after a ruin. */
  readonly returns: Float64Array | undefined;
  readonly ruined: boolean;
  /** `undefined` where they can be measured. */
  readonly unmeasurable: string | undefined;
}

export function measuredReturns(result: Pick<BacktestResult, 'equity' | 'options'>): MeasuredReturns {
  const ruined = isRuined(result.equity);
  const few = result.equity.length < SAMPLE_MIN ? `fewer than ${SAMPLE_MIN} returns` : undefined;
  return { returns: ruined ? undefined : returnsOf(result), ruined, unmeasurable: ruined ? 'equity reached zero' : few };
}

/** Accounts that draw a run's returns anew: the same for its report and its page. */
export const resampledRun = (
  { options }: Pick<BacktestResult, 'options'>,
  own: MeasuredReturns,
  statistics: Statistics,
): ResampledOutcome => resampledEquityOf(own.returns, options.seed, own.unmeasurable, statistics);

/** Where the run stands at a bar, and what so many of the accounts stay below; in dollars, at the bar's close. */
export interface RunConePoint {
  readonly time: string;
  readonly equity: number;
  /** One for each of the cone's shares. */
  readonly levels: readonly number[];
}

export interface RunCone {
  /** Why there is none; then everything else is empty. */
  readonly reason: string | undefined;
  readonly paths: number;
  /** Mean length of the blocks, in bars. */
  readonly blockLength: number | undefined;
  readonly seed: number | undefined;
  /** Part of the accounts that end below the run's cash. */
  readonly lossShare: number | undefined;
  /** From 0 to 1, rising. */
  readonly shares: readonly number[];
  readonly points: readonly RunConePoint[];
}

/** A run's cone with the run itself among the accounts. Up to 50 million bars are drawn: a second or so. */
export function runConeOf(result: Pick<BacktestResult, 'equity' | 'options'>, statistics: Statistics): RunCone {
  const { equity, options } = result;
  const cone = resampledRun(result, measuredReturns(result), statistics);
  if ('reason' in cone) {
    return { reason: cone.reason, paths: 0, blockLength: undefined, seed: undefined, lossShare: undefined, shares: [], points: [] };
  }
  const { paths, blockLength, seed, lossShare, shares } = cone;
  const points = cone.points.map(({ bar, wealth }): RunConePoint => {
    const own = equity[bar - 1];
    if (own === undefined) throw new Error(`Invariant: the cone of a run of ${equity.length} bars has no bar ${bar}`);
    return { time: own.time, equity: own.equity, levels: wealth.map((each) => each * options.cash) };
  });
  return { reason: undefined, paths, blockLength, seed, lossShare, shares, points };
}
