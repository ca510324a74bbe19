import { formatDuration } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Limits } from '../limits.ts';
import { CALM } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** From here on a person has to know. */
export const DISCONNECTED_ALERT_MS = 30_000;

/** Time without the stream of order updates; exactly at the limit trips. */
export function disconnected(since: Instant | undefined, now: Instant, { disconnectedMsMax: limit }: Limits): Verdict {
  if (since === undefined || now - since < limit) return CALM;
  return {
    effect: 'entries-off',
    because: `The stream of order updates has been down for ${formatDuration(now - since)}; the limit is ${formatDuration(limit)}.`,
  };
}
