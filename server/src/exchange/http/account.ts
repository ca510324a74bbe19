import { quantity, ratio } from '../../money/fixed.ts';
import type { Quantity } from '../../money/fixed.ts';
import { abs, roundToLot, scale } from '../../money/money.ts';
import { instant, InstantTextError } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { midnightOf } from '../market/sessions.ts';
import { markOf } from '../core/margin.ts';
import type { NewOrder, VenuePosition } from '../core/types.ts';
import type { VenueHost } from '../host.ts';
import { accountJson, activityId, activityJson, assetJson, chargeJson, positionJson } from '../wire.ts';
import { cancelAllOrders, limitIn, listIn, shown, symbolIn } from './orders.ts';
import { badQuery, failure, notFoundReply, ok, refused } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

const PAGE_MAX = 100;

function account({ host, accountId }: Call): Reply {
  const { core, now } = host.venue;
  return ok(accountJson(core.account(accountId), core.figures(accountId), now));
}

function shownPosition(host: VenueHost, accountId: string, position: VenuePosition) {
  const { core } = host.venue;
  const { symbol } = position;
  const last = markOf(position, core.state.lastPrices);
  const previous = core.state.closePrices.get(symbol) ?? position.averagePrice;
  return positionJson(position, last, previous, core.availableQuantity(accountId, symbol), host.assetClass(symbol));
}

const positions = ({ host, accountId }: Call): Reply =>
  ok(host.venue.core.positions(accountId).map((position) => shownPosition(host, accountId, position)));

function positionIn({ host, accountId, params: [symbolOrId = ''] }: Call): VenuePosition | undefined {
  return host.venue.core.account(accountId).positions.get(symbolIn(host, symbolOrId));
}

function position(call: Call): Reply {
  const found = positionIn(call);
  return found === undefined ? notFoundReply('position does not exist') : ok(shownPosition(call.host, call.accountId, found));
}

const closing = (held: VenuePosition, size: Quantity): NewOrder => ({
  symbol: held.symbol,
  side: held.quantity > 0n ? 'sell' : 'buy',
  quantity: size,
  type: 'market',
  timeInForce: 'day',
});

/** How much of a position to close: all of it, `qty`, or `percentage` of it in whole lots. */
function closingSize(host: VenueHost, held: VenuePosition, query: URLSearchParams): Quantity {
  const size = abs(held.quantity);
  const asked = query.get('qty');
  if (asked !== null) return quantity(asked);
  const percentage = query.get('percentage');
  if (percentage === null) return size;
  const lot = host.instrument(held.symbol)?.lot ?? quantity('1');
  return roundToLot(scale(scale(size, ratio(percentage)), ratio('0.01')), lot);
}

async function closePosition(call: Call): Promise<Reply> {
  const { host, accountId, query } = call;
  const held = positionIn(call);
  if (held === undefined) return notFoundReply('position does not exist');
  let size: Quantity;
  try {
    size = closingSize(host, held, query);
  } catch (error) {
    return badQuery(error instanceof Error ? error.message : 'invalid quantity');
  }
  const result = await host.order({ kind: 'submit', accountId, request: closing(held, size) });
  return result.ok ? ok(shown(host, result.order)) : refused(result.refusal);
}

async function closeAllPositions({ host, accountId, query }: Call): Promise<Reply> {
  if (query.get('cancel_orders') === 'true') await cancelAllOrders(host, accountId);
  const body = await Promise.all(
    host.venue.core.positions(accountId).map(async (held) => {
      const result = await host.order({ kind: 'submit', accountId, request: closing(held, abs(held.quantity)) });
      const { status, body } = result.ok ? ok(shown(host, result.order)) : refused(result.refusal);
      return { symbol: held.symbol, status, body };
    }),
  );
  return { status: 207, body };
}

/** A time of a query; a bare date is midnight in New York. */
export function timeIn(text: string): number {
  const at = instant(text);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return at;
  try {
    return midnightOf(text);
  } catch (error) {
    if (error instanceof RangeError) throw new InstantTextError(text);
    throw error;
  }
}

interface Span {
  readonly after: number;
  readonly until: number;
}

function spanOf(query: URLSearchParams): Span | string {
  try {
    const date = query.get('date');
    if (date !== null) {
      const start = timeIn(date);
      return { after: start - 1, until: midnightOf(Temporal.PlainDate.from(date).add({ days: 1 }).toString()) };
    }
    const time = (name: string, fallback: number): number => {
      const text = query.get(name);
      return text === null ? fallback : timeIn(text);
    };
    return { after: time('after', Number.NEGATIVE_INFINITY), until: time('until', Number.POSITIVE_INFINITY) };
  } catch (error) {
    return error instanceof Error ? error.message : 'invalid time';
  }
}

function activities({ host, accountId, query, params: [type] }: Call): Reply {
  const types = type === undefined ? listIn(query, 'activity_types') : [type];
  const wanted = (name: string): boolean => types.length === 0 || types.includes(name);
  const span = spanOf(query);
  if (typeof span === 'string') return badQuery(span);
  const size = limitIn(query, 'page_size', PAGE_MAX, PAGE_MAX);
  if (size === undefined) return badQuery(`page_size must be between 1 and ${PAGE_MAX}`);
  const direction = query.get('direction') ?? 'desc';
  if (direction !== 'asc' && direction !== 'desc') return badQuery(`invalid direction: ${direction}`);
  const { executions, charges } = host.venue.core.account(accountId);
  const rows: Row[] = [];
  if (wanted('FILL')) for (const execution of executions) rows.push({ ...execution, show: () => activityJson(execution) });
  if (wanted('FEE')) for (const charge of charges) rows.push({ ...charge, show: () => chargeJson(charge) });
  const found = rows.filter(({ at }) => at > span.after && at < span.until).sort((left, right) => left.sequence - right.sequence);
  return pageOf(direction === 'asc' ? found : found.reverse(), query.get('page_token'), size);
}

interface Row {
  readonly id: string;
  readonly sequence: number;
  readonly at: Instant;
  readonly show: () => unknown;
}

function pageOf(rows: readonly Row[], token: string | null, size: number): Reply {
  const start = token === null ? 0 : rows.findIndex((row) => activityId(row) === token) + 1;
  if (token !== null && start === 0) return badQuery('page_token is not the id of an activity in this list');
  return ok(rows.slice(start, start + size).map((row) => row.show()));
}

function assets({ host, query }: Call): Reply {
  if ((query.get('status') ?? 'active') !== 'active') return ok([]);
  const assetClass = query.get('asset_class');
  const all = [...host.options.instruments.values()].filter((one) => assetClass === null || one.assetClass === assetClass);
  return ok(all.map(assetJson));
}

function asset({ host, params: [symbolOrId = ''] }: Call): Reply {
  const instrument = host.instrument(symbolIn(host, symbolOrId));
  return instrument === undefined ? notFoundReply(`asset not found for ${symbolOrId}`) : ok(assetJson(instrument));
}

const configurations = ({ host }: Call): Reply =>
  ok({
    fractional_trading: true,
    max_margin_multiplier: String(host.options.multiplier),
    max_options_trading_level: 0,
    no_shorting: false,
    suspend_trade: false,
    disable_overnight_trading: true,
    ptp_no_exception_entry: false,
    trade_confirm_email: 'none',
  });

export const accountRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/account$/, handler: account },
  { method: 'GET', path: /^\/v2\/account\/configurations$/, handler: configurations },
  { method: 'PATCH', path: /^\/v2\/account\/configurations$/, handler: () => failure(422, 42210000, 'configurations are fixed here') },
  { method: 'GET', path: /^\/v2\/account\/activities$/, handler: activities },
  { method: 'GET', path: /^\/v2\/account\/activities\/([^/]+)$/, handler: activities },
  { method: 'GET', path: /^\/v2\/positions$/, handler: positions },
  { method: 'DELETE', path: /^\/v2\/positions$/, handler: closeAllPositions },
  { method: 'GET', path: /^\/v2\/positions\/([^/]+)$/, handler: position },
  { method: 'DELETE', path: /^\/v2\/positions\/([^/]+)$/, handler: closePosition },
  { method: 'GET', path: /^\/v2\/assets$/, handler: assets },
  { method: 'GET', path: /^\/v2\/assets\/([^/]+)$/, handler: asset },
];
