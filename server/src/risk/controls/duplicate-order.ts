import { within } from '../activity.ts';
import type { Control } from '../control-input.ts';
import { msDenial } from './denial.ts';

/** An order that equals another is taken for a mistake for so long. */
export const DUPLICATE_MS = 5_000;

/** An approved order of the same symbol, side, quantity and prices a moment ago. Exits are bounded by what is held. */
export const duplicateOrder: Control = ({ isEntry, intent }, { limits, activity, now }) => {
  if (!isEntry || limits.unchecked === true) return [];
  const { symbol, side, quantity, limitPrice, stopPrice } = intent;
  const twin = activity.requests.findLast(
    (request) =>
      request.approved &&
      request.symbol === symbol &&
      request.side === side &&
      request.quantity === quantity &&
      request.limitPrice === limitPrice &&
      request.stopPrice === stopPrice &&
      within(request.at, now, DUPLICATE_MS),
  );
  return twin === undefined ? [] : [msDenial('DuplicateOrder', 'An equal order was sent before, by', DUPLICATE_MS, now - twin.at)];
};
