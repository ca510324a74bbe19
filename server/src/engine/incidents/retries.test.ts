import { afterEach, describe, expect, test } from 'vitest';
import { quantity } from '../../money/fixed.ts';
import { riskContext } from '../risk-context.ts';
import { ANSWER_MS_MAX, becomes, booksAgree, closeExchangeWorlds, openExchangeWorld } from '../test/exchange-world.ts';
import type { ExchangeWorld } from '../test/exchange-world.ts';
import { FLIPPER, flipper } from '../test/session-world.ts';

afterEach(closeExchangeWorlds);

const TOO_LATE_MS = 3 * ANSWER_MS_MAX;
const POST = { method: 'POST', path: '/v2/orders' } as const;

/** Every state that an order has had, in order. */
const statesOf = async (world: ExchangeWorld, id: string): Promise<readonly string[]> =>
  (await world.entries('OrderChanged')).flatMap(({ payload }) => {
    const { order } = payload as { readonly order: { readonly id: string; readonly state: string } };
    return order.id === id ? [order.state] : [];
  });

describe('hummingbot 493, catalyst 317: a retry after a time-out doubled the order', () => {
  test.each([{ kind: 'reset-after' }, { kind: 'error-after' }, { kind: 'malformed-body' }, { kind: 'slow-answer', ms: TOO_LATE_MS }])(
    '$kind, and nothing by the stream: sent once, found by its id, there once',
    async (fault) => {
      const world = await openExchangeWorld();
      await world.arm({ ...fault, ...POST }, { kind: 'mute-stream' });
      await world.ticket('lost');
      // Where the answer is late, the list of open orders may tell of it first.
      await becomes(async () => expect(await world.entries('OrderOutcomeUnknown')).toHaveLength(1));
      await becomes(() => expect(world.order('lost').state).toBe('working'));
      expect((await statesOf(world, 'lost')).filter((state) => state !== 'unknown')).toEqual(['approved', 'working']);
      expect(await world.theirs()).toMatchObject([{ client_order_id: 'lost', status: 'new' }]);
      expect(world.posts()).toBe(1);
      await booksAgree(world);
    },
  );

  test('a market order whose answer is lost fills once', async () => {
    const world = await openExchangeWorld();
    await world.arm({ kind: 'reset-after', ...POST });
    await world.ticket('lost', { type: 'market', timeInForce: 'day' });
    await becomes(() => expect(world.order('lost').state).toBe('filled'));
    await booksAgree(world);
    expect(world.session.state().positions.get('AAA')?.quantity).toBe(quantity('10'));
    expect(world.posts()).toBe(1);
  });
});

test('nautilus 4215: the time-out comes after the accept has arrived: nothing is sent again, and nothing is in doubt', async () => {
  const world = await openExchangeWorld();
  await world.arm({ kind: 'slow-answer', ms: TOO_LATE_MS, ...POST });
  await world.ticket('slow');
  await becomes(() => expect(world.order('slow').state).toBe('working'));
  expect(await world.entries('OrderOutcomeUnknown')).toEqual([]);
  await becomes(async () => expect(await world.entries('OrderOutcomeUnknown')).toHaveLength(1));
  expect(await statesOf(world, 'slow')).not.toContain('unknown');
  expect(world.session.state().alerts.has('OutcomeUnknown-slow')).toBe(false);
  expect(world.posts()).toBe(1);
  await booksAgree(world);
});

test('nautilus 4958: an order in flight is called rejected by no timer: it stays in doubt, and reserved, until the broker knows it', async () => {
  const world = await openExchangeWorld();
  await world.arm({ kind: 'slow-request', ms: 4 * ANSWER_MS_MAX, ...POST }, { kind: 'mute-stream' });
  await world.ticket('in-flight');
  await becomes(() => expect(world.order('in-flight').state).toBe('unknown'));
  const asked = (): number => world.requests.filter(({ path, status }) => path.includes('by_client_order_id') && status === 404).length;
  await becomes(() => expect(asked()).toBeGreaterThan(2));
  expect(riskContext(world.session.state()).openOrders).toMatchObject([{ id: 'in-flight', remaining: quantity('10') }]);
  await becomes(() => expect(world.order('in-flight').state).toBe('working'));
  expect(await statesOf(world, 'in-flight')).toEqual(['approved', 'unknown', 'working']);
  expect(world.posts()).toBe(1);
  await booksAgree(world);
});

test('nautilus 3176: restarts make no orders: what rested, what filled and what was in doubt is there once after three of them', async () => {
  const openRunner = async () => await Promise.resolve(flipper());
  const world = await openExchangeWorld({ session: { openRunner } });
  const { now: at } = world.session.state();
  await world.session.command({ kind: 'StrategyCreated', at, by: 'user:ada', config: { ...FLIPPER, symbols: ['AAA'] } });
  await world.session.command({ kind: 'StrategyEnabled', at, by: 'user:ada', strategyId: FLIPPER.id });
  for (const [day, close] of [100, 101].entries()) {
    const bar = { symbol: 'AAA', timeframe: '1Day', open: close, high: close, low: close, close, volume: 1 } as const;
    await world.session.onBars([{ ...bar, startAt: (at - (9 - day) * 86_400_000) as typeof at }], (at + day) as typeof at);
  }
  await becomes(() => expect(world.session.state().positions.get('AAA')?.quantity).toBe(quantity('10')));
  await world.ticket('resting');
  await becomes(() => expect(world.order('resting').state).toBe('working'));
  await world.arm(
    { kind: 'reset-after', ...POST },
    { kind: 'error-json', path: '/v2/orders', method: 'GET', rate: 1 },
    { kind: 'mute-stream' },
  );
  await world.ticket('in-doubt');
  await becomes(() => expect(world.order('in-doubt').state).toBe('unknown'));
  const before = [...world.session.state().orders.keys()];
  expect(before).toHaveLength(3);
  for (let restart = 0; restart < 3; restart += 1) {
    await world.restart();
    expect(world.session.recovered.problem).toBeUndefined();
    expect([...world.session.state().orders.keys()]).toEqual(before);
  }
  expect(world.order('in-doubt').state).toBe('unknown');
  await world.simulator.disarm();
  await becomes(() => expect(world.order('in-doubt').state).toBe('working'));
  expect(world.posts()).toBe(3);
  await booksAgree(world);
});
