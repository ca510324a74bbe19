import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { bytesOf } from '../streams/socket.ts';
import { columnsOf, Collector } from '../testing.ts';
import { byId, cancel, failureOf, idOf, openOrders, post, rest } from './case.ts';
import type { ConformanceCase, SimulatedWorld } from './case.ts';

const market = (world: SimulatedWorld, body: Readonly<Record<string, unknown>>) => world.simulator.steer('market', body);

const flags: readonly ConformanceCase[] = [
  ...(
    [
      ['accountBlocked', 'account_blocked'],
      ['tradingBlocked', 'trading_blocked'],
      ['suspendTrade', 'trade_suspended_by_user'],
    ] as const
  ).map(([flag, shown]): ConformanceCase => ({
    group: 11,
    name: `${shown} is set in the middle of a session`,
    expects: '403 for new orders; cancels and reads go on',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      const resting = await rest(world);
      await world.simulator.steer('account', { kind: 'settings', change: { [flag]: true } });
      const { status, code } = await failureOf(post(world));
      assert.deepEqual([status, code], [403, 40_310_000]);
      assert.equal((await world.call('GET', '/v2/account')).body[shown], true);
      await cancel(world, idOf(resting));
    },
  })),
  {
    group: 11,
    name: 'an asset that can no longer be traded',
    expects: '422, and the asset says so',
    on: 'simulator',
    run: async (world) => {
      await market(world, { kind: 'asset', symbol: 'AAA', change: { tradable: false } });
      assert.equal((await failureOf(post(world))).status, 422);
      assert.equal((await world.call('GET', '/v2/assets/AAA')).body['tradable'], false);
    },
  },
  {
    group: 11,
    name: 'a halt and its end',
    expects: 'status messages H and T; orders wait, and meet the first price behind the halt',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      const socket = new WebSocket(world.simulator.dataStreamUrl);
      const frames = new Collector<string>();
      socket.on('message', (data) => frames.add(bytesOf(data).toString('utf8')));
      await new Promise((resolve) => socket.once('open', resolve));
      for (const message of [
        { action: 'auth', key: 'key', secret: 'secret' },
        { action: 'subscribe', statuses: ['*'], trades: ['AAA'] },
      ])
        socket.send(JSON.stringify(message));
      await frames.until((all) => all.length >= 3, 'the subscription');
      await market(world, { kind: 'halt', symbol: 'AAA', reason: 'T1' });
      const { id = '' } = await post(world);
      await world.simulator.step();
      assert.equal((await byId(world, id)).status, 'new');
      await market(world, { kind: 'resume', symbol: 'AAA' });
      await world.simulator.step();
      assert.deepEqual([(await byId(world, id)).status, (await byId(world, id)).filledAvgPrice], ['filled', '104']);
      const seen = await frames.until((all) => all.length >= 6, 'halt, resumption and a trade');
      assert.match(seen[3] ?? '', /"T":"s".*"sc":"H".*"rc":"T1"/);
      assert.match(seen[4] ?? '', /"sc":"T"/);
      assert.match(seen[5] ?? '', /"T":"t".*"p":104/);
      socket.close();
    },
  },
  {
    group: 11,
    name: 'a name that turns hard to borrow overnight',
    expects: 'open short sales are cancelled before the open; new ones are refused with 403',
    on: 'simulator',
    run: async (world) => {
      const short = await rest(world, { side: 'sell', limitPrice: '150' });
      await world.simulator.step(4);
      await market(world, { kind: 'asset', symbol: 'AAA', change: { borrow: 'hard_to_borrow' } });
      await world.simulator.step();
      assert.equal((await byId(world, idOf(short))).status, 'canceled');
      assert.equal((await failureOf(post(world, { side: 'sell' }))).status, 403);
    },
  },
  {
    group: 11,
    name: 'settings of the account’s owner',
    expects: 'PATCH changes them, and shorting is refused',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      const { status, body } = await world.call('PATCH', '/v2/account/configurations', { no_shorting: true });
      assert.deepEqual([status, body['no_shorting']], [200, true]);
      assert.equal((await failureOf(post(world, { side: 'sell' }))).status, 403);
      assert.equal((await world.call('PATCH', '/v2/account/configurations', { no_shorting: 'yes' })).status, 422);
    },
  },
];

const actions: readonly ConformanceCase[] = [
  {
    group: 12,
    name: 'a split overnight',
    expects: 'twice the shares at half the price; the gtc limit is replaced by a new one; the equity stays',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      await post(world, { qty: '10' });
      const { id = '' } = await rest(world, { limitPrice: '80' });
      await world.simulator.step(3);
      const before = (await world.call('GET', '/v2/account')).body['equity'];
      await market(world, { kind: 'split', symbol: 'AAA', newRate: 2, oldRate: 1, exDate: '2024-02-29' });
      await world.simulator.step();
      const position = await world.call('GET', '/v2/positions/AAA');
      assert.deepEqual([position.body['qty'], position.body['avg_entry_price'], position.body['current_price']], ['20', '50', '51.5']);
      const [open] = await openOrders(world);
      const old = await byId(world, id);
      assert.deepEqual([old.status, old.replacedBy, open?.limitPrice, open?.replaces], ['replaced', open?.id, '40', id]);
      const [row] = (await world.call('GET', '/v2/account/activities/SPLIT')).body['rows'] as { qty: string }[];
      assert.equal(row?.qty, '10');
      assert.equal(before, '100020');
      assert.equal((await world.call('GET', '/v2/account')).body['equity'], '100030');
      const { body } = await world.call('GET', '/v2/stocks/bars?symbols=AAA&timeframe=1Day&adjustment=split');
      assert.equal((body['bars'] as { AAA: { c: number }[] }).AAA[0]?.c, 51);
    },
  },
  {
    group: 12,
    name: 'a dividend overnight',
    expects: 'cash and a DIV row; the limit below the market is lowered; the list of corporate actions has it',
    on: 'simulator',
    exchange: { switches: { dividends: true } },
    run: async (world) => {
      await world.simulator.step();
      await post(world, { qty: '10' });
      await rest(world, { limitPrice: '80' });
      await world.simulator.step(3);
      await market(world, { kind: 'dividend', symbol: 'AAA', rate: '0.5', exDate: '2024-02-29' });
      await world.simulator.step();
      assert.equal((await world.call('GET', '/v2/account')).body['cash'], '99005');
      const [row] = (await world.call('GET', '/v2/account/activities/DIV')).body['rows'] as {
        net_amount: string;
        per_share_amount: string;
      }[];
      assert.deepEqual([row?.net_amount, row?.per_share_amount], ['5', '0.5']);
      assert.deepEqual(
        (await openOrders(world)).map(({ limitPrice }) => limitPrice),
        ['79.5'],
      );
      const { body } = await world.call('GET', '/v1/corporate-actions?symbols=AAA&types=cash_dividend');
      assert.equal((body['corporate_actions'] as { cash_dividends: unknown[] }).cash_dividends.length, 1);
    },
  },
  {
    group: 12,
    name: 'a dividend on the paper account',
    expects: 'pays nothing, as the broker documents',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      await post(world, { qty: '10' });
      await world.simulator.step(3);
      await market(world, { kind: 'dividend', symbol: 'AAA', rate: '0.5', exDate: '2024-02-29' });
      await world.simulator.step();
      assert.equal((await world.call('GET', '/v2/account')).body['cash'], '99000');
    },
  },
];

/** Days around Thanksgiving of 2024: a holiday, then half a day. */
const HALF_DAYS = columnsOf('AAA', [
  ['2024-11-27', 100, 104, 98, 102],
  ['2024-11-29', 103, 106, 101, 105],
  ['2024-12-02', 104, 107, 103, 106],
]);

const hours: readonly ConformanceCase[] = [
  {
    group: 14,
    name: 'a half day and a holiday',
    expects: 'the calendar has 13:00 and 1700 and leaves the holiday out; day orders end at 13:00',
    on: 'simulator',
    exchange: { bars: [HALF_DAYS] },
    run: async (world) => {
      const { body } = await world.call('GET', '/v2/calendar?start=2024-11-27&end=2024-12-02');
      const days = (body['rows'] as { date: string; close: string; session_close: string; settlement_date: string }[]).map((day) => [
        day.date,
        day.close,
        day.session_close,
        day.settlement_date,
      ]);
      assert.deepEqual(days, [
        ['2024-11-27', '16:00', '2000', '2024-11-29'],
        ['2024-11-29', '13:00', '1700', '2024-12-02'],
        ['2024-12-02', '16:00', '2000', '2024-12-03'],
      ]);
      await world.simulator.step(5);
      const { id = '' } = await post(world, { type: 'limit', limitPrice: '50' });
      await world.simulator.step(3);
      const order = await byId(world, id);
      assert.deepEqual([order.status, order.expiredAt?.toISOString()], ['expired', '2024-11-29T18:00:00.000Z']);
    },
  },
  {
    group: 14,
    name: 'the change to summer time',
    expects: 'the open moves by an hour in UTC, and the clock tells the offset',
    on: 'simulator',
    exchange: {
      bars: [
        columnsOf('AAA', [
          ['2024-03-08', 100, 101, 99, 100],
          ['2024-03-11', 100, 101, 99, 100],
        ]),
      ],
    },
    run: async (world) => {
      const opens: unknown[] = [];
      for (let day = 0; day < 2; day++) {
        await world.simulator.step();
        opens.push((await world.call('GET', '/v2/clock')).body['timestamp']);
        await world.simulator.step(3);
      }
      assert.deepEqual(opens, ['2024-03-08T09:30:00-05:00', '2024-03-11T09:30:00-04:00']);
    },
  },
  {
    group: 14,
    name: 'orders a tenth of a second before and after the close',
    expects: 'the first is live and expires, the second is queued for the next day',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step(3);
      await world.simulator.steer('clock', { to: '2024-02-28T20:59:59.900Z' });
      const before = await post(world, { type: 'limit', limitPrice: '50' });
      await world.simulator.step();
      await world.simulator.steer('clock', { to: '2024-02-28T21:00:00.100Z' });
      const after = await post(world, { type: 'limit', limitPrice: '50' });
      assert.deepEqual([before.status, after.status], ['pending_new', 'accepted']);
      assert.equal((await byId(world, idOf(before))).status, 'expired');
      await world.simulator.step();
      assert.equal((await byId(world, idOf(after))).status, 'new');
    },
  },
  ...([5000, -5000] as const).map((ms): ConformanceCase => ({
    group: 14,
    name: `a clock that is off by ${ms / 1000} s`,
    expects: 'tells so; orders are stamped with the true time',
    on: 'simulator',
    run: async (world) => {
      const told = async (): Promise<number> => Date.parse(String((await world.call('GET', '/v2/clock')).body['timestamp']));
      const truth = await told();
      await world.simulator.arm({ kind: 'clock-skew', ms });
      assert.equal((await told()) - truth, ms);
      assert.equal((await rest(world)).createdAt?.getTime(), truth);
    },
  })),
  {
    group: 14,
    name: 'hours before and after the session',
    expects: 'limits with extended_hours trade at 18:00; others wait; day orders end with the evening',
    on: 'simulator',
    exchange: { switches: { extendedSessions: true } },
    run: async (world) => {
      // Night and morning before the first open, then the day, and 16:00.
      await world.simulator.step(9);
      assert.equal((await world.call('GET', '/v3/clock?markets=NYSE')).status, 200);
      const extended = await post(world, { type: 'limit', limitPrice: '103', extendedHours: true });
      const regular = await post(world, { type: 'limit', limitPrice: '103' });
      assert.deepEqual([(await byId(world, idOf(extended))).status, regular.status], ['filled', 'accepted']);
      const waiting = await post(world, { type: 'limit', limitPrice: '50', extendedHours: true });
      await world.simulator.step(3);
      assert.equal((await byId(world, idOf(waiting))).status, 'expired');
      assert.equal((await byId(world, idOf(regular))).status, 'accepted');
    },
  },
  {
    group: 15,
    name: 'daily maintenance',
    expects: '503 for every request, streams closed and refused; afterwards everything is as it was',
    on: 'simulator',
    run: async (world) => {
      await world.simulator.step();
      await post(world, { qty: '3' });
      await world.simulator.arm({ kind: 'maintenance', forMs: 400 });
      for (const path of ['/v2/account', '/v2/orders', '/v2/positions']) {
        const response = await fetch(world.simulator.url + path, {
          headers: { 'APCA-API-KEY-ID': 'key', 'APCA-API-SECRET-KEY': 'secret' },
        });
        assert.equal(response.status, 503);
      }
      const refused = new WebSocket(world.simulator.tradeStreamUrl);
      assert.match(String(await new Promise((resolve) => refused.once('error', resolve))), /503/);
      await sleep(450);
      assert.equal((await world.call('GET', '/v2/positions/AAA')).body['qty'], '3');
      (await world.listen()).close();
    },
  },
  {
    group: 15,
    name: 'a stream that is open when maintenance begins',
    expects: 'is closed',
    on: 'simulator',
    run: async (world) => {
      const socket = new WebSocket(world.simulator.tradeStreamUrl);
      await new Promise((resolve) => socket.once('open', resolve));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await world.simulator.arm({ kind: 'maintenance', forMs: 50 });
      await closed;
    },
  },
];

export const marketCases: readonly ConformanceCase[] = [...flags, ...actions, ...hours];
