import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Bar, Timeframe } from '../bar.ts';
import { ProviderError } from '../provider.ts';
import type { HistoryPage, HistoryRequest, Provider, RefusedBar } from '../provider.ts';
import { openAlpaca } from './alpaca-client.ts';
import { openFeed } from './alpaca-feed.ts';
import type { FeedOptions } from './alpaca-feed.ts';
import { checkEndpoint } from './alpaca-hosts.ts';
import type { SymbolStanding } from '../trading-status.ts';
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

const believable = (at: Date | undefined): Instant | undefined => {
  // The SDK's type says Date; in a map of symbols it is the text of the wire.
  const told = at === undefined ? Number.NaN : new Date(at).getTime();
  return Number.isNaN(told) ? undefined : instantFromMs(told);
};

/**
 * Two questions, however many symbols there are: all active assets at once, and the newest prices. Assets are of the interface for trading, whose
 * allowance orders need; one that is not in the list is not active.
 */
async function standings({ endpoint, feed }: AlpacaProviderOptions, symbols: readonly string[]): Promise<readonly SymbolStanding[]> {
  const { trading, marketData } = openAlpaca(endpoint, { retryReads: true });
  try {
    const assets = await trading.assets.getV2Assets({ status: 'active', assetClass: 'us_equity' });
    const tradable = new Map(assets.map((asset) => [asset.symbol, asset.tradable]));
    const snapshots = await marketData.stocks.stockSnapshots({ symbols: symbols.join(','), feed });
    return symbols.map((symbol) => {
      const { latestTrade, latestQuote } = snapshots[symbol] ?? {};
      const [tradedAt, quotedAt] = [believable(latestTrade?.t), believable(latestQuote?.t)];
      return {
        symbol,
        tradable: tradable.get(symbol) ?? false,
        ...(tradedAt === undefined ? {} : { tradedAt }),
        ...(quotedAt === undefined ? {} : { quotedAt }),
      };
    });
  } catch (error) {
    throw new ProviderError(`Alpaca did not tell whether ${symbols.join(', ').slice(0, 200)} are traded: ${describe(error)}`, {
      cause: error,
    });
  }
}

/** Market data from Alpaca, or from the simulated exchange that speaks its protocol. */
export function alpacaProvider(options: AlpacaProviderOptions): Provider {
  checkEndpoint(options.endpoint);
  return {
    name: 'alpaca',
    history: (request) => history(options, request),
    subscribe: (request, listener) => openFeed(options, request, listener),
    standings: (symbols) => standings(options, symbols),
  };
}
