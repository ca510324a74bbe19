import { format } from '../money/fixed.ts';
import type { Quantity } from '../money/fixed.ts';
import { ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import type { Order, OrderIntent } from '../orders/order.ts';
import { classOf, isFractional } from '../orders/order-rules.ts';
import { withRequest } from '../risk/activity.ts';
import { evaluate } from '../risk/gate.ts';
import type { RiskContext } from '../risk/types.ts';
import { sendCancel } from './cancel.ts';
import { carriedInto } from './carried.ts';
import { familyOf, isExit } from './families.ts';
import { announceDenial } from './intents.ts';
import { riskContext } from './risk-context.ts';
import type { EngineState } from './state.ts';
import { openSuccessor } from './successor.ts';
import { change, emit, isOpen, raise, setOrder, track, trackingOf } from './turn.ts';
import type { Turn } from './turn.ts';

/** Why an order cannot take another's place, in one sentence; `undefined` where it can. */
export function whyNotReplaceable(state: EngineState, old: Order | undefined, wanted: OrderIntent): string | undefined {
  if (old === undefined) return 'There is no such order.';
  if (old.state !== 'working' && old.state !== 'partially_filled')
    return `It is ${old.state}: only an order at the market can be replaced.`;
  if (old.brokerOrderId === undefined) return 'The broker has not named it yet.';
  // The broker may say that a replace has failed before it says that the new order is off.
  if (openSuccessor(state, old.id) !== undefined) return 'Another order is about to take its place.';
  if (trackingOf(state, old.id).cancelWanted) return 'It is being cancelled.';
  const { intent } = old;
  const same = intent.symbol === wanted.symbol && intent.side === wanted.side && intent.type === wanted.type;
  if (!same || classOf(intent) !== classOf(wanted)) return 'Symbol, side, type and class of an order cannot change.';
  if ((intent.trail === undefined) !== (wanted.trail === undefined)) return 'A trailing distance keeps its unit.';
  if (wanted.quantity <= carriedInto(state, { intent: wanted }))
    return `Of it ${format(old.filledQuantity)} have filled: the new quantity must be more.`;
  const resized = wanted.quantity !== intent.quantity;
  if (resized && (isFractional(wanted.quantity) || isFractional(intent.quantity))) return 'The quantity of a fraction cannot change.';
  return undefined;
}

/**
 * Put an order in the place of another, in one step at the broker and under an id of its own. The gate judges it anew, as if the old one were not there;
 * until the broker has answered, the larger of the two is reserved. True where it was sent.
 */
export function replaceOrder(turn: Turn, wanted: OrderIntent): boolean {
  const old = turn.state.orders.get(wanted.replaces ?? '');
  const known = turn.state.orders.has(wanted.id);
  const why = known ? `The id ${wanted.id} was used before.` : whyNotReplaceable(turn.state, old, wanted);
  if (why !== undefined || old?.brokerOrderId === undefined) {
    raise(turn, 'ReplaceRefused', wanted.id, 'warning', `An order of ${wanted.symbol} was not replaced`, why ?? 'There is no such order.');
    return false;
  }
  const carriedQuantity = carriedInto(turn.state, { intent: wanted });
  const gate = evaluate(wanted, contextWithout(turn.state, old, carriedQuantity));
  const order: Order = {
    id: wanted.id,
    intent: gate.verdict === 'approved' ? gate.order.intent : wanted,
    decision: gate.decision,
    state: gate.verdict,
    filledQuantity: ZERO_QUANTITY,
    ...(carriedQuantity > 0n ? { carriedQuantity } : {}),
    fees: ZERO_MONEY,
    updatedAt: turn.state.now,
    ...(old.arrivalPrice === undefined ? {} : { arrivalPrice: old.arrivalPrice }),
    ...(gate.verdict === 'approved' ? { sentAt: turn.state.now } : { closedAt: turn.state.now }),
  };
  const activity = withRequest(turn.state.activity, wanted, gate.isEntry, gate.verdict === 'approved', turn.state.now);
  change(turn, { activity });
  setOrder(turn, order);
  if (gate.verdict === 'denied') {
    announceDenial(turn, order);
    return false;
  }
  setOrder(turn, { ...old, state: 'pending_replace', updatedAt: turn.state.now });
  emit(turn, { kind: 'ReplaceOrder', order: gate.order, brokerOrderId: old.brokerOrderId });
  return true;
}

/** Without the order whose place is taken, and, of an exit, without the others of its family: no more than the largest of them fills. */
function contextWithout(state: EngineState, old: Order, carried: Quantity): RiskContext {
  const gone = new Set([
    old.id,
    ...(isExit(old)
      ? familyOf(state, old)
          .filter(isExit)
          .map(({ id }) => id)
      : []),
  ]);
  const context = riskContext(state);
  return { ...context, carried, openOrders: context.openOrders.filter(({ id }) => !gone.has(id)) };
}

/** The new order came to nothing: the old one is at the market as before, unless it has ended meanwhile, and the broker is asked how it stands. */
export function replaceFailed(turn: Turn, failed: Order): void {
  const old = turn.state.orders.get(failed.intent.replaces ?? '');
  if (old === undefined || !isOpen(old)) return;
  const state = old.filledQuantity > 0n ? 'partially_filled' : 'working';
  const standing: Order = old.state === 'pending_replace' ? { ...old, state, updatedAt: turn.state.now } : old;
  if (standing !== old) setOrder(turn, standing);
  // What was wanted of the new one is wanted of the old: at once, for nobody knows when the broker says how it stands.
  if (trackingOf(turn.state, failed.id).cancelWanted) track(turn, old.id, { cancelWanted: true });
  if (trackingOf(turn.state, old.id).cancelWanted) sendCancel(turn, standing);
  emit(turn, { kind: 'ResolveOrder', orderId: old.id });
}
