import type { Price, Quantity } from '../../money/fixed.ts';
import { abs, add, min, notional, priceOf, subtract, ZERO_QUANTITY } from '../../money/money.ts';
import type { AccountState } from './state.ts';
import type { VenueOrder, VenuePosition } from './types.ts';

const blend = (held: Quantity, average: Price, added: Quantity, at: Price): Price =>
  priceOf(add(notional(held, average), notional(added, at)), add(held, added));

/**
 * A position after a signed fill, at average cost: adding blends the average, reducing keeps it, and what crosses zero
 * begins anew at the fill's price. `undefined` when nothing is left.
 */
export function applyFill(symbol: string, position: VenuePosition | undefined, signed: Quantity, at: Price): VenuePosition | undefined {
  if (position === undefined) return { symbol, quantity: signed, averagePrice: at, dayAveragePrice: at };
  const quantity = add(position.quantity, signed);
  if (quantity === 0n) return undefined;
  if (position.quantity > 0n === signed > 0n) {
    return {
      symbol,
      quantity,
      averagePrice: blend(position.quantity, position.averagePrice, signed, at),
      dayAveragePrice: blend(position.quantity, position.dayAveragePrice, signed, at),
    };
  }
  const crossed = quantity > 0n === signed > 0n;
  return crossed ? { symbol, quantity, averagePrice: at, dayAveragePrice: at } : { ...position, quantity };
}

export const remaining = (order: VenueOrder): Quantity => subtract(order.quantity, order.filledQuantity);

export const heldQuantity = (account: AccountState, symbol: string): Quantity => account.positions.get(symbol)?.quantity ?? ZERO_QUANTITY;

/** How much of a position open closing orders have spoken for. Never more than the position. */
export function heldForOrders(account: AccountState, symbol: string, except?: string): Quantity {
  const size = abs(heldQuantity(account, symbol));
  let held = ZERO_QUANTITY;
  for (const order of account.open.values()) {
    if (order.symbol !== symbol || order.id === except) continue;
    if (order.positionIntent === 'sell_to_close' || order.positionIntent === 'buy_to_close') held = add(held, remaining(order));
  }
  return min(held, size);
}
