import assert from 'node:assert/strict';
import type { trading } from '@alpacahq/alpaca-trade-api';
import { ratio } from '../../money/fixed.ts';
import { byId, cancel, eventsOf, failureOf, idOf, openOrders, post, times } from './case.ts';
import type { ConformanceCase, SimulatedWorld, World } from './case.ts';

/** A market entry of ten shares with its exits; the test market goes from 100 to 98, 104 and 102. */
const bracket = (world: World, profit: number, loss: number): Promise<trading.Order> =>
  post(world, {
    qty: '10',
    timeInForce: 'gtc',
    orderClass: 'bracket',
    takeProfit: { limitPrice: times(world, profit) },
    stopLoss: { stopPrice: times(world, loss) },
  });

const legsOf = async (world: World, order: trading.Order) => (await byId(world, idOf(order), true)).legs ?? [];
const statusesOf = async (world: World, order: trading.Order): Promise<readonly unknown[]> => {
  const whole = await byId(world, idOf(order), true);
  return [whole.status, ...(whole.legs ?? []).map(({ status }) => status)];
};

async function entered(world: SimulatedWorld, profit: number, loss: number): Promise<trading.Order> {
  await world.simulator.step();
  return bracket(world, profit, loss);
}

export const familyCases: readonly ConformanceCase[] = [
  {
    group: 6,
    name: 'a bracket whose entry fills in part',
    expects: 'both legs stay held until it is whole',
    on: 'simulator',
    exchange: { mode: 'realistic', participation: ratio('0.02'), switches: { routingDelay: false } },
    run: async (world) => {
      const order = await bracket(world, 1.2, 0.9);
      await world.simulator.step();
      assert.deepEqual(await statusesOf(world, order), ['partially_filled', 'held', 'held']);
      await world.simulator.step();
      assert.deepEqual(await statusesOf(world, order), ['filled', 'new', 'held']);
    },
  },
  {
    group: 6,
    name: 'a bracket whose entry is filled',
    expects: 'the take-profit is new, the stop stays held with the broker',
    on: 'simulator',
    run: async (world) => assert.deepEqual(await statusesOf(world, await entered(world, 1.2, 0.9)), ['filled', 'new', 'held']),
  },
  {
    group: 6,
    name: 'the take-profit fills',
    expects: 'the stop is cancelled, and no event tells of it',
    on: 'simulator',
    run: async (world) => {
      const listening = await world.listen();
      const order = await entered(world, 1.03, 0.9);
      const [, stop] = await legsOf(world, order);
      await world.simulator.step(2);
      assert.deepEqual(await statusesOf(world, order), ['filled', 'filled', 'canceled']);
      await post(world);
      const updates = await listening.until((all) => all.filter(({ event }) => event === 'fill').length === 3, 'the last fill');
      assert.deepEqual(eventsOf(updates, stop?.id ?? ''), []);
      listening.close();
    },
  },
  {
    group: 6,
    name: 'the take-profit fills, all events told',
    expects: 'the cancel of the stop is heard where the switch says so',
    on: 'simulator',
    exchange: { switches: { legEvents: true } },
    run: async (world) => {
      const listening = await world.listen();
      const order = await entered(world, 1.03, 0.9);
      const [, stop] = await legsOf(world, order);
      await world.simulator.step(2);
      await listening.until((all) => eventsOf(all, stop?.id ?? '').includes('canceled'), 'the cancel');
      listening.close();
    },
  },
  {
    group: 6,
    name: 'the stop is touched',
    expects: 'it fills, the take-profit shows replaced',
    on: 'simulator',
    run: async (world) => {
      const order = await entered(world, 1.2, 0.99);
      await world.simulator.step();
      assert.deepEqual(await statusesOf(world, order), ['filled', 'replaced', 'filled']);
      assert.deepEqual(await world.alpaca.trading.positions.getAllOpenPositions(), []);
    },
  },
  ...([0, 1] as const).map((nth): ConformanceCase => ({
    group: 6,
    name: `leg ${nth} of a bracket is cancelled`,
    expects: 'the other one too; the position stays',
    on: 'simulator',
    run: async (world) => {
      const order = await entered(world, 1.2, 0.9);
      await cancel(world, (await legsOf(world, order))[nth]?.id ?? '');
      assert.deepEqual(await statusesOf(world, order), ['filled', 'canceled', 'canceled']);
      assert.equal((await world.alpaca.trading.positions.getAllOpenPositions())[0]?.qty, '10');
    },
  })),
  {
    group: 6,
    name: 'lists of open orders',
    expects: 'held legs are missing unless the list is nested',
    on: 'simulator',
    run: async (world) => {
      const order = await bracket(world, 1.2, 0.9);
      assert.deepEqual(
        (await openOrders(world)).map(({ id }) => id),
        [order.id],
      );
      const nested = await world.alpaca.trading.orders.getAllOrders({ status: 'open', nested: true });
      assert.deepEqual(
        nested.map(({ legs }) => legs?.length),
        [2],
      );
    },
  },
  {
    group: 6,
    name: 'an OCO of a position',
    expects: 'the take-profit is the parent, the stop its leg; one touched cancels the other',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      await post(world, { qty: '10' });
      const order = await post(world, {
        side: 'sell',
        qty: '10',
        type: 'limit',
        timeInForce: 'gtc',
        orderClass: 'oco',
        takeProfit: { limitPrice: times(world, 1.03) },
        stopLoss: { stopPrice: times(world, 0.9) },
      });
      assert.deepEqual(
        (await legsOf(world, order)).map(({ type, status }) => [type, status]),
        [['stop', 'held']],
      );
      await world.simulator.step(2);
      assert.deepEqual(await statusesOf(world, order), ['filled', 'canceled']);
    },
  },
  {
    group: 6,
    name: 'an OTO',
    expects: 'its one exit works when the entry is filled',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      const order = await post(world, { qty: '10', timeInForce: 'gtc', orderClass: 'oto', stopLoss: { stopPrice: times(world, 0.99) } });
      assert.deepEqual(await statusesOf(world, order), ['filled', 'new']);
      await world.simulator.step();
      assert.deepEqual(await statusesOf(world, order), ['filled', 'filled']);
    },
  },
  {
    group: 6,
    name: 'brackets that lack an exit, or have them the wrong way round',
    expects: '422',
    on: 'any host',
    run: async (world) => {
      const wrong = { orderClass: 'bracket', timeInForce: 'gtc' } as const;
      const [high, low] = [{ limitPrice: times(world, 1.2) }, { stopPrice: times(world, 0.8) }];
      for (const exits of [{ takeProfit: high }, { stopLoss: low }, { takeProfit: { limitPrice: times(world, 0.7) }, stopLoss: low }])
        assert.equal((await failureOf(post(world, { ...wrong, ...exits }))).status, 422);
    },
  },
  {
    group: 6,
    name: 'a trailing stop',
    expects: 'follows the best price, and fills at its stop',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      await post(world);
      const { id = '' } = await post(world, { side: 'sell', type: 'trailing_stop', timeInForce: 'gtc', trailPrice: '2.5' });
      assert.deepEqual([(await byId(world, id)).hwm, (await byId(world, id)).stopPrice], ['100', '97.5']);
      await world.simulator.step(2);
      assert.deepEqual([(await byId(world, id)).hwm, (await byId(world, id)).stopPrice], ['104', '101.5']);
      await world.simulator.step(3);
      const order = await byId(world, id);
      assert.deepEqual([order.status, order.filledAvgPrice], ['filled', '101.5']);
    },
  },
];
