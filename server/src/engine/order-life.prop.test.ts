import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { price, quantity } from '../money/fixed.ts';
import type { Quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { BrokerExecution, BrokerOrder } from '../orders/broker.ts';
import { MAY_FOLLOW } from '../orders/may-follow.ts';
import { TERMINAL_STATES } from '../orders/order.ts';
import type { Order, OrderState } from '../orders/order.ts';
import type { EngineEvent, EventKind } from './events.ts';
import { riskContext } from './risk-context.ts';
import { NOON, openDesk, ticketIntent, updateOf } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

/** The broker has spoken: only this ends what nobody knows. A clock, a cancel of ours and a lost connection do not. */
const POSITIVE: ReadonlySet<EventKind> = new Set<EventKind>([
  'OrderAcknowledged',
  'OrderUpdated',
  'OrderRejected',
  'OrderNotFound',
  'ExecutionFound',
  'OrdersListed',
  'Reconciled',
]);

const STATUSES = [
  'accepted',
  'pending_new',
  'new',
  'partially_filled',
  'filled',
  'pending_cancel',
  'canceled',
  'expired',
  'replaced',
  'rejected',
  'done_for_day',
  'hibernating',
] as const;
const EVENTS = [
  'accepted',
  'pending_new',
  'new',
  'partial_fill',
  'fill',
  'pending_cancel',
  'order_cancel_rejected',
  'canceled',
  'expired',
  'replaced',
  'rejected',
  'done_for_day',
  'hibernating',
] as const;

const which = fc.constantFrom('t1', 't2', 'r1');
const units = fc.integer({ min: 0, max: 130 });
const at = fc.integer({ min: 0, max: 40 });
const execution = fc.record({
  size: fc.integer({ min: 1, max: 60 }),
  cents: fc.integer({ min: 9_000, max: 11_000 }),
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
});

/** Everything that a broker, a wire and people may say of two orders and of one that is to take the first one's place: in any order, twice, late, or never. */
const said = fc.oneof(
  fc.record({
    kind: fc.constant('update' as const),
    which,
    event: fc.constantFrom(...EVENTS),
    filled: units,
    execution: fc.option(execution, { nil: undefined }),
    at,
  }),
  fc.record({
    kind: fc.constant('answer' as const),
    which,
    basis: fc.constantFrom('submit' as const, 'lookup' as const),
    status: fc.constantFrom(...STATUSES),
    filled: units,
    at,
    told: fc.array(execution, { maxLength: 2 }),
  }),
  fc.record({ kind: fc.constantFrom('unknown' as const, 'rejected' as const, 'not-found' as const, 'cancel' as const), which }),
  fc.record({ kind: fc.constant('found' as const), which, execution, at, cumulative: fc.option(units, { nil: undefined }) }),
  fc.record({ kind: fc.constantFrom('listed' as const, 'tick' as const, 'disconnect' as const, 'connect' as const, 'replace' as const) }),
);
type Said = typeof said extends fc.Arbitrary<infer One> ? One : never;

const reportOf = (order: Order, status: string, filled: number, when: number): BrokerOrder => ({
  brokerOrderId: `broker-${order.id}`,
  clientOrderId: order.id,
  symbol: 'ALDR',
  side: order.intent.side,
  type: 'limit',
  timeInForce: 'gtc',
  quantity: order.intent.quantity,
  filledQuantity: quantity(String(filled)),
  averagePrice: price('100'),
  status,
  updatedAt: instantFromMs(NOON + when),
});

const executionOf = (
  order: Order,
  one: { readonly size: number; readonly cents: number; readonly name: string },
  when: number,
  cumulative?: number,
): BrokerExecution => ({
  executionId: `${order.id}-${one.name}`,
  brokerOrderId: `broker-${order.id}`,
  symbol: 'ALDR',
  side: order.intent.side,
  quantity: quantity(String(one.size)),
  price: price((one.cents / 100).toFixed(2)),
  at: instantFromMs(NOON + when),
  ...(cumulative === undefined ? {} : { cumulativeQuantity: quantity(String(cumulative)) }),
});

function aboutOrder(order: Order, word: Extract<Said, { readonly which: string }>, now: EngineEvent['at']): EngineEvent {
  const orderId = order.id;
  switch (word.kind) {
    case 'update': {
      const { event, filled, at: when } = word;
      const told = word.execution;
      const base = { event, filled: String(filled), at: when };
      return updateOf(
        order,
        told === undefined ? base : { ...base, execution: [String(told.size), (told.cents / 100).toFixed(2), `${orderId}-${told.name}`] },
      );
    }
    case 'answer': {
      const executions = word.told.map((one) => executionOf(order, one, word.at));
      return {
        kind: 'OrderAcknowledged',
        at: now,
        orderId,
        order: reportOf(order, word.status, word.filled, word.at),
        basis: word.basis,
        executions,
      };
    }
    case 'unknown':
      return { kind: 'OrderOutcomeUnknown', at: now, orderId, message: 'timed out' };
    case 'rejected':
      return { kind: 'OrderRejected', at: now, orderId, code: '42210000', message: 'no' };
    case 'not-found':
      return { kind: 'OrderNotFound', at: now, orderId };
    case 'cancel':
      return { kind: 'CancelRequested', at: now, by: 'user:ada', orderId };
    case 'found':
      return { kind: 'ExecutionFound', at: now, execution: executionOf(order, word.execution, word.at, word.cumulative) };
  }
}

function eventOf(desk: Desk, word: Said): EngineEvent | undefined {
  const { now, orders } = desk.state;
  if ('which' in word) {
    const order = orders.get(word.which);
    return order === undefined ? undefined : aboutOrder(order, word, now);
  }
  switch (word.kind) {
    case 'listed': {
      const open = [...orders.values()].filter(({ brokerOrderId, state }) => brokerOrderId !== undefined && !TERMINAL_STATES.has(state));
      return { kind: 'OrdersListed', at: now, openOrders: open.slice(0, 1).map((order) => reportOf(order, 'new', 0, 0)) };
    }
    case 'tick':
      return { kind: 'ClockTicked', at: instantFromMs(now + 60_000) };
    case 'disconnect':
      return { kind: 'BrokerDisconnected', at: now, reason: 'reset' };
    case 'connect':
      return { kind: 'BrokerConnected', at: now };
    case 'replace':
      return {
        kind: 'ReplaceRequested',
        at: now,
        by: 'user:ada',
        intent: ticketIntent('r1', { replaces: 't1', limitPrice: price('101') }),
      };
  }
}

/** What the gate counts as still to come of an order. Of an order and the one that takes its place the larger counts for both. */
function reserved(desk: Desk, { id, intent }: Order): Quantity {
  const family = [
    id,
    intent.replaces,
    ...[...desk.state.orders.values()].filter((other) => other.intent.replaces === id).map((other) => other.id),
  ];
  return riskContext(desk.state)
    .openOrders.filter((open) => family.includes(open.id))
    .reduce((most, open) => (open.remaining > most ? open.remaining : most), 0n as Quantity);
}

const AT_MARKET: ReadonlySet<OrderState> = new Set(['working', 'partially_filled', 'pending_replace', 'filled', 'replaced']);

function look(desk: Desk, before: ReadonlyMap<string, Order>, event: EngineEvent): void {
  for (const [id, order] of desk.state.orders) {
    const was = before.get(id);
    const { filledQuantity, state, intent } = order;
    expect(filledQuantity >= (was?.filledQuantity ?? 0n), `I5: what ${id} has filled fell`).toBe(true);
    expect(filledQuantity <= intent.quantity, `I5: ${id} filled more than was ordered`).toBe(true);
    if (state === 'filled')
      expect(filledQuantity + (order.undoneQuantity ?? 0n) + (order.carriedQuantity ?? 0n) >= intent.quantity).toBe(true);
    if (was !== undefined && was.state !== state) {
      expect(MAY_FOLLOW[was.state], `I4: ${id} after ${event.kind}: ${was.state} to ${state}`).toContain(state);
      if (state === 'denied')
        expect(
          desk.effects.some((effect) => effect.kind === 'SubmitOrder' && effect.order.intent.id === id),
          `I4: ${id} has left`,
        ).toBe(false);
      if (was.state === 'unknown') expect(POSITIVE, `I6: ${event.kind} ended what nobody knew of ${id}`).toContain(event.kind);
    }
    const left = intent.quantity - filledQuantity - (desk.state.orders.get(intent.replaces ?? '')?.filledQuantity ?? 0n);
    // What is or was at the market in another's place has taken it, whether the end of that one was heard of or not.
    const isGone = [...desk.state.orders.values()].some((other) => other.intent.replaces === id && AT_MARKET.has(other.state));
    if (isGone) continue;
    if (!TERMINAL_STATES.has(state) && left > 0n)
      expect(reserved(desk, order) >= left, `I6: ${id} (${state}) has lost its reservation`).toBe(true);
  }
}

describe('the life of an order, whatever is said of it, in whatever order', () => {
  test('I4, I5, I6: only legal steps, filled never falls nor passes the quantity, and what is unknown stays reserved until the broker answers', () => {
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 25 }), (words) => {
        const desk = openDesk();
        desk.ticket('t1');
        desk.ticket('t2', { quantity: quantity('40'), limitPrice: price('99') });
        for (const word of words) {
          const event = eventOf(desk, word);
          if (event === undefined) continue;
          const { orders: before, tracking } = desk.state;
          const kept = [[...before], [...tracking]];
          desk.give(event);
          expect([[...before], [...tracking]], 'a step writes in no state but its own').toEqual(kept);
          look(desk, before, event);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  test('a late fill of an order that has ended is booked and told', () => {
    const ended = fc.constantFrom('canceled' as const, 'expired' as const, 'rejected' as const);
    fc.assert(
      fc.property(ended, fc.integer({ min: 1, max: 100 }), (end, size) => {
        const desk = openDesk();
        desk.ticket('t1');
        desk.says('t1', { event: 'new', at: 1 }, { event: end, at: 2 });
        expect(desk.order('t1').state).toBe(end);
        desk.says('t1', { event: 'partial_fill', filled: String(size), execution: [String(size), '100', 'late'], at: 3 });
        expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity(String(size)));
        expect(desk.order('t1').state).toBe(size === 100 ? 'filled' : end);
        expect([...desk.state.alerts.values()].map(({ code }) => code)).toContain('LateFill');
      }),
    );
  });
});
