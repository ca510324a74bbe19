import type { SearchFindings } from '../backtests/selection.ts';
import type { RecordedSweep, RecordedWalkForward } from './study-record.ts';

interface Figure {
  readonly value: number | null;
  readonly reason?: string;
}

function pboOf(sweep: RecordedSweep | undefined): Figure {
  if (sweep?.summary === undefined) return { value: null, reason: 'no sweep of this search was run over the same bars' };
  const { overfitting } = sweep.summary;
  if (overfitting === undefined) return { value: null, reason: 'an earlier version ran the sweep, which kept no returns of its sets' };
  return 'reason' in overfitting ? { value: null, reason: overfitting.reason } : { value: overfitting.pbo };
}

function efficiencyOf(walk: RecordedWalkForward | undefined): Figure {
  if (walk?.summary === undefined) return { value: null, reason: 'no walk-forward of this search was run over the same bars' };
  const { efficiency } = walk.summary;
  return efficiency === null ? { value: null, reason: 'the chosen sets earned nothing in sample' } : { value: efficiency };
}

/** What a search's sweep and its walk-forward say of its choice; each figure, or why there is none. */
export function findingsOf(sweep: RecordedSweep | undefined, walk: RecordedWalkForward | undefined): SearchFindings {
  const [pbo, efficiency] = [pboOf(sweep), efficiencyOf(walk)];
  return {
    pbo: pbo.value,
    walkForwardEfficiency: efficiency.value,
    reasons: {
      ...(pbo.reason === undefined ? {} : { pbo: pbo.reason }),
      ...(efficiency.reason === undefined ? {} : { walkForwardEfficiency: efficiency.reason }),
    },
  };
}
