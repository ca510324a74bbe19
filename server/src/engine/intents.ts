import { format } from '../money/fixed.ts';
import type { Quantity } from '../money/fixed.ts';
import { abs, subtract, ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import type { Order, OrderIntent } from '../orders/order.ts';
import { sameSign } from '../positions/average-cost.ts';
import { withRequest } from '../risk/activity.ts';
import { evaluate } from '../risk/gate.ts';
import type { GateResult } from '../risk/gate.ts';
import { collaredIntent } from '../risk/order-preview.ts';
import { foundFamily } from './families.ts';
import { notePeaks } from './limit-peaks.ts';
import { opposing } from './opposition.ts';
import { recommend, modeOf, withheldFrom } from './recommending.ts';
import { riskContext } from './risk-context.ts';
import { watchDenial } from './strategy-watch.ts';
import { change, emit, raise, setOrder, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';
import { withhold } from './withheld.ts';

/** An order that crosses zero, cut where it does: the broker takes the closing part first, and the opening part only after it has filled. */
export interface SplitIntent {
  readonly now: OrderIntent;
  readonly afterwards: OrderIntent | undefined;
}

/** Cut an intent at zero of the account's position. The opening part is named after the whole. */
export function splitAtZero(intent: OrderIntent, held: Quantity): SplitIntent {
  const signed = intent.side === 'buy' ? intent.quantity : -intent.quantity;
  const closable = abs(held);
  if (held === 0n || sameSign(held, signed) || intent.quantity <= closable || intent.reduceOnly)
    return { now: intent, afterwards: undefined };
  // What closes has nothing to protect: the exits belong to what opens.
  const { takeProfit: _profit, stopLoss: _loss, protectiveStop: _stop, orderClass: _class, ...plain } = intent;
  return {
    now: { ...plain, quantity: closable },
    afterwards: { ...intent, id: `${intent.id}-open`, quantity: subtract(intent.quantity, closable) },
  };
}

/**
 * The only way to the broker: split, collar, gate. An id that was used before is refused: one intent, one order. What the gate would let through and the
 * strategy may not send by itself is recommended to a person, or, in shadow, left.
 */
export function submitIntent(turn: Turn, wanted: OrderIntent): void {
  const { orders, recommendations } = turn.state;
  if (orders.has(wanted.id) || recommendations.has(wanted.id)) {
    raise(turn, 'DuplicateIntent', wanted.id, 'warning', 'An order id came twice', `${wanted.id} was used before; nothing was sent.`);
    return;
  }
  const judged = judge(turn, wanted);
  const slot = judged.gate.verdict === 'approved' ? withheldFrom(turn.state, judged.now, judged.gate.isEntry) : undefined;
  if (slot === undefined) sendJudged(turn, judged);
  else if (modeOf(slot) === 'recommend') recommend(turn, slot, judged.now);
}

/** What a person has let go: judged and sent as anything else. Its recommendation waits until now, so that the id has made no order before. */
export function submitApproved(turn: Turn, wanted: OrderIntent): Order {
  if (turn.state.orders.has(wanted.id)) throw new Error(`Invariant: ${wanted.id} was recommended and is no order yet`);
  return sendJudged(turn, judge(turn, wanted));
}

interface Judged extends SplitIntent {
  /** The part to send now, as it would be sent. */
  readonly intent: OrderIntent;
  readonly gate: GateResult;
}

/** What the gate says of an order now, without any consequence. */
export function judge({ state }: Turn, wanted: OrderIntent): Judged {
  const split = splitAtZero(wanted, state.positions.get(wanted.symbol)?.quantity ?? ZERO_QUANTITY);
  const context = riskContext(state);
  const intent = state.options.collarMarketOrders ? collaredIntent(split.now, context) : split.now;
  return { ...split, intent, gate: evaluate(intent, context) };
}

function sendJudged(turn: Turn, { intent, gate, afterwards }: Judged): Order {
  const arrival = turn.state.marks.get(intent.symbol)?.price;
  const inTheWay = gate.isEntry ? [] : opposing(turn.state, intent);
  const sent = gate.verdict === 'denied' ? { closedAt: turn.state.now } : inTheWay.length > 0 ? {} : { sentAt: turn.state.now };
  const order: Order = {
    id: intent.id,
    intent: gate.verdict === 'approved' ? gate.order.intent : intent,
    decision: gate.decision,
    state: gate.verdict,
    filledQuantity: ZERO_QUANTITY,
    fees: ZERO_MONEY,
    updatedAt: turn.state.now,
    ...(arrival === undefined ? {} : { arrivalPrice: arrival }),
    ...sent,
  };
  const activity = withRequest(turn.state.activity, intent, gate.isEntry, gate.verdict === 'approved', turn.state.now);
  change(turn, { activity });
  setOrder(turn, order);
  if (gate.verdict === 'denied') {
    announceDenial(turn, order);
    watchDenial(turn, order);
    return order;
  }
  foundFamily(turn, order);
  if (afterwards !== undefined) change(turn, { heldIntents: withEntry(turn.state.heldIntents, order.id, afterwards) });
  notePeaks(turn);
  if (inTheWay.length > 0) withhold(turn, order, inTheWay);
  else emit(turn, { kind: 'SubmitOrder', order: gate.order });
  return order;
}

export function announceDenial(turn: Turn, order: Order): void {
  const { origin, side, quantity, symbol } = order.intent;
  const codes = order.decision.denials.map((denial) => denial.code).join(', ');
  const detail = order.decision.denials.map((denial) => denial.message).join(' ');
  const severity = origin.kind === 'flatten' ? 'critical' : 'warning';
  raise(turn, 'OrderDenied', order.id, severity, `Denied: ${side} ${format(quantity)} ${symbol} (${codes})`, detail);
}
