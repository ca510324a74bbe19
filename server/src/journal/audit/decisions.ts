import type { Fact } from '../../engine/effects.ts';
import type { Order } from '../../orders/order.ts';
import { findings } from './findings.ts';
import type { Auditor } from './findings.ts';

/** Actions by which an order leaves: by itself, or in another's place. */
const LEAVES: ReadonlySet<string> = new Set(['SubmitOrder', 'ReplaceOrder']);

interface SubmitPayload {
  readonly orderId: string;
  readonly decisionId: string;
  readonly fieldsHash: string;
}

/**
 * Every order that was to leave had an approval in an earlier entry, over exactly its fields, and was to leave once; no order that the gate denied went
 * any further.
 */
export function decisionAuditor(): Auditor {
  const found = findings('decisions');
  const decided = new Map<string, Order['decision']>();
  const submitted = new Set<string>();
  let denied = 0;

  const takeOrder = (seq: number, { id, intent, decision, state, filledQuantity }: Order): void => {
    const where = `entry ${seq}`;
    const before = decided.get(id);
    decided.set(id, decision);
    // An exit that came with another order was approved with it; one that took its place was approved by itself.
    const judged = intent.replaces === undefined ? (intent.leg?.parentId ?? id) : id;
    if (decision.intentId !== judged) found.add(where, `order ${id} carries a decision on ${decision.intentId}`);
    const another =
      before !== undefined &&
      (before.id !== decision.id || before.verdict !== decision.verdict || before.fieldsHash !== decision.fieldsHash);
    // An order that waits for the end of another is decided on anew just before it leaves: after that, and after a denial, nothing is.
    if (another && (before.verdict === 'denied' || submitted.has(id)))
      found.add(where, `the decision on order ${id} is another than it was`);
    if (decision.verdict === 'denied' && before?.verdict !== 'denied') denied += 1;
    if (decision.verdict === 'denied' && (state !== 'denied' || filledQuantity > 0n))
      found.add(where, `order ${id} was denied, and is ${state}`);
  };
  const takeSubmit = (seq: number, { orderId, decisionId, fieldsHash }: SubmitPayload): void => {
    const where = `entry ${seq}`;
    const decision = decided.get(orderId);
    if (submitted.has(orderId)) found.add(where, `order ${orderId} was to be sent a second time`);
    submitted.add(orderId);
    if (decision === undefined) found.add(where, `order ${orderId} was to be sent without a decision in any earlier entry`);
    else if (decision.verdict !== 'approved') found.add(where, `order ${orderId} was to be sent, though the gate had denied it`);
    else if (decision.id !== decisionId)
      found.add(where, `order ${orderId} was to be sent by decision ${decisionId}, and has ${decision.id}`);
    else if (decision.fieldsHash !== fieldsHash) found.add(where, `order ${orderId} was to be sent with other fields than were approved`);
  };
  return {
    take: (entries) => {
      for (const { kind, type, seq, payload } of entries) {
        if (type === 'fact' && kind === 'OrderChanged') takeOrder(seq, (payload as Extract<Fact, { kind: 'OrderChanged' }>).order);
        if (type === 'action' && LEAVES.has(kind)) takeSubmit(seq, payload as SubmitPayload);
      }
    },
    finish: () => found.result(`${decided.size} orders, each with its decision: ${submitted.size} sent, ${denied} denied`),
  };
}
