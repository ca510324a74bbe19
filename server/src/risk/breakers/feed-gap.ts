import { formatDuration } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Limits } from '../limits.ts';
import { isUnlimited } from '../limits.ts';
import { CALM } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** Time without a bar of a liquid symbol, in intervals of its timeframe; exactly at the limit passes. */
export function feedGap(lastAt: Instant, now: Instant, intervalMs: number, { feedGapIntervalsMax: limit }: Limits): Verdict {
  if (isUnlimited(limit) || now - lastAt <= limit * intervalMs) return CALM;
  return {
    effect: 'entries-off',
    because: `No bar has come for ${formatDuration(now - lastAt)}, with one due every ${formatDuration(intervalMs)}; the limit is ${limit} intervals.`,
  };
}
