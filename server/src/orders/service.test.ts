import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleIntent, sampleOrder } from '../journal/sample-entries.ts';
import { money, price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import type { Fill, Order, OrderState } from './order.ts';
import { CursorError } from './page.ts';
import { clearOrders, fillById, fillsBySymbol, fillsOf, listOrders, momentsOf, orderById, projectOrders, requestOf } from './service.ts';
import type { OrderChanges } from './service.ts';

const NOTHING: OrderChanges = { orders: [], fills: [], undone: [], moments: [], requests: [] };
const drawn = (id: string, seed: number): Order => {
  const [order] = fc.sample(sampleOrder(id), { numRuns: 1, seed });
  if (order === undefined) throw new Error('Invariant: one sample');
  return order;
};
const fill = (executionId: string, orderId: string, symbol = 'AAPL'): Fill => ({
  executionId,
  orderId,
  symbol,
  side: 'buy',
  quantity: quantity('0.000000001'),
  price: price('123456789012345678.123456789'),
  fee: money('-0.01'),
  filledAt: instantFromMs(1_700_000_000_123),
});

withTestDatabases('orders', (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(async () => await database.close());
  const project = async (changes: Partial<OrderChanges>): Promise<void> =>
    await database.db.transaction().execute(async (trx) => await projectOrders(trx, { ...NOTHING, ...changes }));
  const empty = async (): Promise<void> => await database.db.transaction().execute(clearOrders);

  test('any order comes back as it went in, to the last unit', async () => {
    await empty();
    await fc.assert(
      fc.asyncProperty(sampleOrder('o1'), async (order) => {
        await empty();
        await project({ orders: [{ order, seq: 1 }] });
        expect(await orderById(database.db, 'o1')).toEqual(order);
      }),
      { numRuns: 40 },
    );
    expect(await orderById(database.db, 'unknown')).toBeUndefined();
  });

  test('pages run newest first without gap or repeat, while orders change', async () => {
    await empty();
    const orders = Array.from({ length: 25 }, (_, index) => ({ order: drawn(`o${index}`, index), seq: index * 3 + 1 }));
    await project({ orders });
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await listOrders(database.db, { first: 7, after });
      seen.push(...page.nodes.map(({ node }) => node.id));
      expect(await page.countAll?.()).toBe(25);
      await project({ orders: [{ order: drawn('o3', 99), seq: 1_000 + seen.length }] });
      after = page.nodes.at(-1)?.cursor;
      if (!page.hasNextPage) break;
    }
    expect(seen).toEqual(orders.map(({ order }) => order.id).reverse());
    await expect(listOrders(database.db, { first: 7, after: 'o3' })).rejects.toThrow(CursorError);
    expect((await listOrders(database.db, { first: 0 })).nodes).toEqual([]);
  });

  describe('groups and symbols', () => {
    const cases: { group: 'working' | 'filled' | 'denied' | 'rejected' | 'canceled'; states: OrderState[] }[] = [
      {
        group: 'working',
        states: ['intent', 'approved', 'unknown', 'accepted', 'working', 'partially_filled', 'pending_cancel', 'pending_replace'],
      },
      { group: 'filled', states: ['filled'] },
      { group: 'denied', states: ['denied'] },
      { group: 'rejected', states: ['rejected'] },
      { group: 'canceled', states: ['canceled', 'expired', 'replaced'] },
    ];
    test.each(cases)('$group', async ({ group, states }) => {
      await empty();
      const all = cases.flatMap((one) => one.states);
      await project({ orders: all.map((state, index) => ({ order: { ...drawn(state, index), state }, seq: index + 1 })) });
      const page = await listOrders(database.db, { first: 50, group });
      expect(page.nodes.map(({ node }) => node.state).sort()).toEqual([...states].sort());
      expect(await page.countAll?.()).toBe(states.length);
      const aapl = await listOrders(database.db, { first: 50, symbol: 'AAPL' });
      expect(new Set(aapl.nodes.map(({ node }) => node.intent.symbol))).toEqual(new Set(['AAPL']));
    });
  });

  test('an execution that is told twice is booked once', async () => {
    await empty();
    const booked = { fill: fill('x1', 'o1'), strategyId: 's1', late: false, seq: 4 };
    await project({ fills: [booked, { ...booked, fill: { ...booked.fill, quantity: quantity('9') }, seq: 5 }] });
    await project({
      fills: [
        { ...booked, seq: 9 },
        { ...booked, fill: fill('x2', 'o2', 'SPX'), strategyId: undefined, late: true, seq: 10 },
      ],
    });
    expect(await fillsOf(database.db, ['o1', 'o2'])).toEqual([
      { ...booked.fill, strategyId: 's1', late: false, seq: 4 },
      { ...fill('x2', 'o2', 'SPX'), late: true, seq: 10 },
    ]);
    expect(await fillsBySymbol(database.db, 'SPX')).toHaveLength(1);
    expect((await fillById(database.db, 'x1'))?.seq).toBe(4);
    expect(await fillsOf(database.db, [])).toEqual([]);
  });

  test('the life of an order, and what was first asked for', async () => {
    await empty();
    const [intent] = fc.sample(sampleIntent('o1'), { numRuns: 1, seed: 5 });
    if (intent === undefined) throw new Error('Invariant: one sample');
    const moments = [3, 5, 8].map((seq) => ({ orderId: 'o1', seq, name: `step ${seq}`, at: instantFromMs(seq), detail: 'why' }));
    await project({
      moments: [...moments, { ...moments[0], orderId: 'o2', seq: 4, name: 'other', at: instantFromMs(4), detail: '' }],
      requests: [{ intent, seq: 2 }],
    });
    expect(await momentsOf(database.db, ['o1'])).toEqual(moments);
    expect((await momentsOf(database.db, ['o2', 'o1'])).map(({ orderId, seq }) => [orderId, seq])).toEqual([
      ['o1', 3],
      ['o2', 4],
      ['o1', 5],
      ['o1', 8],
    ]);
    expect(await momentsOf(database.db, [])).toEqual([]);
    expect(await requestOf(database.db, 'o1')).toEqual(intent);
    expect(await requestOf(database.db, 'o2')).toBeUndefined();
  });

  test('no order without a risk decision, and none filled beyond its quantity', async () => {
    await empty();
    await project({ orders: [{ order: drawn('o1', 1), seq: 1 }] });
    await expect(sql`update orders set risk_decision_id = null`.execute(database.db)).rejects.toMatchObject({ code: '23502' });
    await expect(sql`update orders set risk_decision_id = 'none'`.execute(database.db)).rejects.toMatchObject({ code: '23503' });
    await expect(sql`delete from risk_decisions`.execute(database.db)).rejects.toMatchObject({ code: '23503' });
    await expect(sql`update orders set filled_quantity = quantity + 0.000000001`.execute(database.db)).rejects.toMatchObject({
      code: '23514',
    });
  });
});
