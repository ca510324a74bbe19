import { format } from '../money/fixed.ts';
import type { Order } from '../orders/order.ts';
import { evaluate } from '../risk/gate.ts';
import { requestCancel } from './cancel.ts';
import { announceDenial } from './intents.ts';
import { opposing } from './opposition.ts';
import { orderEnded } from './order-ended.ts';
import { riskContext } from './risk-context.ts';
import { change, emit, isOpen, raise, setOrder, trackingOf, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/**
 * An exit that could trade with open orders of the account: the broker would refuse it. They are cancelled, whosever they are, and the exit is approved and kept; it
 * is sent when they have ended.
 */
export function withhold(turn: Turn, exit: Order, inTheWay: readonly Order[]): void {
  change(turn, { withheld: withEntry(turn.state.withheld, exit.id, turn.state.now) });
  const others = inTheWay.map(({ id }) => id).join(', ');
  const detail = `It is sent when ${others} has ended: brokers refuse orders of one account that could trade with each other.`;
  raise(turn, 'OrderWaits', exit.id, 'info', `An exit of ${exit.intent.symbol} waits`, detail);
  for (const order of inTheWay) {
    if (!trackingOf(turn.state, order.id).cancelWanted) tellGivingWay(turn, order, exit);
    requestCancel(turn, order);
  }
}

function tellGivingWay(turn: Turn, { id, intent }: Order, exit: Order): void {
  const detail = `${exit.id} closes what is held; the ${intent.type} order ${id} of ${format(intent.quantity)} is cancelled, and is not sent again.`;
  raise(turn, 'OrderGaveWay', id, 'warning', `A resting order of ${intent.symbol} made way for an exit`, detail);
}

/** An order on the symbol has ended: exits that waited go now, if nothing else is in their way. The gate looks at them anew. */
export function releaseWithheld(turn: Turn, symbol: string): void {
  for (const id of turn.state.withheld.keys()) {
    // One that was denied has ended, and has let others go meanwhile.
    if (!turn.state.withheld.has(id)) continue;
    const order = turn.state.orders.get(id);
    if (order?.intent.symbol !== symbol || opposing(turn.state, order.intent).length > 0) continue;
    change(turn, { withheld: withoutEntry(turn.state.withheld, id) });
    send(turn, order);
  }
}

function send(turn: Turn, order: Order): void {
  const gate = evaluate(order.intent, riskContext(turn.state));
  const { now } = turn.state;
  if (gate.verdict === 'approved') {
    setOrder(turn, { ...order, intent: gate.order.intent, decision: gate.decision, sentAt: now, updatedAt: now });
    emit(turn, { kind: 'SubmitOrder', order: gate.order });
    return;
  }
  const denied: Order = { ...order, decision: gate.decision, state: 'denied', closedAt: now, updatedAt: now };
  setOrder(turn, denied);
  announceDenial(turn, denied);
  orderEnded(turn, denied);
}

/** Nobody wants it any more: it never left, and ends here. True where it was one that waited. */
export function endWithheld(turn: Turn, order: Order): boolean {
  if (!turn.state.withheld.has(order.id) || !isOpen(order)) return false;
  change(turn, { withheld: withoutEntry(turn.state.withheld, order.id) });
  const { now } = turn.state;
  const ended: Order = { ...order, state: 'canceled', closedAt: now, updatedAt: now };
  setOrder(turn, ended);
  orderEnded(turn, ended);
  return true;
}
