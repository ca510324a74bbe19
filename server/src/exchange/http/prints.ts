import type { VenueBar } from '../market/laps.ts';
import { newYorkDateOf } from '../market/sessions.ts';
import type { VenueHost } from '../host.ts';
import { priceFromNumber } from '../../money/fixed.ts';
import { instantFromMs } from '../../money/instant.ts';
import { quoteAround, quoteJson, tradeJson } from '../quotes.ts';
import { rfc3339 } from '../wire.ts';
import { limitIn, listIn } from './orders.ts';
import { timeIn } from './query.ts';
import { badDataQuery, ok } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

const LIMIT_DEFAULT = 1000;
const LIMIT_MAX = 10_000;
const STEPS = 4;

/** What a symbol's bars are shown as: prints or quotes of its steps, or the two auctions of its days. */
type Print = { readonly t: string };
type Prints = (host: VenueHost, symbol: string, bar: VenueBar) => readonly Print[];

/** Prices in the order in which the venue showed them, evenly over the bar. */
function path(bar: VenueBar, lengthMs: number): readonly { readonly at: number; readonly price: number }[] {
  const lowFirst = bar.close >= bar.open;
  const [one, other] = lowFirst ? [bar.low, bar.high] : [bar.high, bar.low];
  return [bar.open, one, other, bar.close].map((price, step) => ({ at: bar.startAt + Math.floor((lengthMs * step) / STEPS), price }));
}

const MINUTE_MS = 60_000;
const REGULAR_MS = 390 * MINUTE_MS;
const OPEN_MS = 570 * MINUTE_MS;

/** A day's bar is stamped at midnight; it traded from the open. */
const shownPath = ({ venue }: VenueHost, bar: VenueBar) =>
  venue.laps.tape.timeframe === '1Day' ? path({ ...bar, startAt: instantFromMs(bar.startAt + OPEN_MS) }, REGULAR_MS) : path(bar, MINUTE_MS);

const trades: Prints = (host, _symbol, bar) =>
  shownPath(host, bar).map(({ at, price }, step) =>
    tradeJson(priceFromNumber(price), instantFromMs(at), Math.floor(at / MINUTE_MS) * STEPS + step),
  );

const quotes: Prints = (host, symbol, bar) => {
  const instrument = host.instrument(symbol);
  if (instrument === undefined) return [];
  return shownPath(host, bar).map(({ at, price }) =>
    quoteJson(quoteAround(priceFromNumber(price), instrument, host.spread), instantFromMs(at)),
  );
};

const auctionPrint = (bar: VenueBar, price: number, condition: string, at: number) => ({
  t: rfc3339(instantFromMs(at)),
  x: 'S',
  p: price,
  s: Math.max(Math.round(bar.volume * 0.05), 1),
  c: condition,
});

/** The auctions of each day: the first print with O and Q, the last with M and 6. */
function auctionsOf(host: VenueHost, symbol: string, fromMs: number, toMs: number) {
  const days = host.venue.archive.bars(symbol, host.venue.position.published, { unit: 'days' }, fromMs, toMs);
  return [...days].map((bar) => {
    const date = newYorkDateOf(bar.startAt);
    const session = host.venue.laps.times.sessionOn(date);
    const opening = session?.openAt ?? bar.startAt;
    const closing = session?.closeAt ?? bar.startAt + REGULAR_MS;
    return {
      d: date,
      o: ['Q', 'O'].map((condition) => auctionPrint(bar, bar.open, condition, opening)),
      c: ['M', '6'].map((condition) => auctionPrint(bar, bar.close, condition, closing)),
    };
  });
}

interface PrintQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  readonly after: string;
  readonly descending: boolean;
}

function parse(query: URLSearchParams): PrintQuery | string {
  const limit = limitIn(query, 'limit', LIMIT_DEFAULT, LIMIT_MAX);
  if (limit === undefined) return `limit must be between 1 and ${LIMIT_MAX}`;
  const sort = query.get('sort') ?? 'asc';
  if (sort !== 'asc' && sort !== 'desc') return `invalid sort: ${sort.slice(0, 20)}`;
  const time = (name: string, fallback: number): number => {
    const text = query.get(name);
    return text === null ? fallback : timeIn(text);
  };
  try {
    const [fromMs, toMs] = [time('start', Number.NEGATIVE_INFINITY), time('end', Number.POSITIVE_INFINITY)];
    const after = Buffer.from(query.get('page_token') ?? '', 'base64url').toString('utf8');
    return { fromMs, toMs, limit, after, descending: sort === 'desc' };
  } catch (error) {
    return error instanceof Error ? error.message : 'invalid time';
  }
}

/** One page of prints: by symbol, then by time; the token names where it ended. */
function pageOf(host: VenueHost, symbols: readonly string[], prints: Prints, query: PrintQuery) {
  const found: Record<string, Print[]> = {};
  const [afterSymbol = '', afterIndex = '-1'] = query.after.split('|');
  let left = query.limit;
  const { archive, position } = host.venue;
  for (const symbol of [...new Set(symbols)].sort()) {
    if (symbol < afterSymbol || host.instrument(symbol) === undefined) continue;
    let index = -1;
    const grouping = host.venue.laps.tape.timeframe === '1Day' ? ({ unit: 'days' } as const) : ({ unit: 'minutes', minutes: 1 } as const);
    for (const bar of archive.bars(symbol, position.published, grouping, query.fromMs, query.toMs, query.descending)) {
      const inBar = prints(host, symbol, bar);
      for (const print of query.descending ? inBar.toReversed() : inBar) {
        index++;
        if (symbol === afterSymbol && index <= Number(afterIndex)) continue;
        if (left === 0) return { found, token: Buffer.from(`${symbol}|${index - 1}`).toString('base64url') };
        (found[symbol] ??= []).push(print);
        left--;
      }
    }
  }
  return { found, token: null };
}

function printRoutesFor(name: string, prints: Prints): readonly Route[] {
  return [
    {
      method: 'GET',
      path: new RegExp(`^/v2/stocks/${name}$`),
      handler: ({ host, query }: Call): Reply => {
        const symbols = listIn(query, 'symbols');
        const parsed = symbols.length === 0 ? 'symbols is required' : parse(query);
        if (typeof parsed === 'string') return badDataQuery(parsed);
        const { found, token } = pageOf(host, symbols, prints, parsed);
        return ok({ [name]: found, next_page_token: token });
      },
    },
    {
      method: 'GET',
      path: new RegExp(`^/v2/stocks/([^/]+)/${name}$`),
      handler: ({ host, query, params: [symbol = ''] }: Call): Reply => {
        const parsed = parse(query);
        if (typeof parsed === 'string') return badDataQuery(parsed);
        const { found, token } = pageOf(host, [symbol], prints, parsed);
        return ok({ [name]: found[symbol] ?? [], symbol, next_page_token: token });
      },
    },
  ];
}

function auctions({ host, query, params: [only] }: Call): Reply {
  const symbols = only === undefined ? listIn(query, 'symbols') : [only];
  const parsed = symbols.length === 0 ? 'symbols is required' : parse(query);
  if (typeof parsed === 'string') return badDataQuery(parsed);
  const found = Object.fromEntries(
    symbols
      .filter((symbol) => host.instrument(symbol) !== undefined)
      .map((symbol) => [symbol, auctionsOf(host, symbol, parsed.fromMs, parsed.toMs)]),
  );
  return ok(
    only === undefined ? { auctions: found, next_page_token: null } : { auctions: found[only] ?? [], symbol: only, next_page_token: null },
  );
}

/** Condition codes that this exchange prints, by tick type. */
const CONDITIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  trade: {
    '@': 'Regular Sale',
    O: 'Opening Prints',
    Q: 'Market Center Official Open',
    M: 'Market Center Official Close',
    '6': 'Closing Prints',
  },
  quote: { R: 'Regular, two-sided open' },
};

export const printRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/stocks\/auctions$/, handler: auctions },
  { method: 'GET', path: /^\/v2\/stocks\/([^/]+)\/auctions$/, handler: auctions },
  { method: 'GET', path: /^\/v2\/stocks\/meta\/exchanges$/, handler: () => ok({ S: 'Simulated exchange' }) },
  {
    method: 'GET',
    path: /^\/v2\/stocks\/meta\/conditions\/([^/]+)$/,
    handler: ({ params: [tick = ''] }) => {
      const codes = CONDITIONS[tick];
      return codes === undefined ? badDataQuery(`invalid tick type: ${tick.slice(0, 20)}`) : ok(codes);
    },
  },
  ...printRoutesFor('trades', trades),
  ...printRoutesFor('quotes', quotes),
];
