import { filledThere, truthOf, wireIdOf } from '../truth.ts';
import { OVER } from '../venue-types.ts';
import { toNumber } from '../../money/fixed.ts';
import { MAY_FOLLOW } from '../../orders/may-follow.ts';
import { TERMINAL_STATES } from '../../orders/order.ts';
import type { Order } from '../../orders/order.ts';
import { fieldsHash } from '../../risk/gate.ts';
import { Violated } from '../watch.ts';
import type { Check, Stepped } from '../watch.ts';
import type { Sight } from './sight.ts';

interface Approval {
  readonly seq: number;
  readonly fieldsHash: string;
  readonly decisionId: string;
  /** When it was decided, by the world's clock: a process that has just started does not know the time. */
  readonly writtenAtMs: number;
}

/** An approval that waited longer than this was made for another market. */
const APPROVAL_MS_MAX = 60_000;

/** I1, I2, I3, I30: what goes to the wire was approved before, durably, for exactly these fields, and goes once. */
export function wireCheck({ nowMs }: Sight): Check {
  const approvals = new Map<string, Approval>();
  const orders = new Map<string, Order>();
  const sent = new Set<string>();
  return {
    durable: (entries) => {
      for (const { kind, payload, seq, writtenAtMs } of entries) {
        if (kind === 'OrderChanged') {
          const { order } = payload as { readonly order: Order };
          if (!orders.has(order.id)) orders.set(order.id, order);
        }
        if (kind !== 'SubmitOrder' && kind !== 'ReplaceOrder') continue;
        const { orderId, fieldsHash: hash, decisionId } = payload as { orderId: string; fieldsHash: string; decisionId: string };
        if (approvals.has(orderId)) throw new Violated('I3', `the record sends ${orderId} twice`);
        approvals.set(orderId, { seq, fieldsHash: hash, decisionId, writtenAtMs });
      }
    },
    submitted: ({ intent, decision }) => {
      const approval = approvals.get(intent.id);
      const order = orders.get(intent.id);
      if (approval === undefined || order === undefined)
        throw new Violated('I1', `${intent.id} leaves without a durable record of its approval`);
      if (order.decision.verdict !== 'approved' || decision.verdict !== 'approved')
        throw new Violated('I1', `${intent.id} leaves though it was denied`);
      const hash = fieldsHash(intent);
      if (approval.fieldsHash !== hash || approval.decisionId !== decision.id || order.decision.fieldsHash !== hash)
        throw new Violated('I1', `${intent.id} leaves with other fields than were approved`);
      const ageMs = nowMs() - approval.writtenAtMs;
      if (ageMs > APPROVAL_MS_MAX) throw new Violated('I1', `${intent.id} leaves ${Math.round(ageMs)} ms after its approval`);
      if (sent.has(intent.id)) throw new Violated('I3', `${intent.id} is sent a second time`);
      sent.add(intent.id);
      const { origin } = order.intent;
      const named = origin.kind === 'strategy' ? origin.strategyId !== '' && origin.version !== '' : origin.principal !== '';
      if (!named) throw new Violated('I30', `${intent.id} names nobody`);
    },
  };
}

/** I4, I5, I6: legal transitions, quantities that only grow, and no end that the venue does not know. */
export function lifeCheck({ venue, underWay, nowMs }: Sight): Check {
  const known = new Map<string, Order>();
  const look = (order: Order): void => {
    const before = known.get(order.id);
    known.set(order.id, order);
    if (before !== undefined && before.state !== order.state && !MAY_FOLLOW[before.state].includes(order.state))
      throw new Violated('I4', `${order.id} went from ${before.state} to ${order.state}`);
    if (order.filledQuantity < (before?.filledQuantity ?? 0n) || order.filledQuantity > order.intent.quantity)
      throw new Violated(
        'I5',
        `${order.id} has filled ${order.filledQuantity} of ${order.intent.quantity} after ${before?.filledQuantity ?? 0n}`,
      );
    const truth = truthOf(venue, order);
    const wireId = wireIdOf(order);
    if (order.state === 'denied' && (truth !== undefined || underWay.has(wireId)))
      throw new Violated('I4', `${order.id} is denied, and has left`);
    if (toNumber(order.filledQuantity) > filledThere(truth))
      throw new Violated('I14', `${order.id} has filled ${toNumber(order.filledQuantity)} here, and ${filledThere(truth)} at the venue`);
    const ended =
      TERMINAL_STATES.has(order.state) && order.state !== 'denied' && (before === undefined || !TERMINAL_STATES.has(before.state));
    if (ended && truth !== undefined && !OVER.has(truth.status))
      throw new Violated('I6', `${order.id} is ${order.state} here, and ${truth.status} at the venue`);
    if (ended && truth === undefined && (underWay.get(wireId) ?? 0) > nowMs())
      throw new Violated('I6', `${order.id} is ${order.state} while it is still on its way to the venue`);
    if (ended && order.state === 'rejected' && truth !== undefined && truth.status !== 'rejected')
      throw new Violated('I6', `${order.id} is rejected here, and the venue took it`);
  };
  const heard = new Set<string>();
  /** What the stream tells for the first time, and the books do not have, is booked at once. */
  const listen = ({ event, before, after }: Stepped): void => {
    if (event.kind !== 'OrderUpdated' || event.update.execution === undefined) return;
    const { execution, order } = event.update;
    if (heard.has(execution.executionId)) return;
    heard.add(execution.executionId);
    const is =
      after.orders.get(order.clientOrderId) ?? [...after.orders.values()].find((each) => each.brokerOrderId === order.brokerOrderId);
    if (is === undefined) return;
    const was = before.orders.get(is.id);
    const carried = venue.orders.get(order.brokerOrderId)?.carried ?? 0;
    if (is.filledQuantity === was?.filledQuantity && toNumber(is.filledQuantity) + carried < toNumber(order.filledQuantity))
      throw new Violated('I14', `${is.id} was told execution ${execution.executionId}, and has filled ${is.filledQuantity} as before`);
  };
  return {
    stepped: (step) => {
      for (const fact of step.facts) if (fact.kind === 'OrderChanged') look(fact.order);
      // The venue never fills more than was ordered: more is one execution taken for two.
      for (const fact of step.facts)
        if (fact.kind === 'AlertRaised' && fact.alert.code === 'ExcessExecution') throw new Violated('I14', fact.alert.detail);
      listen(step);
    },
  };
}
