import type { Order } from '../orders/order.ts';
import { familyOf, headOf } from './families.ts';
import type { EngineState } from './state.ts';
import { openSuccessor } from './successor.ts';
import { change, emit, isOpen, setOrder, track, trackingOf, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';
import { endWithheld } from './withheld.ts';

/**
 * Want an order cancelled. Known to the broker: asked at once. Still in flight: the wish is kept, and asked as soon as the broker
 * acknowledges the order. An opening part that waited behind it is given up. Of a family all are cancelled, and the broker is asked of one;
 * of an order that is being replaced, whichever of the two there is in the end. While one of a family is being replaced, another is asked for all of them.
 */
export function requestCancel(turn: Turn, order: Order): void {
  if (!isOpen(order)) return;
  change(turn, { heldIntents: withoutEntry(turn.state.heldIntents, order.id) });
  const wanted = familyOf(turn.state, order).filter((member) => isOpen(member) && !trackingOf(turn.state, member.id).cancelWanted);
  if (wanted.length === 0) return;
  for (const member of wanted) track(turn, member.id, { cancelWanted: true });
  for (const member of wanted) {
    const successor = openSuccessor(turn.state, member.id);
    if (successor !== undefined) requestCancel(turn, successor);
  }
  if (endWithheld(turn, order)) return;
  const askable = wanted.flatMap(({ id }) => {
    const member = turn.state.orders.get(id);
    return member !== undefined && isAskable(turn.state, member) ? [member] : [];
  });
  const head = headOf(turn.state, order);
  const asked = askable.find(({ id }) => id === head?.id) ?? askable[0];
  if (asked !== undefined) sendCancel(turn, asked);
}

/** An open order that the broker knows and would cancel: one that is being replaced it would refuse. */
const isAskable = (state: EngineState, order: Order): order is Order & { readonly brokerOrderId: string } =>
  isOpen(order) &&
  order.brokerOrderId !== undefined &&
  !(order.state === 'pending_replace' && openSuccessor(state, order.id) !== undefined);

/** Ask the broker, where it would take it. One that is being replaced is asked when that has failed. */
export function sendCancel(turn: Turn, order: Order): void {
  if (!isAskable(turn.state, order)) return;
  // What nobody knows of an order stays unknown until the broker answers.
  if (order.state !== 'pending_cancel' && order.state !== 'unknown')
    setOrder(turn, { ...order, state: 'pending_cancel', updatedAt: turn.state.now });
  emit(turn, { kind: 'CancelOrder', orderId: order.id, brokerOrderId: order.brokerOrderId });
}

/**
 * Ask again for an order that the broker's list of open orders leaves out, where its cancel is wanted: a list may be behind, and the process that was to ask
 * may have died before it did. Of a family the first that can be asked stands for all.
 */
export function repeatCancel(turn: Turn, order: Order): void {
  if (!trackingOf(turn.state, order.id).cancelWanted) return;
  const family = familyOf(turn.state, order);
  const first = family.find((member) => isAskable(turn.state, member));
  if (first === undefined || first.id === order.id) sendCancel(turn, order);
}
