import assert from 'node:assert/strict';
import { byId, cancel, idOf, post, rest } from './case.ts';
import type { ConformanceCase, SimulatedWorld } from './case.ts';

const account = (world: SimulatedWorld, body: Readonly<Record<string, unknown>>) => world.simulator.steer('account', body);

interface ActivityEvent {
  readonly event_id: string;
  readonly ref_id: string;
  readonly previous_id: string | null;
  readonly price: string;
  readonly details: { readonly execution_type: string; readonly order_status: string };
}

const KEYS = { 'APCA-API-KEY-ID': 'key', 'APCA-API-SECRET-KEY': 'secret' };

/** The events of an account's activities, as the stream of them tells. */
async function activityEvents(world: SimulatedWorld, query: string): Promise<readonly ActivityEvent[]> {
  const response = await fetch(`${world.simulator.url}/v2beta1/events/activities?${query}`, {
    headers: KEYS,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text.split('\n').flatMap((line) => (line.startsWith('data: ') ? [JSON.parse(line.slice(6)) as ActivityEvent] : []));
}

const EVERYTHING = 'since=2000-01-01&until=2100-01-01';

/** Busts, corrections and fills that come late. */
export const secondThoughtCases: readonly ConformanceCase[] = [
  {
    group: 13,
    name: 'a bust',
    expects: 'the position is gone; the events have trade_bust with previous_id; the account’s stream is silent',
    on: 'simulator',
    run: async (world) => {
      const listening = await world.listen();
      await world.simulator.step();
      const order = await post(world);
      const updates = await listening.until((all) => all.length >= 3, 'the fill');
      const executionId = updates[2]?.execution_id;
      await account(world, { kind: 'bust', executionId });
      assert.deepEqual(await world.alpaca.trading.positions.getAllOpenPositions(), []);
      assert.equal((await world.call('GET', '/v2/account')).body['cash'], '100000');
      const [fill, bust] = await activityEvents(world, EVERYTHING);
      assert.deepEqual([fill?.ref_id, bust?.previous_id, bust?.details.execution_type], [executionId, executionId, 'trade_bust']);
      assert.deepEqual([(await byId(world, idOf(order))).filledQty, listening.updates.length], ['0', 3]);
      listening.close();
    },
  },
  {
    group: 13,
    name: 'a correction of the price',
    expects: 'cash and average follow; trade_correct names what it amends; only the newest can be corrected again',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      const order = await post(world, { qty: '10' });
      const [fill] = await activityEvents(world, EVERYTHING);
      const { executionId } = await account(world, { kind: 'correct', executionId: fill?.ref_id, price: '99' });
      assert.equal((await world.call('GET', '/v2/account')).body['cash'], '99010');
      assert.equal((await byId(world, idOf(order))).filledAvgPrice, '99');
      await assert.rejects(account(world, { kind: 'correct', executionId: fill?.ref_id, price: '98' }), /no longer stands/);
      await account(world, { kind: 'correct', executionId, price: '98' });
      const events = await activityEvents(world, EVERYTHING);
      assert.deepEqual(
        events.map(({ previous_id }) => previous_id),
        [null, fill?.ref_id, executionId],
      );
    },
  },
  {
    group: 13,
    name: 'a fill that is told after the cancel',
    expects: 'the stream has it, the order stays canceled with filled_qty, the position is there',
    on: 'simulator',
    run: async (world) => {
      const listening = await world.listen();
      await world.simulator.step();
      const { id = '' } = await rest(world, { qty: '5' });
      await cancel(world, id);
      await account(world, { kind: 'late-fill', orderId: id, quantity: '2', price: '80' });
      const updates = await listening.until((all) => all.some(({ event }) => event === 'partial_fill'), 'the late fill');
      assert.equal(updates.at(-1)?.order['status'], 'canceled');
      assert.deepEqual([(await byId(world, id)).status, (await byId(world, id)).filledQty], ['canceled', '2']);
      assert.equal((await world.call('GET', '/v2/positions/AAA')).body['qty'], '2');
      listening.close();
    },
  },
  {
    group: 13,
    name: 'events after an id',
    expects: 'begin with it; until without since, and both families at once, are 422',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      for (let count = 0; count < 3; count++) await post(world);
      const all = await activityEvents(world, EVERYTHING);
      const [, second, third] = all;
      const some = await activityEvents(world, `since_id=${second?.event_id ?? ''}&until_id=${third?.event_id ?? ''}`);
      assert.deepEqual(some, [second, third]);
      for (const query of ['until=2024-01-01', 'until_id=0', `since=2024-01-01&since_id=${second?.event_id ?? ''}`])
        await assert.rejects(activityEvents(world, query), /42210000/);
    },
  },
  {
    group: 12,
    name: 'what moves the account beside fills',
    expects:
      'the list of activities without trades has it as rows with id, date and net_amount; a page begins after the row that its token names',
    on: 'simulator',
    exchange: { switches: { dividends: true } },
    run: async (world) => {
      await world.simulator.step();
      await post(world, { qty: '10' });
      await world.simulator.steer('market', { kind: 'split', symbol: 'AAA', newRate: 2, oldRate: 1, exDate: '2024-02-29' });
      await world.simulator.steer('market', { kind: 'dividend', symbol: 'AAA', rate: '0.5', exDate: '2024-02-29' });
      await world.simulator.step(5);
      const list = async (query: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
        const url = `${world.simulator.url}/v2/account/activities?category=non_trade_activity&direction=asc&${query}`;
        const answer = await fetch(url, { headers: KEYS });
        return (await answer.json()) as readonly Readonly<Record<string, unknown>>[];
      };
      const rows = await list('after=2024-02-01T00:00:00Z');
      assert.deepEqual(
        rows.map(({ activity_type, qty, net_amount, date }) => [activity_type, qty, net_amount, date]),
        [
          ['SPLIT', '10', '0', '2024-02-29'],
          ['DIV', '0', '10', '2024-02-29'],
        ],
      );
      const [first, second] = rows;
      assert.deepEqual(await list(`page_size=1&page_token=${encodeURIComponent(String(first?.['id']))}`), [second]);
      assert.deepEqual(await list('after=2024-03-01T00:00:00Z'), []);
    },
  },
];
