import { lastTradingSession } from '../../instruments/option-contract.ts';
import { price, priceFromNumber, toNumber } from '../../money/fixed.ts';
import type { Price } from '../../money/fixed.ts';

/** Expirations on the next Fridays, and on third Fridays of the months after them. */
const WEEKLY = 6;
const MONTHLY = 6;
const FRIDAY = 5;
/** Strikes listed on each side of the last close. */
const STRIKES_EACH_SIDE = 15;
/** Every strike is a multiple of this, so that a contract stays one when its underlying has moved away. */
export const STRIKE_GRID = price('0.5');

/** Dollars between neighbouring strikes, by the price of the underlying: at least this price. */
const STEPS: readonly (readonly [from: number, step: number])[] = [
  [1_000, 25],
  [500, 10],
  [200, 5],
  [50, 2.5],
  [25, 1],
  [0, 0.5],
];

const fridayOnOrAfter = (date: Temporal.PlainDate): Temporal.PlainDate => date.add({ days: (FRIDAY - date.dayOfWeek + 7) % 7 });
const thirdFriday = (month: Temporal.PlainDate): Temporal.PlainDate => fridayOnOrAfter(month.with({ day: 1 })).add({ days: 14 });

/** The trading day that stands for a Friday: itself, or the session before a holiday. */
const expirationOf = (friday: Temporal.PlainDate): string => lastTradingSession(String(friday)).date;

/** Dates on which options expire that are listed on a date, in order. */
export function expirationsOn(date: string): readonly string[] {
  const today = Temporal.PlainDate.from(date);
  const first = fridayOnOrAfter(today);
  const weekly = Array.from({ length: WEEKLY }, (_, week) => expirationOf(first.add({ weeks: week })));
  const monthly = Array.from({ length: MONTHLY }, (_, month) => expirationOf(thirdFriday(today.add({ months: month }))));
  return [...new Set([...weekly, ...monthly])].filter((expiresOn) => expiresOn >= date).sort();
}

/** Whether options may expire on the date: it stands for the Friday of its week. */
export const isListedExpiration = (date: string): boolean => expirationOf(fridayOnOrAfter(Temporal.PlainDate.from(date))) === date;

/** Strikes around a price, in order. */
export function strikesAround(close: Price): readonly Price[] {
  const at = toNumber(close);
  const step = STEPS.find(([from]) => at >= from)?.[1] ?? 0.5;
  const centre = Math.round(at / step);
  const strikes: Price[] = [];
  for (let nth = centre - STRIKES_EACH_SIDE; nth <= centre + STRIKES_EACH_SIDE; nth++) {
    if (nth > 0) strikes.push(priceFromNumber(nth * step));
  }
  return strikes;
}
