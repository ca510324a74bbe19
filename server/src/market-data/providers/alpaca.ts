import type { Instant } from '../../money/instant.ts';
import type { Bar, Timeframe } from '../bar.ts';
import { ProviderError } from '../provider.ts';
import type { HistoryPage, HistoryRequest, Provider, RefusedBar } from '../provider.ts';
import { openAlpaca } from './alpaca-client.ts';
import { openFeed } from './alpaca-feed.ts';
import type { FeedOptions } from './alpaca-feed.ts';
import { checkEndpoint } from './alpaca-hosts.ts';
import { parseBar } from './parse-alpaca.ts';

/** A daily bar is stamped at midnight in New York, which is later than midnight UTC: the last day is asked for whole. */
const DAY_MS = 86_400_000;
/** Points a page: the most that Alpaca gives. */
const PAGE_LIMIT = 10_000;

export type AlpacaProviderOptions = FeedOptions;

/** Alpaca's names of our timeframes. */
const WIRE_TIMEFRAME: Readonly<Record<Timeframe, string>> = {
  '1Min': '1Min',
  '5Min': '5Min',
  '15Min': '15Min',
  '30Min': '30Min',
  '1Hour': '1Hour',
  '1Day': '1Day',
};

/** What the SDK's errors carry beyond the message, in one sentence. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const status = 'status' in error ? ` (HTTP ${String(error.status)})` : '';
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${status}${cause}`;
}

function splitPage(page: readonly (Bar | RefusedBar)[]): HistoryPage {
  const bars: Bar[] = [];
  const refused: RefusedBar[] = [];
  for (const row of page) {
    if ('reason' in row) refused.push(row);
    else bars.push(row);
  }
  return { bars, refused };
}

async function* history(options: AlpacaProviderOptions, request: HistoryRequest): AsyncGenerator<HistoryPage> {
  const alpaca = openAlpaca(options.endpoint, { retryReads: true });
  let pageToken: string | undefined;
  const previous = new Map<string, Instant>();
  do {
    request.signal?.throwIfAborted();
    const response = await alpaca.marketData.stocks
      .stockBars({
        symbols: request.symbols.join(','),
        timeframe: WIRE_TIMEFRAME[request.timeframe],
        start: new Date(request.from),
        ...(request.to === undefined ? {} : { end: new Date(request.to + (request.timeframe === '1Day' ? DAY_MS - 1 : 0)) }),
        limit: PAGE_LIMIT,
        adjustment: request.adjustment,
        feed: options.feed,
        sort: 'asc',
        ...(pageToken === undefined ? {} : { pageToken }),
      })
      .catch((error: unknown) => {
        throw new ProviderError(`Alpaca did not give the bars of ${request.symbols.join(', ')}: ${describe(error)}`, { cause: error });
      });
    const rows: (Bar | RefusedBar)[] = [];
    for (const [symbol, wireBars] of Object.entries(response.bars)) {
      for (const { t, o, h, l, c, v } of wireBars) {
        // The SDK's type says Date; on the wire, and in the map of symbols, it is text.
        const row = parseBar(
          symbol,
          request.timeframe,
          { timestamp: new Date(t), open: o, high: h, low: l, close: c, volume: v },
          previous.get(symbol),
        );
        if (!('reason' in row)) previous.set(symbol, row.startAt);
        rows.push(row);
      }
    }
    yield splitPage(rows);
    pageToken = response.nextPageToken ?? undefined;
  } while (pageToken !== undefined);
}

/** Market data from Alpaca, or from the simulated exchange that speaks its protocol. */
export function alpacaProvider(options: AlpacaProviderOptions): Provider {
  checkEndpoint(options.endpoint);
  return {
    name: 'alpaca',
    history: (request) => history(options, request),
    subscribe: (request, listener) => openFeed(options, request, listener),
  };
}
