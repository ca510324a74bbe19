import { instant } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { headOf, legsOf } from '../core/families.ts';
import type { AccountState } from '../core/state.ts';
import { VENUE_TERMINAL } from '../core/types.ts';
import type { Submission, VenueOrder } from '../core/types.ts';
import { assetId, orderJson } from '../wire.ts';
import type { VenueHost } from '../host.ts';
import { parseNewOrder, parseOrderChange } from './order-body.ts';
import { badQuery, notFoundReply, ok, refused } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 500;

/** The symbol of a path or body, which may be an asset's id. Unknown ones are passed on as they are. */
export const symbolIn = (host: VenueHost, symbolOrId: string): string => {
  if (host.instrument(symbolOrId) !== undefined) return symbolOrId;
  for (const symbol of host.options.instruments.keys()) if (assetId(symbol) === symbolOrId) return symbol;
  return symbolOrId;
};

export const shown = (host: VenueHost, order: VenueOrder, legs: readonly VenueOrder[] = []) =>
  orderJson(order, host.assetClass(order.symbol), legs);

/** A new order is told with its legs, as they stand. */
function answered(host: VenueHost, result: Submission): Reply {
  if (!result.ok) return refused(result.refusal);
  const { order } = result;
  return ok(shown(host, order, legsOf(host.venue.core.account(order.accountId), order)));
}

async function create({ host, accountId, body }: Call): Promise<Reply> {
  const parsed = parseNewOrder(body, (symbol) => symbolIn(host, symbol));
  if (!parsed.ok) return refused(parsed.refusal);
  return answered(host, await host.order({ kind: 'submit', accountId, request: parsed.value }));
}

async function replace({ host, accountId, body, params: [orderId = ''] }: Call): Promise<Reply> {
  const parsed = parseOrderChange(body);
  if (!parsed.ok) return refused(parsed.refusal);
  return answered(host, await host.order({ kind: 'replace', accountId, orderId, change: parsed.value }));
}

async function cancel({ host, accountId, params: [orderId = ''] }: Call): Promise<Reply> {
  const result = await host.cancel(accountId, orderId);
  return result.ok ? { status: 204 } : refused(result.refusal);
}

/** Cancels every open order, the account's newest view of them: one line each. */
export async function cancelAllOrders(host: VenueHost, accountId: string): Promise<readonly { id: string; status: number }[]> {
  const open = [...host.venue.core.account(accountId).open.keys()];
  return Promise.all(open.map(async (id) => ({ id, status: (await host.cancel(accountId, id)).ok ? 200 : 500 })));
}

/** One order; with `nested=true` its legs stand under it. */
function told({ host, core, accountId, query }: Call, order: VenueOrder | undefined, name: string): Reply {
  if (order === undefined) return notFoundReply(`order not found for ${name}`);
  return ok(shown(host, order, query.get('nested') === 'true' ? legsOf(core.account(accountId), order) : []));
}

const read = (call: Call): Reply => {
  const {
    core,
    accountId,
    params: [orderId = ''],
  } = call;
  return told(call, core.order(accountId, orderId), orderId);
};

function readByClientId(call: Call): Reply {
  const clientId = call.query.get('client_order_id') ?? '';
  return told(call, call.core.orderByClientId(call.accountId, clientId), clientId);
}

interface Listing {
  readonly status: string;
  readonly after: Instant | undefined;
  readonly until: Instant | undefined;
  readonly ascending: boolean;
  readonly limit: number;
  readonly symbols: ReadonlySet<string> | undefined;
  readonly side: string | undefined;
  readonly nested: boolean;
  readonly classOf: (symbol: string) => string;
  readonly classes: ReadonlySet<string> | undefined;
}

/** A whole number of a query between 1 and `max`; `undefined` when it is none. */
export function limitIn(query: URLSearchParams, name: string, fallback: number, max: number): number | undefined {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= max ? value : undefined;
}

/** The members of comma-separated and repeated query parameters. */
export const listIn = (query: URLSearchParams, name: string): readonly string[] =>
  query.getAll(name).flatMap((text) => text.split(',').filter((part) => part !== ''));

function listingOf(query: URLSearchParams, classOf: (symbol: string) => string): Listing | string {
  const status = query.get('status') ?? 'open';
  if (!['open', 'closed', 'all'].includes(status)) return `invalid status: ${status}`;
  const direction = query.get('direction') ?? 'desc';
  if (direction !== 'asc' && direction !== 'desc') return `invalid direction: ${direction}`;
  const limit = limitIn(query, 'limit', LIMIT_DEFAULT, LIMIT_MAX);
  if (limit === undefined) return `limit must be between 1 and ${LIMIT_MAX}`;
  const time = (name: string): Instant | undefined => {
    const text = query.get(name);
    return text === null ? undefined : instant(text);
  };
  const set = (name: string): ReadonlySet<string> | undefined => {
    const members = listIn(query, name);
    return members.length === 0 ? undefined : new Set(members);
  };
  const side = query.get('side') ?? undefined;
  if (side !== undefined && side !== 'buy' && side !== 'sell') return `invalid side: ${side.slice(0, 20)}`;
  try {
    return {
      status,
      limit,
      ascending: direction === 'asc',
      after: time('after'),
      until: time('until'),
      symbols: set('symbols'),
      classes: set('asset_class'),
      classOf,
      side,
      nested: query.get('nested') === 'true',
    };
  } catch (error) {
    return error instanceof Error ? error.message : 'invalid time';
  }
}

const listed = (order: VenueOrder, listing: Listing): boolean =>
  (listing.status === 'all' || VENUE_TERMINAL.has(order.status) === (listing.status === 'closed')) &&
  (listing.after === undefined || order.createdAt > listing.after) &&
  (listing.until === undefined || order.createdAt < listing.until) &&
  (listing.symbols === undefined || listing.symbols.has(order.symbol)) &&
  (listing.classes === undefined || listing.classes.has(listing.classOf(order.symbol))) &&
  (listing.side === undefined || order.side === listing.side);

/** A leg that the listing shows under its head, or, where legs are not wanted as rows of their own, not at all. */
function hidden(account: AccountState, order: VenueOrder, listing: Listing): boolean {
  if (listing.nested) {
    const head = headOf(account, order);
    return head !== undefined && listed(head, listing);
  }
  return listing.status === 'open' && order.status === 'held';
}

function list({ host, core, accountId, query }: Call): Reply {
  const listing = listingOf(query, (symbol) => host.assetClass(symbol));
  if (typeof listing === 'string') return badQuery(listing);
  const account = core.account(accountId);
  const book = listing.status === 'open' ? account.open : account.orders;
  const bound = (name: string): number | undefined => account.orders.get(query.get(name) ?? '')?.sequence;
  const before = bound('before_order_id') ?? Number.POSITIVE_INFINITY;
  const after = bound('after_order_id') ?? 0;
  const found = [...book.values()]
    .filter((order) => order.sequence < before && order.sequence > after && listed(order, listing) && !hidden(account, order, listing))
    .sort((left, right) => (listing.ascending ? left.sequence - right.sequence : right.sequence - left.sequence));
  return ok(found.slice(0, listing.limit).map((order) => shown(host, order, listing.nested ? legsOf(account, order) : [])));
}

export const orderRoutes: readonly Route[] = [
  { method: 'POST', path: /^\/v2\/orders$/, handler: create },
  { method: 'GET', path: /^\/v2\/orders$/, handler: list },
  {
    method: 'DELETE',
    path: /^\/v2\/orders$/,
    handler: async ({ host, accountId }) => ({ status: 207, body: await cancelAllOrders(host, accountId) }),
  },
  { method: 'GET', path: /^\/v2\/orders:by_client_order_id$/, handler: readByClientId },
  { method: 'GET', path: /^\/v2\/orders\/([^/]+)$/, handler: read },
  { method: 'PATCH', path: /^\/v2\/orders\/([^/]+)$/, handler: replace },
  { method: 'DELETE', path: /^\/v2\/orders\/([^/]+)$/, handler: cancel },
];
