import { adjusted, dividendFactor, splitFactor } from '../market/adjustments.ts';
import type { Grouping } from '../market/archive.ts';
import type { VenueBar } from '../market/laps.ts';
import type { Venue } from '../venue.ts';
import { barJson } from '../wire.ts';
import { timeIn } from './query.ts';
import { limitIn, listIn } from './orders.ts';
import { badDataQuery, ok } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

const LIMIT_DEFAULT = 1000;
const LIMIT_MAX = 10_000;
const TIMEFRAME = /^(\d{1,2})(Min|T|Hour|H|Day|D)$/;

/** Where the next page begins: behind this bar. */
interface PageToken {
  readonly symbol: string;
  readonly startMs: number;
}

interface BarsQuery {
  readonly symbols: readonly string[];
  readonly grouping: Grouping;
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  readonly descending: boolean;
  readonly after: PageToken | undefined;
  readonly adjustment: ReadonlySet<Adjustment>;
}

const ADJUSTMENTS = ['split', 'dividend', 'spin-off'] as const;
type Adjustment = (typeof ADJUSTMENTS)[number];
const FEEDS: ReadonlySet<string> = new Set(['sip', 'iex', 'otc', 'boats', 'delayed_sip', 'overnight']);

function adjustmentOf(text: string): ReadonlySet<Adjustment> {
  if (text === 'raw') return new Set();
  if (text === 'all') return new Set(ADJUSTMENTS);
  return new Set(
    text.split(',').map((part) => {
      const known = ADJUSTMENTS.find((one) => one === part);
      if (known === undefined) throw new QueryError(`invalid adjustment: ${part.slice(0, 20)}`);
      return known;
    }),
  );
}

class QueryError extends Error {}

function groupingOf(text: string): Grouping {
  const [, count = '', unit = ''] = TIMEFRAME.exec(text) ?? [];
  const value = Number(count);
  if ((unit === 'Min' || unit === 'T') && value >= 1 && value <= 59) return { unit: 'minutes', minutes: value };
  if ((unit === 'Hour' || unit === 'H') && value >= 1 && value <= 23) return { unit: 'minutes', minutes: value * 60 };
  if ((unit === 'Day' || unit === 'D') && value === 1) return { unit: 'days' };
  throw new QueryError(`invalid timeframe: ${text.slice(0, 20)}; this exchange has 1Min to 59Min, 1Hour to 23Hour and 1Day`);
}

const encodeToken = ({ symbol, startMs }: PageToken): string => Buffer.from(`${symbol}|${startMs}`).toString('base64url');

function decodeToken(text: string | null): PageToken | undefined {
  if (text === null || text === '') return undefined;
  const [symbol = '', start = ''] = Buffer.from(text, 'base64url').toString('utf8').split('|');
  const startMs = Number(start);
  if (symbol === '' || start === '' || !Number.isFinite(startMs)) throw new QueryError('invalid page_token');
  return { symbol, startMs };
}

function parseQuery(query: URLSearchParams, symbols: readonly string[]): BarsQuery {
  if (symbols.length === 0) throw new QueryError('symbols is required');
  const timeframe = query.get('timeframe');
  if (timeframe === null) throw new QueryError('timeframe is required');
  const limit = limitIn(query, 'limit', LIMIT_DEFAULT, LIMIT_MAX);
  if (limit === undefined) throw new QueryError(`limit must be between 1 and ${LIMIT_MAX}`);
  const sort = query.get('sort') ?? 'asc';
  if (sort !== 'asc' && sort !== 'desc') throw new QueryError(`invalid sort: ${sort.slice(0, 20)}`);
  const feed = query.get('feed');
  if (feed !== null && !FEEDS.has(feed)) throw new QueryError(`invalid feed: ${feed.slice(0, 20)}`);
  const time = (name: string, fallback: number): number => {
    const text = query.get(name);
    return text === null ? fallback : timeIn(text);
  };
  return {
    symbols: [...new Set(symbols)].sort(),
    grouping: groupingOf(timeframe),
    fromMs: time('start', Number.NEGATIVE_INFINITY),
    toMs: time('end', Number.POSITIVE_INFINITY),
    limit,
    descending: sort === 'desc',
    after: decodeToken(query.get('page_token')),
    adjustment: adjustmentOf(query.get('adjustment') ?? 'raw'),
  };
}

type BarsPage = { readonly bars: Record<string, ReturnType<typeof barJson>[]>; readonly next_page_token: string | null };

/** A recorded bar as it was shown on its day, or in the shares of today, or with later dividends taken off. */
function shownAs({ core, archive, position, now }: Venue, bar: VenueBar, adjustment: ReadonlySet<Adjustment>): VenueBar {
  const { corporateActions } = core.state;
  if (corporateActions.length === 0) return bar;
  const shares = splitFactor(corporateActions, bar.symbol, adjustment.has('split') ? now : bar.startAt);
  if (!adjustment.has('dividend')) return adjusted(bar, shares);
  const closeBefore = (dateMs: number): number | undefined => {
    const [last] = archive.bars(bar.symbol, position.published, { unit: 'days' }, Number.NEGATIVE_INFINITY, dateMs - 1, true);
    return last === undefined ? undefined : last.close * splitFactor(corporateActions, bar.symbol, last.startAt);
  };
  return adjusted(bar, shares * dividendFactor(corporateActions, bar.symbol, bar.startAt, closeBefore), shares);
}

/** One page: by symbol, then by time; the limit counts bars of all symbols. */
function pageOf(venue: Venue, query: BarsQuery): BarsPage {
  const { archive, position, core } = venue;
  const { grouping, descending, limit, after } = query;
  const bars: BarsPage['bars'] = {};
  let left = limit;
  let last: PageToken | undefined;
  for (const symbol of query.symbols) {
    if (!core.options.instruments.has(symbol) || (after !== undefined && symbol < after.symbol)) continue;
    const resumed = after?.symbol === symbol ? after.startMs : undefined;
    const fromMs = resumed !== undefined && !descending ? Math.max(query.fromMs, resumed) : query.fromMs;
    for (const bar of archive.bars(symbol, position.published, grouping, fromMs, query.toMs, descending)) {
      if (resumed !== undefined && (descending ? bar.startAt >= resumed : bar.startAt <= resumed)) continue;
      if (left === 0 && last !== undefined) return { bars, next_page_token: encodeToken(last) };
      (bars[symbol] ??= []).push(barJson(shownAs(venue, bar, query.adjustment)));
      last = { symbol, startMs: bar.startAt };
      left--;
    }
  }
  return { bars, next_page_token: null };
}

function answer(query: URLSearchParams, symbols: readonly string[], reply: (parsed: BarsQuery) => Reply): Reply {
  try {
    return reply(parseQuery(query, symbols));
  } catch (error) {
    if (error instanceof QueryError || (error instanceof Error && error.name === 'InstantTextError')) return badDataQuery(error.message);
    throw error;
  }
}

const many = ({ host, query }: Call): Reply => answer(query, listIn(query, 'symbols'), (parsed) => ok(pageOf(host.venue, parsed)));

const one = ({ host, query, params: [symbol = ''] }: Call): Reply =>
  answer(query, [symbol], (parsed) => {
    const { bars, next_page_token } = pageOf(host.venue, parsed);
    return ok({ bars: bars[symbol] ?? [], symbol, next_page_token });
  });

export const barRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/stocks\/bars$/, handler: many },
  { method: 'GET', path: /^\/v2\/stocks\/([^/]+)\/bars$/, handler: one },
];
