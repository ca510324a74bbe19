import { newYorkDate } from '../../instruments/calendar.ts';
import { format, price, toNumber, DecimalTextError } from '../../money/fixed.ts';
import type { Price } from '../../money/fixed.ts';
import type { VenueHost } from '../host.ts';
import type { ListedOption, OptionMarket } from '../option-market/option-market.ts';
import { middle } from '../option-market/pricing.ts';
import { assetId, rfc3339 } from '../wire.ts';
import { limitIn, listIn } from './orders.ts';
import { badDataQuery, badQuery, notFoundReply, ok } from './reply.ts';
import type { Reply, Route } from './reply.ts';

const CONTRACTS_LIMIT = { fallback: 100, max: 10_000 } as const;
const SNAPSHOTS_LIMIT = { fallback: 100, max: 1_000 } as const;
const SYMBOLS_MAX = 100;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const SATURDAY = 6;
const SIZE_SHOWN = 10;

class QueryError extends Error {}

type Keep = (contract: ListedOption) => boolean;

function dateIn(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  // The SDK sends dates with a time of midnight.
  const date = text.slice(0, 10);
  if (!DATE.test(date)) throw new QueryError(`invalid ${name}: ${text.slice(0, 30)}; expected YYYY-MM-DD`);
  return date;
}

function strikeIn(query: URLSearchParams, name: string): Price | undefined {
  const text = query.get(name);
  try {
    return text === null ? undefined : price(text);
  } catch (error) {
    if (error instanceof DecimalTextError) throw new QueryError(`invalid ${name}: ${text?.slice(0, 30) ?? ''}`);
    throw error;
  }
}

function oneOf<T extends string>(query: URLSearchParams, name: string, allowed: readonly T[]): T | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw new QueryError(`invalid ${name}: ${text.slice(0, 20)}; expected ${allowed.join(' or ')}`);
  return found;
}

/** What a query leaves of a chain. */
function filterOf(query: URLSearchParams, expiresBy: string | undefined): Keep {
  const on = dateIn(query, 'expiration_date');
  const from = dateIn(query, 'expiration_date_gte');
  const to = dateIn(query, 'expiration_date_lte') ?? (on === undefined ? expiresBy : undefined);
  const lowest = strikeIn(query, 'strike_price_gte');
  const highest = strikeIn(query, 'strike_price_lte');
  const right = oneOf(query, 'type', ['call', 'put']);
  const style = oneOf(query, 'style', ['american', 'european']);
  const root = query.get('root_symbol');
  return (contract) =>
    (on === undefined || contract.expiresOn === on) &&
    (from === undefined || contract.expiresOn >= from) &&
    (to === undefined || contract.expiresOn <= to) &&
    (lowest === undefined || contract.strike >= lowest) &&
    (highest === undefined || contract.strike <= highest) &&
    (right === undefined || contract.right === right) &&
    (style === undefined || contract.style === style) &&
    (root === null || contract.root === root);
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

const encodeToken = (symbol: string): string => Buffer.from(symbol).toString('base64url');

/** One page of a list that is sorted by symbol. */
function pageOf(
  query: URLSearchParams,
  all: readonly ListedOption[],
  { fallback, max }: { fallback: number; max: number },
): Page<ListedOption> {
  const limit = limitIn(query, 'limit', fallback, max);
  if (limit === undefined) throw new QueryError(`limit must be between 1 and ${max}`);
  const token = query.get('page_token');
  const after = token === null || token === '' ? undefined : Buffer.from(token, 'base64url').toString('utf8');
  if (after !== undefined && !/^[A-Z0-9]{16,21}$/.test(after)) throw new QueryError('invalid page_token');
  const left = after === undefined ? all : all.filter(({ symbol }) => symbol > after);
  const items = left.slice(0, limit);
  const last = items.at(-1);
  return { items, next: left.length > items.length && last !== undefined ? encodeToken(last.symbol) : null };
}

/** A contract as the trading interface shows it. */
function contractJson(host: VenueHost, market: OptionMarket, contract: ListedOption) {
  const figures = market.figures(contract);
  const today = newYorkDate(host.venue.now);
  return {
    id: assetId(contract.symbol),
    symbol: contract.symbol,
    name: contract.name,
    status: contract.active ? 'active' : 'inactive',
    tradable: contract.tradable,
    expiration_date: contract.expiresOn,
    root_symbol: contract.root,
    underlying_symbol: contract.underlying,
    underlying_asset_id: assetId(contract.underlying),
    type: contract.right,
    style: contract.style,
    strike_price: format(contract.strike),
    multiplier: String(contract.multiplier),
    size: String(contract.multiplier),
    open_interest: String(contract.openInterest ?? 0),
    open_interest_date: today,
    close_price: figures === undefined ? null : format(middle(figures.bid, figures.ask)),
    close_price_date: figures === undefined ? null : today,
  };
}

type Figures = NonNullable<ReturnType<OptionMarket['figures']>>;

const quoteJson = (host: VenueHost, { bid, ask }: Figures) => ({
  t: rfc3339(host.venue.now),
  bx: 'S',
  bp: toNumber(bid),
  bs: bid === 0n ? 0 : SIZE_SHOWN,
  ax: 'S',
  ap: toNumber(ask),
  as: SIZE_SHOWN,
  c: 'A',
});

const tradeJson = (host: VenueHost, { bid, ask }: Figures) => ({
  t: rfc3339(host.venue.now),
  x: 'S',
  p: toNumber(middle(bid, ask)),
  s: 1,
  c: 'a',
});

/** A snapshot: volatility and greeks are left out of what nobody bids for, and of one contract in four. */
function snapshotJson(host: VenueHost, market: OptionMarket, contract: ListedOption) {
  const figures = market.figures(contract);
  if (figures === undefined) return undefined;
  const given = figures.bid > 0n && market.hasFeedGreeks(contract.symbol);
  return {
    latestQuote: quoteJson(host, figures),
    ...(figures.bid > 0n ? { latestTrade: tradeJson(host, figures) } : {}),
    ...(given ? { impliedVolatility: figures.volatility, greeks: figures.greeks } : {}),
  };
}

/** By symbol, what a shape gives of each; what it gives nothing of is left out. */
function collect(contracts: readonly ListedOption[], shape: (contract: ListedOption) => unknown): Record<string, unknown> {
  const shaped = contracts.map((contract) => [contract.symbol, shape(contract)] as const);
  return Object.fromEntries(shaped.filter(([, value]) => value !== undefined));
}

function guarded(answer: () => Reply, refuse: (message: string) => Reply): Reply {
  try {
    return answer();
  } catch (error) {
    if (error instanceof QueryError) return refuse(error.message);
    throw error;
  }
}

function named(market: OptionMarket, query: URLSearchParams): readonly ListedOption[] {
  const symbols = listIn(query, 'symbols');
  if (symbols.length === 0) throw new QueryError('symbols is required');
  if (symbols.length > SYMBOLS_MAX) throw new QueryError(`at most ${SYMBOLS_MAX} symbols at once`);
  return [...new Set(symbols)].sort().map((symbol) => {
    const contract = market.contract(symbol);
    if (contract === undefined) throw new QueryError(`invalid symbol: ${symbol.slice(0, 30)}`);
    return contract;
  });
}

/** Contracts without dates end at the coming weekend, as the broker has it. */
function upcomingWeekend(today: string): string {
  const date = Temporal.PlainDate.from(today);
  return date.add({ days: (SATURDAY - date.dayOfWeek + 7) % 7 }).toString();
}

function contractRoutes(market: OptionMarket): readonly Route[] {
  return [
    {
      method: 'GET',
      path: /^\/v2\/options\/contracts$/,
      handler: ({ host, query }) =>
        guarded(() => {
          const status = oneOf(query, 'status', ['active', 'inactive']);
          const underlyings = listIn(query, 'underlying_symbols');
          const known = underlyings.length > 0 ? underlyings : [...host.options.instruments.keys()];
          const keep = filterOf(query, upcomingWeekend(newYorkDate(host.venue.now)));
          const all = status === 'inactive' ? [] : [...new Set(known)].flatMap((symbol) => market.listed(symbol)).filter(keep);
          const { items, next } = pageOf(
            query,
            all.toSorted((left, right) => (left.symbol < right.symbol ? -1 : 1)),
            CONTRACTS_LIMIT,
          );
          return ok({ option_contracts: items.map((contract) => contractJson(host, market, contract)), next_page_token: next });
        }, badQuery),
    },
    {
      method: 'GET',
      path: /^\/v2\/options\/contracts\/([^/]+)$/,
      handler: ({ host, params: [symbolOrId = ''] }) => {
        const contract = market.contract(symbolOrId) ?? market.byId(symbolOrId);
        return contract === undefined
          ? notFoundReply(`option contract not found for ${symbolOrId}`)
          : ok(contractJson(host, market, contract));
      },
    },
  ];
}

function latestRoute(market: OptionMarket, plural: 'quotes' | 'trades', shape: (host: VenueHost, figures: Figures) => unknown): Route {
  return {
    method: 'GET',
    path: new RegExp(`^/v1beta1/options/${plural}/latest$`),
    handler: ({ host, query }) =>
      guarded(() => {
        const of = (contract: ListedOption): unknown => {
          const figures = market.figures(contract);
          return figures === undefined || (plural === 'trades' && figures.bid === 0n) ? undefined : shape(host, figures);
        };
        return ok({ [plural]: collect(named(market, query), of) });
      }, badDataQuery),
  };
}

/** Contracts under the trading interface; chains, snapshots and latest prices under the data interface. */
export const optionRoutes = (market: OptionMarket): readonly Route[] => [
  ...contractRoutes(market),
  latestRoute(market, 'quotes', quoteJson),
  latestRoute(market, 'trades', tradeJson),
  {
    method: 'GET',
    path: /^\/v1beta1\/options\/snapshots$/,
    handler: ({ host, query }) =>
      guarded(() => {
        const { items, next } = pageOf(query, named(market, query), SNAPSHOTS_LIMIT);
        return ok({ snapshots: collect(items, (contract) => snapshotJson(host, market, contract)), next_page_token: next });
      }, badDataQuery),
  },
  {
    method: 'GET',
    path: /^\/v1beta1\/options\/snapshots\/([^/]+)$/,
    handler: ({ host, query, params: [underlying = ''] }) =>
      guarded(() => {
        const { items, next } = pageOf(query, market.listed(underlying).filter(filterOf(query, undefined)), SNAPSHOTS_LIMIT);
        return ok({ snapshots: collect(items, (contract) => snapshotJson(host, market, contract)), next_page_token: next });
      }, badDataQuery),
  },
];
