import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, logIn, run, start, temporaryFolder } from './product.ts';
import type { Api, Running } from './product.ts';

const KEYS = { APCA_API_KEY_ID: 'crash', APCA_API_SECRET_KEY: 'crash-secret' };
const CRASHES = 10;
const HEADERS = { 'APCA-API-KEY-ID': KEYS.APCA_API_KEY_ID, 'APCA-API-SECRET-KEY': KEYS.APCA_API_SECRET_KEY };

interface ExchangeOrder {
  readonly client_order_id: string;
  readonly status: string;
  readonly symbol: string;
  readonly qty: string;
  readonly filled_qty: string;
}

interface OwnOrder {
  readonly id: string;
  readonly state: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly filledQuantity: string;
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let exchange: Running;

beforeAll(async () => {
  folder = await temporaryFolder();
  // A process of its own, which goes on trading while the server is dead.
  exchange = await start(['exchange', '--port', '0', '--speed', '240', '--from', '2016-01-04']);
});
afterAll(async () => {
  await exchange.stop('SIGTERM');
  await folder.remove();
});

const serve = (): Promise<Running> => start(['serve', '--port', '0', '--data-dir', folder.path, '--exchange-url', exchange.url], KEYS);

async function exchangeGet<T>(path: string): Promise<T> {
  const response = await fetch(`${exchange.url}${path}`, { headers: HEADERS });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Everything that the exchange ever took from us. */
async function exchangeOrders(): Promise<readonly ExchangeOrder[]> {
  const all = new Map<string, ExchangeOrder & { readonly id: string; readonly submitted_at: string }>();
  let until = '';
  for (;;) {
    const page = await exchangeGet<(ExchangeOrder & { id: string; submitted_at: string })[]>(
      `/v2/orders?status=all&limit=500&direction=desc${until}`,
    );
    const before = all.size;
    for (const order of page) all.set(order.id, order);
    if (page.length < 500 || all.size === before) return [...all.values()];
    until = `&until=${encodeURIComponent(page.at(-1)?.submitted_at ?? '')}`;
  }
}

async function ownOrders(api: Api): Promise<readonly OwnOrder[]> {
  const orders: OwnOrder[] = [];
  let after: string | null = null;
  for (;;) {
    const answer: { orders: { edges: { node: OwnOrder }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } } =
      await api.query(
        'query($after: String) { orders(first: 100, after: $after) { edges { node { id state symbol quantity filledQuantity } } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
    orders.push(...answer.orders.edges.map(({ node }) => node));
    if (!answer.orders.pageInfo.hasNextPage) return orders;
    after = answer.orders.pageInfo.endCursor;
  }
}

const positionsOf = (rows: readonly { readonly symbol: string; readonly quantity: string }[]): Record<string, string> =>
  Object.fromEntries(rows.map(({ symbol, quantity }) => [symbol, quantity] as const));

describe('kill -9', () => {
  test('of a server that is ready leaves its compiled modules behind, so that the next one starts sooner', async () => {
    const compiled = join(folder.path, 'compiled');
    const environment = { ...KEYS, NODE_COMPILE_CACHE: compiled };
    // With an exchange of its own: what this one sends must not be found on the account of the next test.
    const server = await start(['serve', '--port', '0', '--data-dir', join(folder.path, 'other')], environment);
    await server.stop('SIGKILL');
    expect((await readdir(compiled, { recursive: true })).length).toBeGreaterThan(20);
  });

  test(`ten times at random: no order lost or doubled, books equal to the exchange's, the chain verifies`, async () => {
    for (let crash = 1; crash <= CRASHES; crash += 1) {
      const server = await serve();
      // A life without an order proves nothing: however slow the machine is, each of them sends at least one.
      await eventually(
        `the exchange has ${crash + 1} orders before crash ${crash}`,
        async () => {
          const { length } = await exchangeOrders();
          if (length <= crash) throw new Error(`${length} orders`);
          return length;
        },
        60_000,
      );
      await new Promise((resolve) => {
        setTimeout(resolve, (crash * 7919) % 2_500);
      });
      await server.stop('SIGKILL');
    }
    const server = await serve();
    const api = await logIn(server.url);
    await fetch(`${exchange.url}/sim/speed`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"speed":0}' });

    const { theirs, ours } = await eventually(
      'the books are settled',
      async () => {
        const { overview, health } = await api.query<{
          overview: { workingOrders: number; tradingState: string };
          health: { parts: { name: string; state: string; detail: string }[] };
        }>('{ overview { workingOrders tradingState } health { parts { name state detail } } }');
        const reconciled = health.parts.find(({ name }) => name === 'reconciliation');
        if (reconciled?.state !== 'OK') throw new Error(JSON.stringify(health.parts));
        const open = await exchangeGet<ExchangeOrder[]>('/v2/orders?status=open');
        if (open.length !== overview.workingOrders) throw new Error(`${open.length} open at the exchange, ${overview.workingOrders} here`);
        // What is still decided on the last bars may be sent while both sides are read.
        const before = await exchangeOrders();
        const own = await ownOrders(api);
        const after = await exchangeOrders();
        if (JSON.stringify(before) !== JSON.stringify(after)) throw new Error('orders were still sent');
        return { theirs: after, ours: new Map(own.map((order) => [order.id, order])) };
      },
      60_000,
    );

    const ids = theirs.map(({ client_order_id: id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(theirs.length).toBeGreaterThan(CRASHES);
    for (const order of theirs) {
      const own = ours.get(order.client_order_id);
      expect(own, `${order.client_order_id} is known here`).toBeDefined();
      expect({ symbol: own?.symbol, filled: own?.filledQuantity }).toEqual({ symbol: order.symbol, filled: order.filled_qty });
    }
    const filledElsewhere = [...ours.values()].filter(({ id, filledQuantity }) => filledQuantity !== '0' && !ids.includes(id));
    expect(filledElsewhere).toEqual([]);

    const [account, held] = await Promise.all([
      exchangeGet<{ cash: string }>('/v2/account'),
      exchangeGet<{ symbol: string; qty: string }[]>('/v2/positions'),
    ]);
    const books = await api.query<{ overview: { cash: string }; positions: { edges: { node: { symbol: string; quantity: string } }[] } }>(
      '{ overview { cash } positions(first: 100) { edges { node { symbol quantity } } } }',
    );
    expect(Number(books.overview.cash)).toBeCloseTo(Number(account.cash), 2);
    expect(positionsOf(books.positions.edges.map(({ node }) => node))).toEqual(
      positionsOf(held.map(({ symbol, qty }) => ({ symbol, quantity: qty }))),
    );

    const alerts = await api.query<{ alerts: { edges: { node: { code: string; detail: string } }[] } }>(
      '{ alerts(first: 100) { edges { node { code detail } } } }',
    );
    const foreign = alerts.alerts.edges.filter(({ node }) => /Foreign|Difference|Unreadable/.test(node.code));
    expect(foreign).toEqual([]);

    expect(await server.stop('SIGTERM')).toBe(0);
    const verified = await run(['verify', '--data-dir', folder.path]);
    expect(verified.err + verified.out).toMatch(/entries/);
    expect(verified.code).toBe(0);
    // Whatever was killed when: the strategies' modules decide again as they were recorded to have decided.
    const replayed = await run(['replay', '--data-dir', folder.path]);
    expect(replayed.err + replayed.out).toMatch(/no difference/);
    expect(replayed.code).toBe(0);
  }, 600_000);
});
