import type { Order } from '../orders/order.ts';
import type { EngineState } from './state.ts';
import { isOpen } from './turn.ts';

/** The open order that is to take this one's place. */
export function openSuccessor(state: EngineState, orderId: string): Order | undefined {
  for (const order of state.orders.values()) if (order.intent.replaces === orderId && isOpen(order)) return order;
  return undefined;
}
