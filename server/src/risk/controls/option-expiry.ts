import { CalendarRangeError, newYorkDate, nextOpenAt } from '../../instruments/calendar.ts';
import { lastTradingSession } from '../../instruments/option-contract.ts';
import type { Instant } from '../../money/instant.ts';
import type { Control } from '../control-input.ts';
import { textDenial, UNKNOWN } from './denial.ts';

/** New York date of the session in which an order of now would trade; `undefined` where the calendar does not reach. */
function tradesOn(now: Instant, marketOpen: boolean): string | undefined {
  try {
    return newYorkDate(marketOpen ? now : nextOpenAt(now));
  } catch (error) {
    if (error instanceof CalendarRangeError) return undefined;
    throw error;
  }
}

/**
 * Nothing is opened in a contract's last session or after it: the day of expiry, or the session before it where that is a holiday. An order of a closed market
 * counts for the session that it waits for.
 */
export const optionExpiry: Control = ({ isEntry, intent: { symbol } }, { options, limits, now, marketOpen }) => {
  const contract = options?.contracts.get(symbol);
  if (!isEntry || limits.unchecked === true || contract === undefined) return [];
  const { date: last } = lastTradingSession(contract.expiresOn);
  const trades = tradesOn(now, marketOpen);
  if (trades !== undefined && trades < last) return [];
  const when = trades === undefined ? 'The session of the order is not known' : `The order would trade on ${trades}`;
  return [textDenial('OptionExpiry', `${when}, and ${symbol} trades last on ${last}.`, `before ${last}`, trades ?? UNKNOWN)];
};
