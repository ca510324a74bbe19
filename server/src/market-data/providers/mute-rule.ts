import { CalendarRangeError, sessionAt } from '../../instruments/calendar.ts';
import type { Instant } from '../../money/instant.ts';

/** In the core session one of several symbols trades or is quoted every few seconds; one alone may be illiquid. */
const SEVERAL_MS = 60_000;
const FEW_MS = 300_000;
const SEVERAL = 5;

/**
 * How long a market-data stream may be silent at a moment; `undefined` where silence is natural: outside of the core session, on a calendar that ends, and
 * where nothing was subscribed to.
 */
export function muteAfterMs(at: Instant, subscribed: number): number | undefined {
  if (subscribed === 0) return undefined;
  try {
    if (sessionAt(at) === undefined) return undefined;
    return subscribed >= SEVERAL ? SEVERAL_MS : FEW_MS;
  } catch (error) {
    if (error instanceof CalendarRangeError) return undefined;
    throw error;
  }
}
