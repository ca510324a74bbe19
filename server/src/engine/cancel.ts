import type { Order } from '../orders/order.ts';
import { change, emit, isOpen, setOrder, track, trackingOf, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/**
 * Want an order cancelled. Known to the broker: asked at once. Still in flight: the wish is kept, and asked as soon as the broker
 * acknowledges the order. An opening part that waited behind it is given up.
 */
export function requestCancel(turn: Turn, order: Order): void {
  if (!isOpen(order)) return;
  change(turn, { heldIntents: withoutEntry(turn.state.heldIntents, order.id) });
  if (trackingOf(turn.state, order.id).cancelWanted) return;
  track(turn, order.id, { cancelWanted: true });
  sendCancel(turn, order);
}

/** Ask the broker, where it knows the order. */
export function sendCancel(turn: Turn, order: Order): void {
  if (order.brokerOrderId === undefined || !isOpen(order)) return;
  if (order.state !== 'pending_cancel') setOrder(turn, { ...order, state: 'pending_cancel', updatedAt: turn.state.now });
  emit(turn, { kind: 'CancelOrder', orderId: order.id, brokerOrderId: order.brokerOrderId });
}
