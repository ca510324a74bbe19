import assert from 'node:assert/strict';
import { quantity } from '../../money/fixed.ts';
import { listed } from '../core/testing.ts';
import { cancel, failureOf, idOf, post, rest, times } from './case.ts';
import type { ConformanceCase, SimulatedWorld } from './case.ts';

const ALL = 1_000_000;

/** Nothing is let through but what does not match the path. */
const limits: readonly ConformanceCase[] = [
  ...(['GET', 'POST', 'DELETE'] as const).map((method): ConformanceCase => ({
    group: 9,
    name: `429 on ${method}`,
    expects: 'code 42910000 and a reset in the future; nothing is carried out; then it works',
    on: 'simulator',
    run: async (world) => {
      const order = await rest(world);
      await world.simulator.arm({ kind: 'rate-limit', method, ms: 3000 });
      const path = method === 'POST' ? '/v2/orders' : `/v2/orders/${order.id ?? ''}`;
      const body = { symbol: world.symbol, side: 'buy', qty: '1', type: 'limit', time_in_force: 'gtc', limit_price: times(world, 0.8) };
      const ask = () => world.call(method, path, method === 'POST' ? body : undefined);
      const refused = await ask();
      assert.deepEqual([refused.status, refused.body['code']], [429, 42_910_000]);
      assert.equal(refused.headers.get('x-ratelimit-remaining'), '0');
      assert.ok(Number(refused.headers.get('x-ratelimit-reset')) * 1000 > Date.now());
      assert.equal((await world.alpaca.trading.orders.getAllOrders({ status: 'open' })).length, 1);
      assert.ok((await ask()).status < 300);
    },
  })),
  {
    group: 9,
    name: 'the window of a small plan',
    expects: '429 when it is used up, headers that count down, and data counted apart',
    on: 'simulator',
    exchange: { rateLimitPerMinute: 5 },
    run: async (world) => {
      const statuses: number[] = [];
      for (let count = 0; count < 12; count++) statuses.push((await world.call('GET', '/v2/clock')).status);
      assert.ok(statuses.includes(429));
      assert.equal((await world.call('GET', `/v2/stocks/snapshots?symbols=${world.symbol}`)).status, 200);
    },
  },
  {
    group: 9,
    name: 'bulk reads are refused',
    expects: 'cancels still go through',
    on: 'simulator',
    run: async (world) => {
      const order = await rest(world);
      await world.simulator.arm({ kind: 'rate-limit', method: 'GET', count: ALL });
      assert.equal((await world.call('GET', '/v2/positions')).status, 429);
      await cancel(world, idOf(order));
    },
  },
];

const fractional = { instruments: [listed('AAA', { lot: quantity('0.000000001') }), listed('BBB')] } as const;

const fields: readonly ConformanceCase[] = [
  {
    group: 10,
    name: 'limits and stops finer than a cent',
    expects: '422 42210000 that names the sub-penny rule; IEEE noise bounces too',
    on: 'any host',
    run: async (world) => {
      for (const limitPrice of [`${times(world, 0.8)}1`, `${times(world, 0.8)}0000001`]) {
        const { status, message } = await failureOf(rest(world, { limitPrice }));
        assert.equal(status, 422);
        assert.match(message, /sub-penny/);
      }
    },
  },
  {
    group: 10,
    name: 'a market order for extended hours',
    expects: '422',
    on: 'any host',
    run: async (world) => assert.equal((await failureOf(post(world, { extendedHours: true }))).status, 422),
  },
  {
    group: 10,
    name: 'types and times in force that do not go together',
    expects: '422 for stops at once or never, trails in an auction, and brackets of a moment',
    on: 'any host',
    run: async (world) => {
      const stop = { type: 'stop', stopPrice: times(world, 1.2) } as const;
      for (const timeInForce of ['ioc', 'fok', 'opg', 'cls'] as const)
        assert.equal((await failureOf(post(world, { ...stop, timeInForce }))).status, 422);
    },
  },
  {
    group: 10,
    name: 'an asset that is not there',
    expects: '422 for an order, 404 for a question',
    on: 'any host',
    run: async (world) => {
      assert.equal((await failureOf(post(world, { symbol: 'NOSUCH9' }))).status, 422);
      assert.equal((await world.call('GET', '/v2/assets/NOSUCH9')).status, 404);
    },
  },
  {
    group: 10,
    name: 'more than the buying power',
    expects: '403 40310000 with buying_power and cost_basis',
    on: 'any host',
    run: async (world) => {
      const { status, code, body } = await failureOf(rest(world, { qty: '900000' }));
      assert.deepEqual([status, code], [403, 40_310_000]);
      assert.ok('buying_power' in body && 'cost_basis' in body);
    },
  },
  {
    group: 10,
    name: 'qty and dollars together, and neither',
    expects: '422',
    on: 'any host',
    run: async (world) => {
      const order = { symbol: world.symbol, side: 'buy', type: 'market', time_in_force: 'day' };
      assert.equal((await world.call('POST', '/v2/orders', { ...order, qty: '1', notional: '100' })).status, 422);
      assert.equal((await world.call('POST', '/v2/orders', order)).status, 422);
    },
  },
];

/** A resting order and one against it, by the broker's table. */
const WASH = [
  { name: 'limits that cross', first: { side: 'buy', limitPrice: '99' }, second: { type: 'limit', limitPrice: '99' }, refused: true },
  {
    name: 'limits that do not cross',
    first: { side: 'buy', limitPrice: '99' },
    second: { type: 'limit', limitPrice: '99.01' },
    refused: false,
  },
  { name: 'a market order against a limit', first: { side: 'buy', limitPrice: '90' }, second: { type: 'market' }, refused: true },
  { name: 'a stop against a limit', first: { side: 'buy', limitPrice: '90' }, second: { type: 'stop', stopPrice: '80' }, refused: true },
  {
    name: 'a stop-limit that crosses',
    first: { side: 'buy', limitPrice: '90' },
    second: { type: 'stop_limit', stopPrice: '89', limitPrice: '88' },
    refused: true,
  },
] as const;

async function washTrade(world: SimulatedWorld, { first, second, refused }: (typeof WASH)[number]): Promise<void> {
  await world.simulator.step();
  await post(world, { qty: '10' });
  const resting = await rest(world, first);
  const against = post(world, { side: 'sell', timeInForce: 'gtc', ...second });
  if (!refused) return void (await against);
  const { status, code, body } = await failureOf(against);
  assert.deepEqual([status, code, body['existing_order_id']], [403, 40_310_000, resting.id]);
  assert.equal(body['reject_reason'], 'opposite side limit order exists');
}

const book: readonly ConformanceCase[] = [
  ...WASH.map((row): ConformanceCase => ({
    group: 10,
    name: `wash trade: ${row.name}`,
    expects: row.refused ? '403 with the order that stands against it' : 'both stand',
    on: 'simulator',
    run: (world) => washTrade(world, row),
  })),
  {
    group: 10,
    name: 'more shares than are free',
    expects: '403 with available, existing_qty, held_for_orders and the symbol',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      await post(world, { qty: '10' });
      await rest(world, { side: 'sell', qty: '7', limitPrice: '150' });
      const { status, body } = await failureOf(post(world, { side: 'sell', qty: '4' }));
      assert.equal(status, 403);
      assert.deepEqual([body['available'], body['existing_qty'], body['held_for_orders'], body['symbol']], ['3', '10', '7', 'AAA']);
      const closing = await world.call('DELETE', '/v2/positions/AAA');
      assert.equal(closing.status, 403);
    },
  },
  {
    group: 10,
    name: 'parts of shares',
    expects: '422 short, in a bracket, for longer than a day, and of an asset that has none',
    on: 'simulator',
    exchange: fractional,
    run: async (world) => {
      await world.simulator.step();
      const exits = { takeProfit: { limitPrice: '120' }, stopLoss: { stopPrice: '80' } };
      for (const request of [
        { side: 'sell', qty: '1.5' },
        { qty: '1.5', orderClass: 'bracket', ...exits },
        { qty: '1.5', timeInForce: 'gtc', type: 'limit', limitPrice: '90' },
        { symbol: 'BBB', qty: '1.5' },
        { symbol: 'BBB', notional: '100' },
      ] as const)
        assert.equal((await failureOf(post(world, request))).status, 422);
    },
  },
  {
    group: 10,
    name: 'an order by dollars',
    expects: 'qty is null, notional is told, filled_qty has nine digits',
    on: 'simulator',
    exchange: fractional,
    run: async (world) => {
      await world.simulator.step();
      const order = await post(world, { notional: '33' });
      const { body } = await world.call('GET', `/v2/orders/${order.id ?? ''}`);
      assert.deepEqual([body['qty'], body['notional'], body['filled_qty'], body['status']], [null, '33', '0.33', 'filled']);
    },
  },
  {
    group: 10,
    name: 'positions closed by quantity, by percentage, and all together',
    expects: '200 with a market order; 207 with one line a symbol',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      await post(world, { qty: '10' });
      await post(world, { symbol: 'BBB', qty: '4' });
      assert.equal((await world.call('DELETE', '/v2/positions/AAA?qty=3')).body['qty'], '3');
      assert.equal((await world.call('DELETE', '/v2/positions/AAA?percentage=50')).body['qty'], '3');
      const { status, body } = await world.call('DELETE', '/v2/positions?cancel_orders=true');
      assert.equal(status, 207);
      assert.deepEqual(
        (body['rows'] as { symbol: string; status: number }[]).map((row) => [row.symbol, row.status]),
        [
          ['AAA', 200],
          ['BBB', 200],
        ],
      );
      assert.equal((await world.call('GET', '/v2/positions/AAA')).status, 404);
    },
  },
];

export const refusalCases: readonly ConformanceCase[] = [...limits, ...fields, ...book];
