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
const NO_SPREAD = 'no two of the trials have a ratio that tells how such ratios scatter';
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
  // One trial alone needs no deflation; of more of them the spread must be known, or nothing would be deflated.
  const isKnown = trials.sets <= 1 || trials.sharpes >= 2;
  return {
    ...common,
    psr: statistics.probabilisticSharpe(sample),
    dsr: isKnown ? statistics.deflatedSharpe(sample, varianceOf(trials), trials.sets) : null,
    reasons: isKnown ? search.reasons : { ...search.reasons, dsr: NO_SPREAD },
    trackRecordMin: statistics.trackRecordMin(sample),
  };
}
