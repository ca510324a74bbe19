import type { Quantity } from '../money/fixed.ts';
import { add, ZERO_QUANTITY } from '../money/money.ts';
import type { Order } from '../orders/order.ts';
import type { EngineState } from './state.ts';

/**
 * What all orders before it in the chain have filled: part of the quantity of the one that took their place. Where the one before is of an earlier session, and
 * forgotten, what the order itself remembers of it.
 */
export function carriedInto(
  state: EngineState,
  { intent, carriedQuantity = ZERO_QUANTITY }: Pick<Order, 'intent' | 'carriedQuantity'>,
): Quantity {
  const before = intent.replaces === undefined ? undefined : state.orders.get(intent.replaces);
  return before === undefined ? carriedQuantity : add(before.filledQuantity, carriedInto(state, before));
}
