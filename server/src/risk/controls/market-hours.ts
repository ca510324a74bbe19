import type { Denial, TimeInForce } from '../../orders/order.ts';
import type { Control } from '../control-input.ts';
import { msDenial, textDenial } from './denial.ts';

/** The first and the last moments of a session: spreads are wide, and prices jump. */
export const EDGE_MS = 120_000;

/** Orders that a broker holds for the next opening, where they do not ask for extended hours. */
const HELD_UNTIL_OPEN: ReadonlySet<TimeInForce> = new Set(['day', 'gtc', 'opg']);

const deny = (message: string, limit: string, actual: string): readonly Denial[] => [textDenial('MarketHours', message, limit, actual)];

/**
 * A position is opened in the regular session, not in its first and last 2 minutes, and not in a halt. Outside of it an order may wait for the
 * next opening, as strategies on daily bars decide after the close. Crypto trades around the clock.
 */
export const marketHours: Control = ({ isEntry, intent, instrument, follows }, { limits, marketOpen, session, halted, now }) => {
  if (!isEntry || limits.unchecked === true || instrument?.assetClass === 'crypto') return [];
  const { symbol, timeInForce, extendedHours } = intent;
  const stopped = [symbol, follows].find((name) => halted.has(name));
  if (stopped !== undefined) return deny(`Trading in ${stopped} is halted.`, 'not halted', 'halted');
  if (!marketOpen) {
    if (session !== undefined) return deny('The market is closed in its regular hours.', 'open', 'halted');
    if (extendedHours === true)
      return deny('An order for extended hours would fill outside of the session.', 'regular hours', 'extended hours');
    if (HELD_UNTIL_OPEN.has(timeInForce)) return [];
    return deny(`A ${timeInForce} order cannot wait for the next opening.`, [...HELD_UNTIL_OPEN].join(', '), timeInForce);
  }
  if (session === undefined) return deny('The hours of this session are not known.', 'a session of the calendar', 'unknown');
  const sinceOpen = now - session.openAt;
  const untilClose = session.closeAt - now;
  if (sinceOpen < EDGE_MS) return [msDenial('MarketHours', 'The session has been open for', EDGE_MS, sinceOpen)];
  return untilClose < EDGE_MS ? [msDenial('MarketHours', 'The session closes in', EDGE_MS, untilClose)] : [];
};
