import type { AccountState } from './state.ts';
import type { VenueOrder } from './types.ts';

/** A copy: re-priced orders join the book while it is gone through. */
export const openIn = (account: AccountState, symbol: string): readonly VenueOrder[] =>
  [...account.open.values()].filter((order) => order.symbol === symbol);
