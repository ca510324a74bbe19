import type { streaming } from '@alpacahq/alpaca-trade-api';
import { sessionOnOrAfter } from '../../instruments/calendar.ts';
import { formatInstant, instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Mark } from '../../risk/types.ts';
import type { Bar, Timeframe } from '../bar.ts';
import { ProviderError } from '../provider.ts';
import type { FeedListener, FeedRequest, HistoryPage, HistoryRequest, Provider, RefusedBar } from '../provider.ts';
import { openAlpaca } from './alpaca-client.ts';
import { dataStreamUrl } from './alpaca-hosts.ts';
import type { AlpacaEndpoint } from './alpaca-client.ts';
import { markOfQuote, markOfTrade, parseBar } from './parse-alpaca.ts';

/** A daily bar is stamped at midnight in New York, which is later than midnight UTC: the last day is asked for whole. */
const DAY_MS = 86_400_000;
/** Points a page: the most that Alpaca gives. */
const PAGE_LIMIT = 10_000;
/** Very large subscribe frames have been refused. */
const SYMBOLS_PER_FRAME = 200;
const AUTHENTICATION_DEADLINE_MS = 15_000;

type Feed = 'iex' | 'sip';

export interface AlpacaProviderOptions {
  readonly endpoint: AlpacaEndpoint;
  readonly feed: Feed;
}

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

/**
 * Holds running daily bars until their session is over: Alpaca re-sends the day's bar each minute, and only the last one is the bar.
 * The stream's own timestamps say how late it is, so that a replayed market closes its days as a live one does.
 */
export class DailyCloser {
  readonly #pending = new Map<string, Bar>();
  readonly #emitted = new Map<string, Instant>();
  #latest = instantFromMs(0);

  /** Notes a message's time; gives the bars that became final by it, in symbol order. */
  advance(at: Instant): readonly Bar[] {
    if (at > this.#latest) this.#latest = at;
    return [...this.#pending.keys()].toSorted().flatMap((symbol) => this.#close(symbol));
  }

  /** Takes a running bar; gives it back at once when its session is over. */
  add(bar: Bar): readonly Bar[] {
    const before = this.#pending.get(bar.symbol);
    const closed = before !== undefined && before.startAt < bar.startAt ? this.#emit(before) : [];
    this.#pending.set(bar.symbol, bar);
    return [...closed, ...this.#close(bar.symbol)];
  }

  #close(symbol: string): readonly Bar[] {
    const bar = this.#pending.get(symbol);
    if (bar === undefined) return [];
    const session = sessionOnOrAfter(formatInstant(bar.startAt).slice(0, 10));
    return this.#latest >= session.closeAt ? this.#emit(bar) : [];
  }

  #emit(bar: Bar): readonly Bar[] {
    this.#pending.delete(bar.symbol);
    const last = this.#emitted.get(bar.symbol);
    if (last !== undefined && last >= bar.startAt) return [];
    this.#emitted.set(bar.symbol, bar.startAt);
    return [bar];
  }
}

function passBar(listener: FeedListener, symbol: string, timeframe: Timeframe, wire: streaming.StreamBar, closer: DailyCloser): void {
  const bar = parseBar(symbol, timeframe, wire);
  if ('reason' in bar) listener.onRefused(bar);
  else if (timeframe === '1Day') closer.add(bar).forEach((closed) => listener.onBar(closed));
  else listener.onBar(bar);
}

function wire(stream: streaming.StockDataStream, request: FeedRequest, listener: FeedListener): void {
  const closer = new DailyCloser();
  const mark = (symbol: string, found: Mark | undefined): void => {
    if (found === undefined) return;
    listener.onMark(symbol, found);
    closer.advance(found.at).forEach((bar) => listener.onBar(bar));
  };
  stream.onQuote((quote) => mark(quote.symbol, markOfQuote(quote.bidPrice, quote.askPrice, quote.timestamp)));
  stream.onTrade((trade) => mark(trade.symbol, markOfTrade(trade.price, trade.timestamp)));
  if (request.timeframe === '1Day') stream.onDailyBar((bar) => passBar(listener, bar.symbol, '1Day', bar, closer));
  else stream.onBar((bar) => passBar(listener, bar.symbol, request.timeframe, bar, closer));
}

function subscribeAll(stream: streaming.StockDataStream, request: FeedRequest): void {
  for (let from = 0; from < request.symbols.length; from += SYMBOLS_PER_FRAME) {
    const symbols = request.symbols.slice(from, from + SYMBOLS_PER_FRAME);
    stream.subscribeForQuotes(symbols);
    stream.subscribeForTrades(symbols);
    if (request.timeframe === '1Day') stream.subscribeForDailyBars(symbols);
    else stream.subscribeForBars(symbols);
  }
}

/** Market data from Alpaca, or from the simulated exchange that speaks its protocol. */
export function alpacaProvider(options: AlpacaProviderOptions): Provider {
  return {
    name: 'alpaca',
    history: (request) => history(options, request),
    async subscribe(request, listener) {
      if (request.timeframe !== '1Day' && request.timeframe !== '1Min') {
        throw new ProviderError(`Alpaca streams bars of 1Min and 1Day; ${request.timeframe} is not among them`);
      }
      const url = dataStreamUrl(options.endpoint, options.feed);
      const stream = openAlpaca(options.endpoint, { retryReads: true }).marketData.stockStream({
        feed: options.feed,
        maxReconnectAttempts: -1,
        initialReconnectMs: 250,
        maxReconnectMs: 15_000,
        url,
      });
      wire(stream, request, listener);
      stream.onError((error) => listener.onDisconnected(describe(error)));
      let leaving = false;
      stream.onDisconnect(() => {
        if (!leaving) listener.onDisconnected('the market-data stream closed');
      });
      stream.onReconnected(() => listener.onConnected());
      stream.onConnect(() => subscribeAll(stream, request));
      stream.connect();
      const outcome = await stream.waitForAuthenticationResult(AUTHENTICATION_DEADLINE_MS);
      if (!outcome.authenticated) {
        stream.disconnect();
        throw new ProviderError(`The market-data stream refused the log-in: ${outcome.message} (${outcome.status})`);
      }
      listener.onConnected();
      return async () => {
        leaving = true;
        stream.disconnect();
        await Promise.resolve();
      };
    },
  };
}
