import { CalendarRangeError, sessionOn } from '../instruments/calendar.ts';
import { formatInstant, instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { Timeframe } from './bar.ts';

const MINUTES: Record<Exclude<Timeframe, '1Day'>, number> = { '1Min': 1, '5Min': 5, '15Min': 15, '30Min': 30, '1Hour': 60 };
const DAY_MS = 86_400_000;

function closeOf(date: string): Instant | undefined {
  try {
    return sessionOn(date)?.closeAt;
  } catch (error) {
    if (error instanceof CalendarRangeError) return undefined;
    throw error;
  }
}

/** When a bar's last price is known: its interval's end; a daily bar's at the close of its session (the day's end where there is none). */
export function barEndsAt(timeframe: Timeframe, startAt: Instant): Instant {
  if (timeframe !== '1Day') return instantFromMs(startAt + MINUTES[timeframe] * 60_000);
  return closeOf(formatInstant(startAt).slice(0, 10)) ?? instantFromMs(startAt + DAY_MS);
}
