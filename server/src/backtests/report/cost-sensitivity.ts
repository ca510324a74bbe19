import type { BacktestResult } from '@tidemark/compute/types';
import { tradedValueOf } from './baselines/stretches.ts';

/** Added to the cost of each fill, in basis points of its value. */
export const EXTRA_BPS = [5, 10, 25] as const;
const BPS = 10_000;

/** The run with every fill dearer. */
export interface DearerRun {
  readonly extraBps: number;
  readonly totalReturn: number;
  /** `null` where it was not run again, or has none. */
  readonly sharpe: number | null;
}

export interface CostSensitivity {
  /** `run again`: by the strategy itself, over the same bars. `from the fees`: the same fills, each dearer. */
  readonly basis: 'run again' | 'from the fees';
  readonly steps: readonly DearerRun[];
  /** Extra cost of each fill that takes the whole profit, from the fills of the run; `null` without a profit or a fill. */
  readonly breakEvenBps: number | null;
}

/** `undefined` where nothing was traded. */
export function costSensitivityOf(result: BacktestResult, reruns: readonly DearerRun[] | undefined): CostSensitivity | undefined {
  const traded = tradedValueOf(result);
  if (!(traded > 0)) return undefined;
  const { cash } = result.options;
  const net = result.metrics.finalEquity - cash;
  const fromFees = EXTRA_BPS.map((extraBps) => ({ extraBps, totalReturn: (net - (traded * extraBps) / BPS) / cash, sharpe: null }));
  return {
    basis: reruns === undefined ? 'from the fees' : 'run again',
    steps: reruns ?? fromFees,
    breakEvenBps: net > 0 ? (net / traded) * BPS : null,
  };
}
