import type { Denial } from '../../orders/order.ts';
import type { Control } from '../control-input.ts';
import { countDenial, msDenial } from './denial.ts';

/** Unresolved orders that deny: one on the symbol, three on the account, or one for longer than this. */
const OF_ACCOUNT_MAX = 2;
export const UNKNOWN_MS_MAX = 30_000;

/** Orders whose outcome nobody knows: each may have filled. */
export const unknownOutcome: Control = ({ isEntry, intent }, { openOrders, limits, now }) => {
  if (!isEntry || limits.unchecked === true) return [];
  const unknown = openOrders.filter((open) => open.unknownSince !== undefined && open.id !== intent.id);
  const ofSymbol = unknown.filter((open) => open.intent.symbol === intent.symbol).length;
  const oldest = Math.max(0, ...unknown.map((open) => now - (open.unknownSince ?? now)));
  const denials: Denial[] = [];
  if (ofSymbol > 0) denials.push(countDenial('UnknownOutcome', `Orders in ${intent.symbol} with an unknown outcome:`, 0, ofSymbol));
  if (unknown.length > OF_ACCOUNT_MAX)
    denials.push(countDenial('UnknownOutcome', 'Orders with an unknown outcome:', OF_ACCOUNT_MAX, unknown.length));
  if (oldest > UNKNOWN_MS_MAX)
    denials.push(msDenial('UnknownOutcome', 'The outcome of an order has been unknown for', UNKNOWN_MS_MAX, oldest));
  return denials;
};
