import type { Instant } from '../../money/instant.ts';

const ZONE = 'America/New_York';
const MINUTES_PER_HOUR = 60;

/** Minutes since midnight in New York, with fractions. */
export function newYorkMinutes(at: Instant): number {
  const { hour, minute, second, millisecond } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE);
  return hour * MINUTES_PER_HOUR + minute + (second + millisecond / 1000) / MINUTES_PER_HOUR;
}

/** The New York date of an instant, `YYYY-MM-DD`. */
export const newYorkDate = (at: Instant): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE).toPlainDate().toString();
