import type { Desk } from './desk.ts';
import { listingOf } from './listing.ts';
import type { AccountState, ExchangeState, Phase } from './state.ts';
import type { NewOrder, VenueOrder } from './types.ts';

/** Whether an order that is not yet in the book would be traded in the hours that run now, instead of being queued. */
export function isLive(desk: Desk, account: AccountState, order: Pick<NewOrder, 'symbol' | 'extendedHours' | 'type'>): boolean {
  const { phase } = desk.state;
  if (phase === 'core') return true;
  if (phase === 'closed' || order.extendedHours !== true || order.type !== 'limit') return false;
  return phase !== 'overnight' || tradesOvernight(desk, account, order.symbol);
}

function tradesOvernight(desk: Desk, account: AccountState, symbol: string): boolean {
  const listing = listingOf(desk.state, desk.options, symbol);
  return listing !== undefined && listing.overnightTradable && !listing.overnightHalted && !account.settings.disableOvernight;
}

/** Whether an open order meets the prices of the hours that run now. */
export const takesPart = (desk: Desk, account: AccountState, order: VenueOrder): boolean =>
  !desk.state.halts.has(order.symbol) && isLive(desk, account, order);

/** Any hours in which something is traded. */
export const isTrading = ({ phase }: ExchangeState): boolean => phase !== 'closed';

/** Hours beside the regular session. */
export const isExtended = (phase: Phase): boolean => phase === 'pre' || phase === 'post' || phase === 'overnight';
