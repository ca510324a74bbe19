import type { Api } from './product.ts';

/** The exchange's own view of one account, over its REST interface. */
export interface Account {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const accountAt = (url: string, keyId: string, secret: string): Account => ({
  url,
  headers: { 'APCA-API-KEY-ID': keyId, 'APCA-API-SECRET-KEY': secret },
});

interface ExchangeOrder {
  readonly id: string;
  readonly client_order_id: string;
  readonly symbol: string;
  readonly filled_qty: string;
  readonly submitted_at: string;
}

const PAGE = 500;
const FILLS_PAGE = 100;

interface OpenOrder {
  readonly status: string;
  readonly legs: readonly OpenOrder[] | null;
}

const ENDED: ReadonlySet<string> = new Set(['filled', 'canceled', 'expired', 'replaced', 'rejected']);

/** How many orders work there or wait: exits that wait for their order are only told with it. */
async function openOrders(account: Account): Promise<number> {
  const orders = await exchangeGet<OpenOrder[]>(account, `/v2/orders?status=open&nested=true&limit=${PAGE}`);
  return orders.flatMap((order) => [order, ...(order.legs ?? [])]).filter(({ status }) => !ENDED.has(status)).length;
}

interface ExchangeFill {
  readonly id: string;
  readonly order_id: string;
  readonly qty: string;
  readonly price: string;
}

interface OwnOrder {
  readonly id: string;
  readonly brokerOrderId: string | null;
  readonly symbol: string;
  readonly filledQuantity: string;
  readonly fills: readonly { readonly quantity: string; readonly price: string }[];
}

export async function exchangeGet<T>({ url, headers }: Account, path: string): Promise<T> {
  const response = await fetch(`${url}${path}`, { headers });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Everything that the exchange ever took. */
export async function exchangeOrders(account: Account): Promise<readonly ExchangeOrder[]> {
  const all = new Map<string, ExchangeOrder>();
  let until = '';
  for (;;) {
    const page = await exchangeGet<ExchangeOrder[]>(account, `/v2/orders?status=all&limit=${PAGE}&direction=desc${until}`);
    const before = all.size;
    for (const order of page) all.set(order.id, order);
    if (page.length < PAGE || all.size === before) return [...all.values()];
    until = `&until=${encodeURIComponent(page.at(-1)?.submitted_at ?? '')}`;
  }
}

async function exchangeFills(account: Account): Promise<readonly ExchangeFill[]> {
  const fills: ExchangeFill[] = [];
  let token = '';
  for (;;) {
    const path = `/v2/account/activities?activity_types=FILL&direction=asc&page_size=${FILLS_PAGE}${token}`;
    const page = await exchangeGet<ExchangeFill[]>(account, path);
    fills.push(...page);
    if (page.length < FILLS_PAGE) return fills;
    token = `&page_token=${encodeURIComponent(page.at(-1)?.id ?? '')}`;
  }
}

async function ownOrders(api: Api): Promise<ReadonlyMap<string, OwnOrder>> {
  const orders = new Map<string, OwnOrder>();
  let after: string | null = null;
  for (;;) {
    const answer: { orders: { edges: { node: OwnOrder }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } } =
      await api.query(
        'query($after: String) { orders(first: 100, after: $after) { edges { node { id brokerOrderId symbol filledQuantity fills { quantity price } } } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
    for (const { node } of answer.orders.edges) orders.set(node.id, node);
    if (!answer.orders.pageInfo.hasNextPage) return orders;
    after = answer.orders.pageInfo.endCursor;
  }
}

/** Shares and what was paid for them, in cents: told in whatever pieces. */
const sumOf = (fills: readonly { readonly quantity: string; readonly price: string }[]): string => {
  const shares = fills.reduce((sum, { quantity }) => sum + Number(quantity), 0);
  const cents = fills.reduce((sum, { quantity, price }) => sum + Number(quantity) * Number(price) * 100, 0);
  return `${shares} for ${Math.round(cents)}`;
};

/** Every order of both sides by our id: symbol, filled quantity, and the sum of its fills. */
async function orderDifferences(api: Api, account: Account): Promise<readonly string[]> {
  const [theirs, fills, ours] = await Promise.all([exchangeOrders(account), exchangeFills(account), ownOrders(api)]);
  const differences: string[] = [];
  const seen = new Set<string>();
  // Exits that are attached to an order are named by the exchange: it says which is whose by its own id alone.
  const byBrokerId = new Map([...ours.values()].map((order) => [order.brokerOrderId, order]));
  const fillsOf = Map.groupBy(fills, ({ order_id: of }) => of);
  for (const order of theirs) {
    const own = ours.get(order.client_order_id) ?? byBrokerId.get(order.id);
    const id = own?.id ?? order.client_order_id;
    if (seen.has(id)) differences.push(`${id} is there twice`);
    seen.add(id);
    const told = (fillsOf.get(order.id) ?? []).map(({ qty, price }) => ({ quantity: qty, price }));
    const there = `${order.symbol} ${order.filled_qty}, ${sumOf(told)}`;
    const here = own === undefined ? 'unknown' : `${own.symbol} ${own.filledQuantity}, ${sumOf(own.fills)}`;
    if (there !== here) differences.push(`${id}: ${there} there, ${here} here`);
  }
  for (const { id, filledQuantity } of ours.values())
    if (filledQuantity !== '0' && !seen.has(id)) differences.push(`${id} has filled ${filledQuantity} here, and is unknown there`);
  return differences;
}

const ALARMING = /Foreign|Difference|Excess|Orphan|Mismatch|Unreadable|Contradiction|Vanished/;

const HEALTH = '{ health { parts { name state detail } } }';
interface HealthAnswer {
  readonly health: { readonly parts: readonly { readonly name: string; readonly state: string; readonly detail: string }[] };
}

/** Why our books are not said to be the exchange's; `undefined` once they are. */
async function unreconciled(api: Api): Promise<string | undefined> {
  const { health } = await api.query<HealthAnswer>(HEALTH);
  const part = health.parts.find(({ name }) => name === 'reconciliation');
  return part?.state === 'OK' ? undefined : `reconciliation: ${part?.detail ?? 'missing'}`;
}

/** Everything in which our books and the exchange's differ, in words; none where they are equal and nothing is under way. */
export async function differencesBetween(api: Api, account: Account): Promise<readonly string[]> {
  // Asked again and again while a server starts: all orders and fills are read only once they can be equal.
  const waiting = await unreconciled(api);
  if (waiting !== undefined) return [waiting];
  const [still, orders, cash, held, open, own] = await Promise.all([
    unreconciled(api),
    orderDifferences(api, account),
    exchangeGet<{ cash: string }>(account, '/v2/account'),
    exchangeGet<{ symbol: string; qty: string }[]>(account, '/v2/positions'),
    openOrders(account),
    api.query<{
      overview: { cash: string; workingOrders: number };
      positions: { edges: { node: { symbol: string; quantity: string } }[] };
      alerts: { edges: { node: { code: string; detail: string } }[] };
    }>(
      '{ overview { cash workingOrders } positions(first: 100) { edges { node { symbol quantity } } } alerts(first: 100) { edges { node { code detail } } } }',
    ),
  ]);
  const differences = [...(still === undefined ? [] : [still]), ...orders];
  if (open !== own.overview.workingOrders) differences.push(`${open} open there, ${own.overview.workingOrders} here`);
  if (Math.abs(Number(cash.cash) - Number(own.overview.cash)) > 0.01)
    differences.push(`cash ${cash.cash} there, ${own.overview.cash} here`);
  const there = held.map(({ symbol, qty }) => `${symbol} ${qty}`).toSorted();
  const here = own.positions.edges.map(({ node: { symbol, quantity } }) => `${symbol} ${quantity}`).toSorted();
  if (there.join() !== here.join()) differences.push(`positions ${there.join(', ')} there, ${here.join(', ')} here`);
  for (const { node } of own.alerts.edges) if (ALARMING.test(node.code)) differences.push(`alert ${node.code}: ${node.detail}`);
  return differences;
}
