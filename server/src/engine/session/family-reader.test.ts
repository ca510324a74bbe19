import { afterEach, describe, expect, test, vi } from 'vitest';
import { encode } from '../../journal/codec.ts';
import { price, quantity } from '../../money/fixed.ts';
import type { Broker } from '../../orders/broker.ts';
import { ticketIntent } from '../test/desk.ts';
import { ALDER, eventually, openWorld } from '../test/session-world.ts';
import type { World } from '../test/session-world.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

/** A session with an open market, over the matching core. */
async function openMarket(): Promise<World> {
  const world = await openWorld();
  worlds.push(world);
  await world.day(100, 100);
  await eventually(() => expect(world.session.state().reconciled).toBe(true));
  await world.session.command({ kind: 'InstrumentListed', at: world.session.state().now, instrument: ALDER });
  const at = world.broker.now;
  world.broker.openSession(at);
  world.broker.price('ALDR', price('100'), at);
  return world;
}

/** A bracket whose entry fills at once: two legs hang on it. */
async function bracket(world: World): Promise<void> {
  const at = world.session.state().now;
  const intent = ticketIntent('b1', {
    quantity: quantity('10'),
    limitPrice: price('101'),
    orderClass: 'bracket',
    takeProfit: { limitPrice: price('110') },
    stopLoss: { stopPrice: price('90') },
    protectiveStop: price('90'),
    createdAt: at,
  });
  await world.session.command({ kind: 'OrderRequested', at, by: 'user:ada', intent });
}

const lookups = async ({ journal }: World) =>
  (await journal.read(0, 10_000)).filter(
    ({ kind, payload }) => kind === 'OrderAcknowledged' && encode(payload).includes('"basis":"lookup"'),
  );

function failing(broker: Broker, times: number): () => number {
  const real = broker.family.bind(broker);
  let asked = 0;
  vi.spyOn(broker, 'family').mockImplementation(async (id) => {
    asked += 1;
    if (asked <= times) throw new Error('503');
    return await real(id);
  });
  return () => asked;
}

describe('reading an order with its legs', () => {
  test('names the legs, with the executions of each, after the entry has filled', async () => {
    const world = await openMarket();
    await bracket(world);
    await eventually(() => {
      const { orders, positions } = world.session.state();
      const legs = [...orders.values()].filter(({ intent }) => intent.leg?.parentId === 'b1');
      expect(legs.map(({ brokerOrderId }) => brokerOrderId !== undefined)).toEqual([true, true]);
      expect(positions.get('ALDR')?.quantity).toBe(quantity('10'));
    });
    expect((await lookups(world)).length).toBeGreaterThan(0);
  });

  test('asks until the broker answers, and tells the engine then', async () => {
    const world = await openMarket();
    const asked = failing(world.broker, 3);
    await bracket(world);
    await eventually(() => {
      const legs = [...world.session.state().orders.values()].filter(({ intent }) => intent.leg?.parentId === 'b1');
      expect(legs.every(({ brokerOrderId }) => brokerOrderId !== undefined)).toBe(true);
    });
    expect(asked()).toBeGreaterThan(3);
    expect(world.reports).toEqual([]);
  });

  test('does not go on after the session has closed', async () => {
    const world = await openMarket();
    const asked = failing(world.broker, Number.POSITIVE_INFINITY);
    await bracket(world);
    await eventually(() => expect(asked()).toBeGreaterThan(1));
    await world.session.close();
    const before = asked();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(asked()).toBe(before);
    expect(world.reports).toEqual([]);
  });
});
