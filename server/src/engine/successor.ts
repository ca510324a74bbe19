import type { Order, OrderState } from '../orders/order.ts';
import type { EngineState } from './state.ts';
import { isOpen } from './turn.ts';

/** The open order that is to take this one's place. */
export function openSuccessor(state: EngineState, orderId: string): Order | undefined {
  for (const order of state.orders.values()) if (order.intent.replaces === orderId && isOpen(order)) return order;
  return undefined;
}

/** States of an order that is at the market, or has left it for another or for good. */
const TOOK_PLACE: ReadonlySet<OrderState> = new Set(['working', 'partially_filled', 'pending_replace', 'filled', 'replaced']);

/** Whether an order has the place that it wanted, or had it: the one before it is gone, whether its end has been heard of or not. */
export const hasTakenPlace = ({ intent, state }: Order): boolean => intent.replaces !== undefined && TOOK_PLACE.has(state);
