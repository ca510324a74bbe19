import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';

const ZONE = 'America/New_York';
export type Range = 'D1' | 'W1' | 'M1' | 'M3' | 'YTD' | 'Y1' | 'ALL';

const SPANS: Record<Exclude<Range, 'YTD' | 'ALL'>, Temporal.DurationLike> = {
  D1: { days: 1 },
  W1: { weeks: 1 },
  M1: { months: 1 },
  M3: { months: 3 },
  Y1: { years: 1 },
};

/** The instant at which a range of the equity chart begins, by New York's calendar; `undefined` for all of it. */
export function rangeStart(range: Range, now: Instant): Instant | undefined {
  if (range === 'ALL') return undefined;
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(ZONE);
  const start = range === 'YTD' ? local.with({ month: 1, day: 1 }).startOfDay() : local.subtract(SPANS[range]);
  return instantFromMs(start.epochMilliseconds);
}
