import assert from 'node:assert/strict';
import { byClientId, byId, cancel, failureOf, idOf, isUnanswered, openOrders, post, rest, times } from './case.ts';
import type { ConformanceCase } from './case.ts';

/** One order, one id: what happens when an answer is lost. */
export const submissionCases: readonly ConformanceCase[] = [
  {
    group: 1,
    name: 'POST twice with one client id',
    expects: '422 40010001, one order',
    on: 'any host',
    run: async (world) => {
      const clientOrderId = world.unique();
      const first = await rest(world, { clientOrderId });
      const again = await failureOf(rest(world, { clientOrderId }));
      assert.deepEqual([again.status, again.code], [422, 40_010_001]);
      assert.equal((await openOrders(world)).filter((order) => order.clientOrderId === clientOrderId).length, 1);
      await cancel(world, idOf(first));
    },
  },
  {
    group: 1,
    name: 'the client id of a cancelled order',
    expects: 'is taken for ever',
    on: 'any host',
    run: async (world) => {
      const clientOrderId = world.unique();
      await cancel(world, idOf(await rest(world, { clientOrderId })));
      assert.equal((await failureOf(rest(world, { clientOrderId }))).code, 40_010_001);
    },
  },
  {
    group: 1,
    name: 'no client id',
    expects: 'one is made, and finds the order',
    on: 'any host',
    run: async (world) => {
      const order = await rest(world);
      assert.equal((await byClientId(world, order.clientOrderId ?? '')).id, order.id);
      await cancel(world, idOf(order));
    },
  },
  {
    group: 1,
    name: 'client ids of 128 and 129 characters',
    expects: 'the first is taken, the second refused with 422',
    on: 'any host',
    run: async (world) => {
      const long = world.unique().padEnd(128, 'x');
      await cancel(world, idOf(await rest(world, { clientOrderId: long })));
      assert.equal((await failureOf(rest(world, { clientOrderId: `${long}y` }))).status, 422);
    },
  },
  {
    group: 1,
    name: 'look-ups of ids that were never used',
    expects: '404 40410000, by either id',
    on: 'any host',
    run: async (world) => {
      const none = '00000000-0000-4000-8000-000000000000';
      for (const lookUp of [byClientId(world, world.unique()), byId(world, none)]) {
        const { status, code } = await failureOf(lookUp);
        assert.deepEqual([status, code], [404, 40_410_000]);
      }
    },
  },
  ...(['reset-after', 'error-after'] as const).map((kind): ConformanceCase => ({
    group: 2,
    name: `POST accepted, then ${kind}`,
    expects: 'the order is found by its client id; sending it again makes no second one',
    on: 'simulator',
    run: async (world) => {
      const clientOrderId = world.unique();
      await world.simulator.arm({ kind, method: 'POST', path: '/v2/orders' });
      assert.ok(await isUnanswered(rest(world, { clientOrderId })));
      assert.equal((await byClientId(world, clientOrderId)).clientOrderId, clientOrderId);
      assert.equal((await failureOf(rest(world, { clientOrderId }))).code, 40_010_001);
      assert.equal((await openOrders(world)).length, 1);
      assert.equal((await world.simulator.fired())[kind], 1);
    },
  })),
  ...(['reset-before', 'error-html', 'error-empty', 'error-json'] as const).map((kind): ConformanceCase => ({
    group: 2,
    name: `POST that ends with ${kind}`,
    expects: 'no order, and the same id is free',
    on: 'simulator',
    run: async (world) => {
      const clientOrderId = world.unique();
      await world.simulator.arm({ kind, method: 'POST' });
      assert.ok(await isUnanswered(rest(world, { clientOrderId })));
      assert.equal((await failureOf(byClientId(world, clientOrderId))).status, 404);
      await rest(world, { clientOrderId });
      assert.equal((await openOrders(world)).length, 1);
    },
  })),
  {
    group: 2,
    name: 'a look-up just after a lost answer',
    expects: '404 is no proof: asked again, the order is there',
    on: 'simulator',
    run: async (world) => {
      const clientOrderId = world.unique();
      await world.simulator.arm({ kind: 'reset-after', method: 'POST' });
      await world.simulator.arm({ kind: 'not-found', method: 'GET', path: '/v2/orders:by_client_order_id', count: 2 });
      assert.ok(await isUnanswered(rest(world, { clientOrderId })));
      assert.equal((await failureOf(byClientId(world, clientOrderId))).status, 404);
      assert.equal((await failureOf(byClientId(world, clientOrderId))).status, 404);
      assert.equal((await byClientId(world, clientOrderId)).clientOrderId, clientOrderId);
    },
  },
  {
    group: 2,
    name: 'reads that lag behind the stream',
    expects: 'an order that the stream has told of is missing from the list for a while',
    on: 'simulator',
    run: async (world) => {
      const listening = await world.listen();
      await world.simulator.arm({ kind: 'stale-reads', count: 1 });
      const order = await rest(world);
      await listening.until((updates) => updates.length > 0, 'the first update');
      assert.deepEqual(await openOrders(world), []);
      assert.deepEqual(
        (await openOrders(world)).map(({ id }) => id),
        [order.id],
      );
      listening.close();
    },
  },
  {
    group: 2,
    name: 'answers with missing, new and cut fields, and a strange status',
    expects: 'come as armed; the order itself is sound',
    on: 'simulator',
    run: async (world) => {
      const { id = '' } = await rest(world);
      await world.simulator.arm({ kind: 'missing-fields', fields: ['filled_qty'] });
      assert.ok(!('filled_qty' in (await world.call('GET', `/v2/orders/${id}`)).body));
      await world.simulator.arm({ kind: 'new-fields' });
      assert.ok('a_field_of_tomorrow' in (await world.call('GET', `/v2/orders/${id}`)).body);
      await world.simulator.arm({ kind: 'unknown-status' });
      assert.equal((await byId(world, id)).status, 'a_status_of_tomorrow');
      await world.simulator.arm({ kind: 'malformed-body' });
      await assert.rejects(byId(world, id));
      assert.equal((await byId(world, id)).filledQty, '0');
    },
  },
  {
    group: 2,
    name: 'an order that somebody else placed',
    expects: 'is in the list with an id that is not ours',
    on: 'simulator',
    run: async (world) => {
      await world.alpaca.trading.account.getAccount();
      const order = { symbol: world.symbol, side: 'buy', qty: '2', type: 'limit', time_in_force: 'gtc', limit_price: times(world, 0.7) };
      await world.simulator.steer('account', { kind: 'order', order });
      assert.deepEqual(
        (await openOrders(world)).map(({ qty }) => qty),
        ['2'],
      );
      await post(world, { qty: '1' });
      assert.equal((await openOrders(world)).length, 2);
    },
  },
];
