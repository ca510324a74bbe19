import assert from 'node:assert/strict';
import { ratio } from '../../money/fixed.ts';
import { byClientId, byId, cancel, eventsOf, failureOf, idOf, openOrders, post, rest, times } from './case.ts';
import type { ConformanceCase, SimulatedWorld } from './case.ts';

const NONE = '00000000-0000-4000-8000-000000000000';

/** Requests take until the next price, and each step offers so much that 250 shares trade. */
const SLOW = { switches: { routingDelay: true } } as const;
const THIN = { mode: 'realistic', participation: ratio('0.1') } as const;

const replace = ({ alpaca }: Pick<SimulatedWorld, 'alpaca'>, orderId: string, change: Readonly<Record<string, string>>) =>
  alpaca.trading.orders.patchOrderByOrderId({ orderId, patchOrderRequest: change });

const cancels: readonly ConformanceCase[] = [
  {
    group: 4,
    name: 'a partial fill, then a cancel that wins',
    expects: 'canceled with what was filled',
    on: 'simulator',
    exchange: THIN,
    run: async (world) => {
      const { id = '' } = await post(world, { qty: '60' });
      await world.simulator.step();
      assert.equal((await byId(world, id)).status, 'partially_filled');
      await cancel(world, id);
      assert.equal((await byId(world, id)).status, 'pending_cancel');
      // The price that brings the cancel fills more of the order first: the cancel came after it.
      await world.simulator.step();
      const order = await byId(world, id);
      assert.deepEqual([order.status, order.filledQty], ['canceled', '50']);
    },
  },
  {
    group: 4,
    name: 'a cancel that loses the race',
    expects: 'filled, and the stream says order_cancel_rejected',
    on: 'simulator',
    exchange: SLOW,
    run: async (world) => {
      const listening = await world.listen();
      const { id = '' } = await rest(world, { limitPrice: '99' });
      await world.simulator.step();
      await cancel(world, id);
      await world.simulator.step();
      const updates = await listening.until((all) => all.some(({ event }) => event === 'order_cancel_rejected'), 'the outcome');
      listening.close();
      assert.equal((await byId(world, id)).status, 'filled');
      assert.deepEqual(eventsOf(updates, id).slice(-3), ['pending_cancel', 'fill', 'order_cancel_rejected']);
    },
  },
  {
    group: 4,
    name: 'a cancel of an order that is filled',
    expects: '422',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      const { id = '' } = await post(world);
      assert.equal((await failureOf(cancel(world, id))).status, 422);
    },
  },
  {
    group: 4,
    name: 'a second cancel',
    expects: '422, the first one stands',
    on: 'any host',
    run: async (world) => {
      const { id = '' } = await rest(world);
      await cancel(world, id);
      assert.equal((await failureOf(cancel(world, id))).status, 422);
    },
  },
  {
    group: 4,
    name: 'a cancel of an order that is not there',
    expects: '404',
    on: 'any host',
    run: async (world) => assert.equal((await failureOf(cancel(world, NONE))).status, 404),
  },
  {
    group: 4,
    name: 'shares while a cancel is on its way',
    expects: '403 with held_for_orders until it is final',
    on: 'simulator',
    exchange: SLOW,
    run: async (world) => {
      await post(world);
      await world.simulator.step();
      const { id = '' } = await rest(world, { side: 'sell', limitPrice: '150' });
      await world.simulator.step();
      await cancel(world, id);
      const again = await failureOf(post(world, { side: 'sell' }));
      assert.deepEqual([again.status, again.code, again.body['held_for_orders'], again.body['available']], [403, 40_310_000, '1', '0']);
      await world.simulator.step();
      assert.equal((await post(world, { side: 'sell' })).status, 'pending_new');
    },
  },
  {
    group: 4,
    name: 'DELETE of all orders',
    expects: '207 with one line an order',
    on: 'simulator',
    run: async (world) => {
      const ids = [await rest(world), await rest(world)].map(({ id }) => id);
      const { status, body } = await world.call('DELETE', '/v2/orders');
      assert.equal(status, 207);
      assert.deepEqual(
        body['rows'],
        ids.map((id) => ({ id, status: 200 })),
      );
      assert.deepEqual(await openOrders(world), []);
    },
  },
];

const replaces: readonly ConformanceCase[] = [
  {
    group: 5,
    name: 'a chain of two replaces',
    expects: 'replaces and replaced_by lead through it; each link has a client id of its own',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      const first = await rest(world, { clientOrderId: world.unique() });
      const second = await replace(world, idOf(first), { limitPrice: '79' });
      const third = await replace(world, idOf(second), { limitPrice: '78', qty: '3' });
      assert.deepEqual([second.replaces, third.replaces], [first.id, second.id]);
      const links = await Promise.all([first, second, third].map((link) => byId(world, idOf(link))));
      assert.deepEqual(
        links.map(({ status }) => status),
        ['replaced', 'replaced', 'new'],
      );
      assert.deepEqual(
        links.map((link) => link.replacedBy ?? null),
        [second.id, third.id, null],
      );
      assert.equal(new Set(links.map(({ clientOrderId }) => clientOrderId)).size, 3);
      assert.equal((await byClientId(world, first.clientOrderId ?? '')).id, first.id);
    },
  },
  {
    group: 5,
    name: 'a replace that loses the race',
    expects: 'the old order is filled, the new one rejected, and the stream says so',
    on: 'simulator',
    exchange: SLOW,
    run: async (world) => {
      const listening = await world.listen();
      const { id = '' } = await rest(world, { limitPrice: '98' });
      await world.simulator.step();
      const fresh = await replace(world, id, { limitPrice: '97' });
      assert.equal((await byId(world, id)).status, 'pending_replace');
      assert.equal((await failureOf(cancel(world, id))).status, 422);
      await world.simulator.step();
      const updates = await listening.until((all) => all.some(({ event }) => event === 'rejected'), 'the rejection');
      listening.close();
      assert.deepEqual(eventsOf(updates, id).slice(-2), ['fill', 'order_replace_rejected']);
      assert.deepEqual([(await byId(world, id)).status, (await byId(world, idOf(fresh))).status], ['filled', 'rejected']);
    },
  },
  ...([true, false] as const).map((replaceCarriesFills): ConformanceCase => ({
    group: 5,
    name: `a replace of a partly filled order, fills ${replaceCarriesFills ? 'carried over' : 'left behind'}`,
    expects: 'filled_qty of the new order as the switch says; no share is lost',
    on: 'simulator',
    exchange: { ...THIN, switches: { replaceCarriesFills, routingDelay: false } },
    run: async (world) => {
      const { id = '' } = await post(world, { qty: '60', type: 'limit', limitPrice: '101' });
      await world.simulator.step();
      const fresh = await replace(world, id, { limitPrice: '50' });
      const [old, now] = [await byId(world, id), await byId(world, idOf(fresh))];
      assert.deepEqual([old.status, old.filledQty, now.filledQty], ['replaced', '25', replaceCarriesFills ? '25' : '0']);
      const position = await world.alpaca.trading.positions.getOpenPosition({ symbolOrAssetId: world.symbol });
      assert.equal(position.qty, '25');
    },
  })),
  {
    group: 5,
    name: 'a replace while the market is closed',
    expects: '422 in status accepted',
    on: 'simulator',
    run: async (world) => {
      const { id = '', status } = await rest(world);
      assert.equal(status, 'accepted');
      assert.equal((await failureOf(replace(world, id, { limitPrice: '79' }))).status, 422);
    },
  },
  {
    group: 5,
    name: 'replaces that are refused',
    expects: '404 for what is not there, 422 for less than is filled, parts of shares and dollars',
    on: 'simulator',
    exchange: { ...THIN, switches: { routingDelay: false } },
    run: async (world) => {
      const { id = '' } = await post(world, { qty: '60', type: 'limit', limitPrice: '101' });
      await world.simulator.step();
      assert.equal((await failureOf(replace(world, NONE, { limitPrice: '79' }))).status, 404);
      assert.equal((await failureOf(replace(world, id, { qty: '25' }))).status, 422);
      assert.equal((await failureOf(replace(world, id, { qty: '30.5' }))).status, 422);
      assert.equal((await failureOf(replace(world, id, { notional: '500' }))).status, 422);
      assert.equal((await failureOf(replace(world, id, { limitPrice: times(world, 1.00001) + '5' }))).status, 422);
    },
  },
];

export const changeCases: readonly ConformanceCase[] = [...cancels, ...replaces];
