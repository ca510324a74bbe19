import type { VenueBar } from '../market/laps.ts';
import { quoteAround, quoteJson, tradeJson } from '../quotes.ts';
import { barJson } from '../wire.ts';
import type { VenueHost } from '../host.ts';
import { listIn } from './orders.ts';
import { badDataQuery, ok } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

/** What is newest of a symbol, in one of the shapes of the data interface; `undefined` while nothing is known. */
type Latest = (host: VenueHost, symbol: string) => unknown;

const priceOf = (host: VenueHost, symbol: string) => host.venue.core.state.lastPrices.get(symbol);

/** A symbol that is halted has had its last price before; all others are as new as the venue's clock. */
const pricedAt = ({ venue }: VenueHost, symbol: string) => venue.core.state.halts.get(symbol)?.since ?? venue.now;

const latestTrade: Latest = (host, symbol) => {
  const price = priceOf(host, symbol);
  const { position } = host.venue;
  return price === undefined ? undefined : tradeJson(price, pricedAt(host, symbol), position.slice * 4 + position.step);
};

const latestQuote: Latest = (host, symbol) => {
  const price = priceOf(host, symbol);
  const instrument = host.instrument(symbol);
  if (price === undefined || instrument === undefined) return undefined;
  return quoteJson(quoteAround(price, instrument, host.spread), pricedAt(host, symbol));
};

function lastBars({ venue }: VenueHost, symbol: string, unit: 'minutes' | 'days', count: number): readonly VenueBar[] {
  const grouping = unit === 'days' ? ({ unit } as const) : ({ unit, minutes: 1 } as const);
  const found: VenueBar[] = [];
  for (const bar of venue.archive.bars(
    symbol,
    venue.position.published,
    grouping,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    true,
  )) {
    found.push(bar);
    if (found.length === count) break;
  }
  return found;
}

const latestBar: Latest = (host, symbol) => {
  const [minute] = lastBars(host, symbol, 'minutes', 1);
  const [bar] = minute === undefined ? lastBars(host, symbol, 'days', 1) : [minute];
  return bar === undefined ? undefined : barJson(bar);
};

const snapshot: Latest = (host, symbol) => {
  if (priceOf(host, symbol) === undefined) return undefined;
  const [minute] = lastBars(host, symbol, 'minutes', 1);
  const [day, previous] = lastBars(host, symbol, 'days', 2);
  return {
    latestTrade: latestTrade(host, symbol),
    latestQuote: latestQuote(host, symbol),
    minuteBar: minute === undefined ? null : barJson(minute),
    dailyBar: day === undefined ? null : barJson(day),
    prevDailyBar: previous === undefined ? null : barJson(previous),
  };
};

function collect({ host, query }: Call, latest: Latest): Record<string, unknown> | undefined {
  const symbols = listIn(query, 'symbols');
  if (symbols.length === 0) return undefined;
  const found: Record<string, unknown> = {};
  for (const symbol of symbols) {
    const value = latest(host, symbol);
    if (value !== undefined) found[symbol] = value;
  }
  return found;
}

const missing = badDataQuery('symbols is required');

function routesFor(plural: string, singular: string, latest: Latest): readonly Route[] {
  return [
    {
      method: 'GET',
      path: new RegExp(`^/v2/stocks/${plural}/latest$`),
      handler: (call): Reply => {
        const found = collect(call, latest);
        return found === undefined ? missing : ok({ [plural]: found });
      },
    },
    {
      method: 'GET',
      path: new RegExp(`^/v2/stocks/([^/]+)/${plural}/latest$`),
      handler: ({ host, params: [symbol = ''] }): Reply => {
        const value = latest(host, symbol);
        return value === undefined
          ? { status: 404, body: { message: `no ${singular} found for ${symbol}` } }
          : ok({ symbol, [singular]: value });
      },
    },
  ];
}

export const latestRoutes: readonly Route[] = [
  ...routesFor('trades', 'trade', latestTrade),
  ...routesFor('quotes', 'quote', latestQuote),
  ...routesFor('bars', 'bar', latestBar),
  {
    method: 'GET',
    path: /^\/v2\/stocks\/snapshots$/,
    handler: (call): Reply => {
      const found = collect(call, snapshot);
      return found === undefined ? missing : ok(found);
    },
  },
  {
    method: 'GET',
    path: /^\/v2\/stocks\/([^/]+)\/snapshot$/,
    handler: ({ host, params: [symbol = ''] }): Reply => {
      const value = snapshot(host, symbol);
      return value === undefined ? { status: 404, body: { message: `no snapshot found for ${symbol}` } } : ok({ symbol, ...Object(value) });
    },
  },
];
