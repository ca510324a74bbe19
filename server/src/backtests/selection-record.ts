import { returnsOf, varianceOf } from '@tidemark/compute';
import type { TrialMoments } from '@tidemark/compute';
import type { Statistics } from '@tidemark/compute/statistics';
import type { BacktestResult } from '@tidemark/compute/types';
import type { SearchFindings, SelectionRecord } from './selection.ts';

/** Of a run that came out of no search that is known. */
const NO_SEARCH: SearchFindings = {
  pbo: null,
  walkForwardEfficiency: null,
  reasons: { pbo: 'no sweep was cross-validated', walkForwardEfficiency: 'no walk-forward was run' },
};
const NO_RATIO = 'its returns do not move, or the account was lost';

/** How far a run can be believed by everything that was tried on its bars until now, itself included. Told once, with the result: the same run keeps the same words. */
export function selectionOf(
  result: BacktestResult,
  trials: TrialMoments,
  statistics: Statistics,
  search: SearchFindings = NO_SEARCH,
): SelectionRecord {
  const common = {
    format: 1 as const,
    dataHash: result.data.hash,
    strategyVersion: result.strategy.version,
    trials: trials.sets,
    ...search,
  };
  const returns = returnsOf(result);
  const sample = returns === undefined || returns.length === 0 ? null : statistics.sharpeSample(returns);
  if (sample === null) {
    const none = { psr: NO_RATIO, dsr: NO_RATIO, trackRecordMin: NO_RATIO };
    return {
      ...common,
      psr: null,
      dsr: null,
      trackRecordMin: null,
      reasons: { ...search.reasons, ...none },
    };
  }
  return {
    ...common,
    psr: statistics.probabilisticSharpe(sample),
    dsr: statistics.deflatedSharpe(sample, varianceOf(trials), trials.sets),
    trackRecordMin: statistics.trackRecordMin(sample),
  };
}
