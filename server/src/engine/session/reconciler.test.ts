import { afterEach, describe, expect, test } from 'vitest';
import { price, quantity } from '../../money/fixed.ts';
import { newOrder } from '../test/core-venue.ts';
import { reportOf, ticketIntent } from '../test/desk.ts';
import { ALDER, eventually, openWorld, quiet, replaceCall } from '../test/session-world.ts';
import type { World } from '../test/session-world.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const FAST = {
  reconcileEveryMs: 20,
  positionsEvery: 3,
  reconcileOverdueMs: 100,
  clockEveryMs: 10,
  resolveFirstMs: 5,
  resolveStepMsMax: 20,
};

async function world(timing: Partial<typeof FAST> = {}): Promise<World> {
  const opened = await openWorld({
    timing: { ...FAST, notFoundAfterMs: 40, cancelCheckMs: 20, reconcileAgainMs: 10, markEveryMs: 5, ...timing },
  });
  closers.push(opened.close);
  return opened;
}

/** Trading has begun, at 100. */
async function openMarket(opened: World): Promise<void> {
  const { session, broker } = opened;
  await session.command({ kind: 'InstrumentListed', at: session.state().now, instrument: ALDER });
  broker.openSession(broker.now);
  broker.price('ALDR', price('100'), broker.now);
  session.onMark('ALDR', { price: price('100'), at: broker.now, basis: 'trade' });
  await quiet(opened);
}

describe('the broker’s REST is down', () => {
  test('for longer than an answer may be overdue, while the stream stands: entries stop, nothing is taken for flat, and trading comes back by itself', async () => {
    const { session, broker } = await world({ reconcileOverdueMs: 500 });
    await eventually(() => expect(session.state().reconciled && session.state().brokerConnected).toBe(true));
    const down = async (): Promise<never> => await Promise.reject(new Error('HTTP 503'));
    const restore = [replaceCall(broker, 'account', down), replaceCall(broker, 'positions', down), replaceCall(broker, 'openOrders', down)];
    await eventually(() => expect(session.state().alerts.get('Disconnected-broker')?.detail).toContain('503'));
    expect(session.state().positions.size).toBe(0);
    expect(session.state().tradingState).toBe('ACTIVE');
    for (const back of restore) back();
    await eventually(() => {
      expect(session.state().brokerConnected).toBe(true);
      expect(session.state().reconciled).toBe(true);
    });
    expect(session.state().alerts.has('Disconnected-broker')).toBe(false);
  });
});

// Lean.Brokerages.Alpaca 28
test('the fill of an accepted order never comes by the stream: the next list of open orders finds it out', async () => {
  const opened = await world({ positionsEvery: 1_000_000 });
  const { session, broker } = opened;
  await openMarket(opened);
  const at = session.state().now;
  await session.command({
    kind: 'OrderRequested',
    at,
    by: 'user:ada',
    intent: ticketIntent('lost-fill', { quantity: quantity('10'), limitPrice: price('90'), createdAt: at }),
  });
  await eventually(() => expect(broker.core.account('core').open.size).toBe(1));
  broker.faults.muteStream = true;
  broker.price('ALDR', price('89'), broker.now);
  await eventually(() => {
    expect(session.state().orders.get('lost-fill')?.state).toBe('filled');
    expect(session.state().positions.get('ALDR')?.quantity).toBe(quantity('10'));
  });
});

test('of two fills of one size and price the stream lost the second, and its row does not say where it belongs: both are booked', async () => {
  const opened = await world({ positionsEvery: 1 });
  const { session, broker } = opened;
  await openMarket(opened);
  const at = session.state().now;
  const intent = ticketIntent('twins', { quantity: quantity('10'), limitPrice: price('90'), createdAt: at });
  await session.command({ kind: 'OrderRequested', at, by: 'user:ada', intent });
  await eventually(() => expect(session.state().orders.get('twins')?.state).toBe('working'));
  broker.faults.muteStream = true;
  const order = session.state().orders.get('twins');
  if (order === undefined) return expect.unreachable();
  const brokerOrderId = order.brokerOrderId ?? '';
  const execution = { executionId: 'first', quantity: quantity('2'), price: price('90'), at };
  const said = { event: 'partial_fill', status: 'partially_filled', filled: '2', at: 1 } as const;
  const told = { ...reportOf(order, said), brokerOrderId, updatedAt: at };
  await session.command({ kind: 'OrderUpdated', at, update: { event: said.event, order: told, execution } });
  const row = { ...execution, brokerOrderId, symbol: 'ALDR', side: 'buy' } as const;
  replaceCall(
    broker,
    'executions',
    async () =>
      await Promise.resolve([
        { ...row, cumulativeQuantity: quantity('2') },
        { ...row, executionId: 'second' },
      ]),
  );
  await eventually(() => expect(session.state().orders.get('twins')?.filledQuantity).toBe(quantity('4')));
});

test('an order that is not ours is asked to be cancelled as long as the broker lists it: a request may have been lost', async () => {
  const { session, broker } = await world({ positionsEvery: 1_000_000 });
  await eventually(() => expect(session.state().reconciled).toBe(true));
  broker.openSession(broker.now);
  broker.price('ALDR', price('100'), broker.now);
  const asked: string[] = [];
  const restore = replaceCall(broker, 'cancel', async (id) => {
    asked.push(id);
    return await Promise.resolve({ kind: 'unknown', message: 'timed out' });
  });
  // Its stream says nothing of it: only the list of open orders does.
  broker.faults.muteStream = true;
  const foreign = ticketIntent('foreign', { quantity: quantity('10'), limitPrice: price('90') });
  const placed = broker.core.submit('core', newOrder(foreign), broker.now);
  if (!placed.ok) return expect.unreachable(placed.refusal.message);
  await eventually(() => expect(asked.length).toBeGreaterThanOrEqual(3));
  expect(new Set(asked)).toEqual(new Set([placed.order.id]));
  expect(session.state().alerts.has(`OrphanOrder-${placed.order.id}`)).toBe(true);
  restore();
  await eventually(() => expect(broker.core.account('core').open.size).toBe(0));
});

test('what an adapter notices is an alert, once, and ends with its cause', async () => {
  const { session } = await world();
  const notice = { code: 'StreamOccupied', subject: 'order stream', severity: 'warning', title: 'Taken', detail: 'By another' } as const;
  const { now: at } = session.state();
  await session.command({ kind: 'NoticeGiven', at, notice });
  await session.command({ kind: 'NoticeGiven', at, notice });
  expect(session.state().alerts.get('StreamOccupied-order stream')).toMatchObject({ title: 'Taken', severity: 'warning' });
  await session.command({ kind: 'NoticeGiven', at, notice: { ...notice, over: true } });
  expect(session.state().alerts.has('StreamOccupied-order stream')).toBe(false);
});

test('clocks are compared where the broker has one, and the gate hears of it', async () => {
  const first = await world();
  const { broker } = first;
  const told = await broker.clock();
  Object.assign(broker, { mode: 'paper' });
  replaceCall(broker, 'clock', async () => await Promise.resolve({ ...told, skewMs: 1_500 }));
  await first.restart({ timing: FAST });
  await eventually(() => expect(first.session.state().clockSkewMs).toBe(1_500));
});

test('while a difference stands the positions are compared each round: it is over as soon as the broker says so', async () => {
  const { session, broker } = await world({ positionsEvery: 1_000_000 });
  await eventually(() => expect(session.state().reconciled).toBe(true));
  const restore = replaceCall(
    broker,
    'positions',
    async () => await Promise.resolve([{ symbol: 'ALDR', quantity: quantity('3'), averagePrice: price('100') }]),
  );
  await session.command({ kind: 'BrokerConnected', at: session.state().now });
  await eventually(() => expect(session.state().alerts.has('PositionDifference-ALDR')).toBe(true));
  restore();
  await eventually(() => expect(session.state().differences.size).toBe(0));
});
