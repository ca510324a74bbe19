import type { BacktestStatistics } from '@tidemark/compute';
import type { Figure, TailRisk } from '@tidemark/compute/statistics';
import type { EquityPoint } from './equity-curve.ts';
import { histogramOf } from './histogram.ts';
import type { Bin } from './histogram.ts';

/** A tail needs five returns in it to mean anything. */
const VAR_95_RETURNS_MIN = 100;
const VAR_99_RETURNS_MIN = 500;
const BINS = 41;

/** One bar's return, and which bar it was. */
export interface DatedReturn {
  readonly time: string;
  readonly return: number;
}

export interface Distribution {
  /** `null` where nothing moves. */
  readonly skew: Figure;
  readonly excessKurtosis: Figure;
  readonly best: number;
  readonly worst: number;
  readonly bestBar: DatedReturn;
  readonly worstBar: DatedReturn;
  readonly positiveShare: Figure;
  /** `null` where there are too few returns. */
  readonly tail95: TailRisk | null;
  readonly tail99: TailRisk | null;
  readonly histogram: readonly Bin[];
}

/** `returns` are of the bars of `equity`, one each, and the figures are theirs. */
export function distributionOf(
  returns: Float64Array,
  equity: readonly EquityPoint[],
  { performance, tailRisk95, tailRisk99 }: BacktestStatistics,
): Distribution {
  const sorted = returns.toSorted();
  const { skew, excessKurtosis, positiveShare } = performance;
  const [worst = Number.NaN] = sorted;
  const best = sorted.at(-1) ?? Number.NaN;
  const dated = (value: number): DatedReturn => ({ time: equity[returns.indexOf(value)]?.time ?? '', return: value });
  return {
    skew,
    excessKurtosis,
    best,
    worst,
    bestBar: dated(best),
    worstBar: dated(worst),
    positiveShare,
    tail95: returns.length >= VAR_95_RETURNS_MIN ? tailRisk95 : null,
    tail99: returns.length >= VAR_99_RETURNS_MIN ? tailRisk99 : null,
    histogram: histogramOf(sorted, BINS),
  };
}
