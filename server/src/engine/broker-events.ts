import type { Quantity } from '../money/fixed.ts';
import { format } from '../money/fixed.ts';
import { add, ZERO_QUANTITY } from '../money/money.ts';
import type { BrokerExecution, BrokerOrder } from '../orders/broker.ts';
import { classOf, CLASS_RULES } from '../orders/order-rules.ts';
import { TERMINAL_STATES } from '../orders/order.ts';
import type { Order, OrderState } from '../orders/order.ts';
import { brokerEventName, eventOfStatus, TRANSITIONS } from '../orders/transitions.ts';
import type { BrokerEventName } from '../orders/transitions.ts';
import {
  absorbIntoSynthetic,
  bookFill,
  bookMissing,
  missingWithin,
  noteAccounted,
  noteAlias,
  noteName,
  noteTwice,
  usedUp,
} from './booking.ts';
import type { OrderExecution } from './booking.ts';
import { sendCancel } from './cancel.ts';
import { carriedInto } from './carried.ts';
import { cancelGroup } from './stated-orders.ts';
import { markEquity } from './equity.ts';
import type { EventOf } from './events.ts';
import { headAwaiting, isReckoned, isUnsettled, legOf, readFamily, reduceSiblings, widened } from './families.ts';
import { orderEnded } from './order-ended.ts';
import { protectFill } from './protections.ts';
import { recognise } from './recognition.ts';
import { replaceFailed } from './replacing.ts';
import { rebookInferred } from './restating.ts';
import type { EngineState } from './state.ts';
import { markStrategiesOf, watchEnd, watchOutcome } from './strategy-watch.ts';
import { closeAlert, emit, isOpen, raise, setOrder, track, trackingOf } from './turn.ts';
import type { Turn } from './turn.ts';

/** Our order of a broker's report: by our id, else by the broker's. */
export function findOrder(
  state: EngineState,
  report: { readonly clientOrderId?: string; readonly brokerOrderId: string },
): Order | undefined {
  const byOurs = report.clientOrderId === undefined ? undefined : state.orders.get(report.clientOrderId);
  if (byOurs !== undefined) return byOurs;
  for (const order of state.orders.values()) if (order.brokerOrderId === report.brokerOrderId) return order;
  return undefined;
}

/**
 * What quantity says of a state: all filled is filled, where the size is the broker's too; some filled is at least partially filled; a word of fills waits until
 * they are booked.
 */
function stateByQuantity(state: OrderState, before: OrderState, filled: Quantity, ordered: Quantity, reckoned: boolean): OrderState {
  if (filled >= ordered && (!reckoned || state === 'filled' || TERMINAL_STATES.has(before))) return 'filled';
  if (state === 'filled' || state === 'partially_filled')
    return TERMINAL_STATES.has(before) ? before : filled === 0n ? 'working' : 'partially_filled';
  const passing = state === 'approved' || state === 'unknown' || state === 'accepted' || state === 'working';
  return passing && filled > 0n ? 'partially_filled' : state;
}

/** Words that end an order count however late they come; the others only while they are news. */
const ENDINGS: ReadonlySet<BrokerEventName> = new Set(['fill', 'canceled', 'expired', 'replaced', 'rejected']);

/** Take over the broker's word on an order's state by the transition table, write the order if anything changed, and react to its end. */
export function settle(turn: Turn, before: Order, order: Order, word: BrokerEventName | undefined, said: string): void {
  const ended = write(turn, before, order, word, said);
  if (ended !== undefined) orderEnded(turn, ended);
}

/** As {@link settle}, but for what waited for the order's end. Gives the order where it has ended by this. */
function write(turn: Turn, before: Order, order: Order, word: BrokerEventName | undefined, said: string): Order | undefined {
  const next = word === undefined ? 'ignore' : TRANSITIONS[before.state][word];
  // A late fill has been told as such.
  if (next === 'alert' && order.filledQuantity === before.filledQuantity) {
    const subject = `${order.id}-${before.state}-${said}`;
    raise(turn, 'OrderContradiction', subject, 'critical', `The broker says "${said}" of an order that is ${before.state}`, order.id);
  }
  const wished = next === 'ignore' || next === 'alert' ? before.state : next;
  const carried = carriedInto(turn.state, order);
  const state = stateByQuantity(
    wished,
    before.state,
    usedUp(order) > 0n ? add(usedUp(order), carried) : ZERO_QUANTITY,
    order.intent.quantity,
    isReckoned(turn.state, order),
  );
  if (state === before.state && order === before) return undefined;
  const ends = TERMINAL_STATES.has(state) && isOpen(before);
  const now = turn.state.now;
  const settled: Order = {
    ...order,
    state,
    updatedAt: now,
    ...(carried > 0n ? { carriedQuantity: carried } : {}),
    ...(ends ? { closedAt: now } : {}),
  };
  setOrder(turn, settled);
  if (order.filledQuantity !== before.filledQuantity) {
    markEquity(turn, false);
    markStrategiesOf(turn, new Set([order.intent.symbol]), false);
  }
  if (state !== 'unknown') closeAlert(turn, `OutcomeUnknown-${order.id}`, 'broker');
  if (order.filledQuantity > before.filledQuantity) {
    protectFill(turn, settled);
    cancelGroup(turn, settled);
  }
  if (ends) {
    if (state === 'rejected') watchOutcome(turn, settled, true);
    watchEnd(turn, settled);
  }
  if (order.filledQuantity !== before.filledQuantity) reduceSiblings(turn, settled);
  return ends ? settled : undefined;
}

/** Learn the broker's id and the time of its first word. */
function adopt(turn: Turn, order: Order, report: BrokerOrder): Order {
  if (order.brokerOrderId !== undefined) return order;
  watchOutcome(turn, order, false);
  return { ...order, brokerOrderId: report.brokerOrderId, acknowledgedAt: turn.state.now };
}

function cancelIfWanted(turn: Turn, orderId: string, said: BrokerEventName): void {
  const order = turn.state.orders.get(orderId);
  if (order === undefined || !isOpen(order) || said === 'pending_cancel') return;
  if (trackingOf(turn.state, orderId).cancelWanted) sendCancel(turn, order);
}

/** Book one execution unless it is known under this or another name; a real one takes the place of what was inferred. Gives the order after it. */
export function bookExecution(turn: Turn, order: Order, execution: OrderExecution): Order {
  if (turn.state.voided.has(execution.executionId)) return order;
  const recognition = recognise(trackingOf(turn.state, order.id), widened(turn.state, order, execution.quantity), execution);
  if (recognition === 'known') noteTwice(turn, order, execution);
  if (recognition === 'alias') noteAlias(turn, order, execution);
  if (recognition === 'accounted') noteName(turn, order, execution);
  if (recognition === 'synthetic') {
    const rebooked = rebookInferred(turn, order, execution);
    if (rebooked !== undefined) return rebooked;
    absorbIntoSynthetic(turn, order, execution);
  }
  if (recognition === 'excess') {
    const detail = `${order.id}: execution ${execution.executionId} of ${format(execution.quantity)} would fill more than was ordered. It is not booked; the next reconcile compares positions.`;
    raise(turn, 'ExcessExecution', execution.executionId, 'critical', 'An execution beyond the order', detail);
  }
  if (recognition !== 'new') return order;
  if (!isOpen(order)) {
    const title = `A fill after the end: ${order.intent.symbol}`;
    raise(
      turn,
      'LateFill',
      execution.executionId,
      'warning',
      title,
      `${order.id} was ${order.state} when a fill of ${format(execution.quantity)} arrived. It is booked.`,
    );
  }
  return bookFill(turn, widened(turn.state, order, execution.quantity), execution);
}

/** What a message of the stream tells of its execution: the order in it is as of just after. */
const fromStream = (update: EventOf<'OrderUpdated'>['update'], execution: OrderExecution): OrderExecution => ({
  ...execution,
  source: 'stream',
  ...(update.order.filledQuantity < execution.quantity ? {} : { cumulative: update.order.filledQuantity }),
});

export const fromList = ({ executionId, quantity, price, at, fee, cumulativeQuantity }: BrokerExecution): OrderExecution => ({
  executionId,
  quantity,
  price,
  at,
  source: 'list',
  ...(fee === undefined ? {} : { fee }),
  ...(cumulativeQuantity === undefined ? {} : { cumulative: cumulativeQuantity }),
});

/** True where the report is about the same trade as our order; a clash is told, and changes nothing. */
function matches(turn: Turn, order: Order, report: BrokerOrder): boolean {
  const { symbol, side, quantity } = order.intent;
  // The broker itself makes the exits of a family smaller; an OCO is one of its exits.
  const isExit = order.intent.leg !== undefined || CLASS_RULES[classOf(order.intent)].exitOnly;
  const sized = isExit ? report.quantity > 0n : report.quantity === quantity;
  if (report.symbol === symbol && report.side === side && sized) return true;
  const detail = `${order.id}: ours ${side} ${format(quantity)} ${symbol}; the broker's ${report.side} ${format(report.quantity)} ${report.symbol}.`;
  raise(turn, 'OrderMismatch', order.id, 'critical', 'The broker describes another order', detail);
  return false;
}

/** The broker's word counts unless we have taken over a newer one. */
function isFresh(turn: Turn, order: Order, report: BrokerOrder): boolean {
  const newest = trackingOf(turn.state, order.id).brokerUpdatedAt;
  if (newest !== undefined && report.updatedAt < newest) return false;
  if (newest !== report.updatedAt) track(turn, order.id, { brokerUpdatedAt: report.updatedAt });
  return true;
}

/** With its end the broker says how much an order has filled in all. */
function noteEnd(turn: Turn, { id }: Order, word: BrokerEventName, cumulative: Quantity): void {
  const known = trackingOf(turn.state, id).finalQuantity;
  if (ENDINGS.has(word) && (known === undefined || known < cumulative)) track(turn, id, { finalQuantity: cumulative });
}

function foreign(turn: Turn, report: BrokerOrder, said: string): void {
  const detail = `${said}: ${report.side} ${format(report.quantity)} ${report.symbol}, client id "${report.clientOrderId}". It was not placed here.`;
  raise(turn, 'ForeignOrder', report.brokerOrderId, 'critical', 'An order that is not ours', detail);
}

export function orderUpdated(turn: Turn, event: EventOf<'OrderUpdated'>): void {
  const { update } = event;
  const found = findOrder(turn.state, update.order);
  if (found === undefined) {
    const head = headAwaiting(turn.state, update.order, ENDINGS.has(eventOfStatus(update.order.status)));
    return head === undefined ? foreign(turn, update.order, update.event) : readFamily(turn, head);
  }
  if (!matches(turn, found, update.order)) return;
  const word = brokerEventName(update.event);
  const fresh = isFresh(turn, found, update.order);
  const adopted = adopt(turn, found, update.order);
  const order = update.execution === undefined ? adopted : bookExecution(turn, adopted, fromStream(update, update.execution));
  noteEnd(turn, order, word, update.order.filledQuantity);
  settle(turn, found, order, fresh || ENDINGS.has(word) ? word : undefined, update.event);
  if (update.order.filledQuantity > usedUp(order)) emit(turn, { kind: 'ResolveOrder', orderId: order.id });
  cancelIfWanted(turn, order.id, word);
  if (turn.state.orders.get(found.id) !== found) readFamily(turn, found);
}

/** What a report of the order, and its executions, say. Gives the order where it has ended by this: what waited for that goes on when all of the report is taken. */
function takeReport(
  turn: Turn,
  found: Order,
  report: BrokerOrder,
  lookup: boolean,
  executions: readonly BrokerExecution[],
): Order | undefined {
  if (!matches(turn, found, report)) return undefined;
  const fresh = isFresh(turn, found, report);
  let order = adopt(turn, found, report);
  for (const execution of executions) {
    if (execution.brokerOrderId === report.brokerOrderId) order = bookExecution(turn, order, fromList(execution));
  }
  const { filledQuantity, averagePrice, status, updatedAt } = report;
  if (lookup && averagePrice !== undefined && isItsOwn(turn.state, found))
    order = bookMissing(
      turn,
      widened(turn.state, order, missingWithin(turn.state, order, filledQuantity)),
      filledQuantity,
      averagePrice,
      updatedAt,
    );
  noteAccounted(turn, order, filledQuantity);
  const word = eventOfStatus(status);
  noteEnd(turn, order, word, filledQuantity);
  const ended = write(turn, found, order, fresh || ENDINGS.has(word) ? word : undefined, status);
  if (!lookup && filledQuantity > usedUp(order)) emit(turn, { kind: 'ResolveOrder', orderId: order.id });
  cancelIfWanted(turn, order.id, word);
  return ended;
}

/**
 * Whether all that the broker calls filled is of this order: what one took over from those before it is in their books, and of a sum that may hold it nothing
 * is inferred.
 */
function isItsOwn(state: EngineState, { intent }: Order): boolean {
  if (intent.replaces === undefined) return true;
  const before = state.orders.get(intent.replaces);
  return before !== undefined && trackingOf(state, before.id).finalQuantity === 0n && isItsOwn(state, before);
}

export function orderAcknowledged(turn: Turn, event: EventOf<'OrderAcknowledged'>): void {
  const found = turn.state.orders.get(event.orderId);
  if (found === undefined) return foreign(turn, event.order, 'acknowledged');
  const lookup = event.basis === 'lookup';
  const executions = event.executions ?? [];
  // Of a family all is taken before anything follows from it: while one exit has filled, and the end of the other is not read yet, neither position nor
  // reservations are what they are, and an exit of somebody else would be judged as an entry.
  const ended = [takeReport(turn, found, event.order, lookup, executions)];
  for (const report of event.order.legs ?? []) {
    const leg = legOf(turn.state, found, report);
    if (leg === undefined) foreign(turn, report, 'a leg');
    else ended.push(takeReport(turn, leg, report, lookup, executions));
  }
  for (const order of ended) if (order !== undefined) orderEnded(turn, order);
  const after = turn.state.orders.get(found.id) ?? found;
  if (isUnsettled(turn.state, after) || (!lookup && !isOpen(after))) readFamily(turn, after);
}

export function executionFound(turn: Turn, event: EventOf<'ExecutionFound'>): void {
  const { execution } = event;
  const found = findOrder(turn.state, execution);
  if (found === undefined) {
    const detail = `${execution.side} ${format(execution.quantity)} ${execution.symbol} at ${format(execution.price)}, order ${execution.brokerOrderId}.`;
    raise(turn, 'ForeignExecution', execution.executionId, 'critical', 'An execution that is not ours', detail);
    return;
  }
  settle(turn, found, bookExecution(turn, found, fromList(execution)), undefined, 'execution');
}

/** What the broker's support asks for. */
const askedAs = ({ requestId }: { readonly requestId?: string }): string => (requestId === undefined ? '' : ` (request ${requestId})`);

export function orderRejected(turn: Turn, event: EventOf<'OrderRejected'>): void {
  const order = turn.state.orders.get(event.orderId);
  if (order === undefined) return;
  const rejection = `${event.code}: ${event.message}`;
  const { side, quantity, symbol } = order.intent;
  raise(
    turn,
    'OrderRejected',
    order.id,
    'warning',
    `Rejected by the broker: ${side} ${format(quantity)} ${symbol}`,
    `${rejection}${askedAs(event)}`,
  );
  settle(turn, order, isOpen(order) ? { ...order, rejection } : order, 'rejected', 'rejected');
  replaceFailed(turn, order);
}

export function orderOutcomeUnknown(turn: Turn, event: EventOf<'OrderOutcomeUnknown'>): void {
  const order = turn.state.orders.get(event.orderId);
  if (order === undefined || order.state !== 'approved') return;
  setOrder(turn, { ...order, state: 'unknown', updatedAt: turn.state.now });
  raise(
    turn,
    'OutcomeUnknown',
    order.id,
    'warning',
    `Unknown outcome: ${order.intent.symbol}`,
    `${event.message} The broker is being asked; the order's risk stays reserved.`,
  );
  emit(turn, { kind: 'ResolveOrder', orderId: order.id });
}

/** The broker never had it: it did not leave, and its reservation ends. */
export function orderNotFound(turn: Turn, event: EventOf<'OrderNotFound'>): void {
  const order = turn.state.orders.get(event.orderId);
  if (order === undefined) return;
  if (order.state === 'approved' || order.state === 'unknown') {
    settle(turn, order, { ...order, rejection: 'never sent' }, 'expired', 'never sent');
    if (event.message !== undefined) {
      const { side, quantity, symbol } = order.intent;
      raise(turn, 'OrderNotSent', order.id, 'warning', `Not sent: ${side} ${format(quantity)} ${symbol}`, event.message);
    }
    replaceFailed(turn, order);
    return;
  }
  if (!isOpen(order)) return;
  raise(
    turn,
    'OrderVanished',
    order.id,
    'critical',
    'The broker does not know an order it had acknowledged',
    `${order.id} (${order.brokerOrderId ?? 'no broker id'})`,
  );
}
