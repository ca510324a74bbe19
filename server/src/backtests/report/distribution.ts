import type { EquityPoint } from './equity-curve.ts';
import { histogramOf, shapeOf, tailRiskOf } from './moments.ts';
import type { Bin, TailRisk } from './moments.ts';

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
  readonly skew: number;
  readonly excessKurtosis: number;
  readonly best: number;
  readonly worst: number;
  readonly bestBar: DatedReturn;
  readonly worstBar: DatedReturn;
  readonly positiveShare: number;
  /** `null` where there are too few returns. */
  readonly tail95: TailRisk | null;
  readonly tail99: TailRisk | null;
  readonly histogram: readonly Bin[];
}

/** `returns` are of the bars of `equity`, one each. */
export function distributionOf(returns: Float64Array, equity: readonly EquityPoint[]): Distribution {
  const sorted = returns.toSorted();
  const { skew, excessKurtosis } = shapeOf(returns);
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
    positiveShare: returns.filter((value) => value > 0).length / returns.length,
    tail95: returns.length >= VAR_95_RETURNS_MIN ? tailRiskOf(sorted, 0.95) : null,
    tail99: returns.length >= VAR_99_RETURNS_MIN ? tailRiskOf(sorted, 0.99) : null,
    histogram: histogramOf(sorted, BINS),
  };
}
