import { randomInt } from 'node:crypto';
import type { streaming } from '@alpacahq/alpaca-trade-api';
import { encode } from '@msgpack/msgpack';
import { instantFromMs } from '../../money/instant.ts';
import type { Mark } from '../../risk/types.ts';
import type { Timeframe } from '../bar.ts';
import { ProviderError } from '../provider.ts';
import type { FeedListener, FeedRequest } from '../provider.ts';
import { openAlpaca } from './alpaca-client.ts';
import { dataStreamUrl } from './alpaca-hosts.ts';
import type { AlpacaEndpoint } from './alpaca-hosts.ts';
import { statusOf } from '../trading-status.ts';
import { DailyCloser } from './daily-closer.ts';
import { FeedSubscriptions } from './feed-subscriptions.ts';
import type { Channel, Chunk } from './feed-subscriptions.ts';
import { seededJitter } from './jitter.ts';
import { muteAfterMs } from './mute-rule.ts';
import { markOfQuote, markOfTrade, parseBar } from './parse-alpaca.ts';
import { endOf, socketFactory } from './stream-socket.ts';
import { STREAM_TIMING, superviseStream } from './stream-supervisor.ts';
import type { StreamAttempt, StreamEnd, StreamTiming } from './stream-supervisor.ts';
import { MACHINE_TIMERS } from './timers.ts';
import type { Timers } from './timers.ts';

export interface FeedOptions {
  readonly endpoint: AlpacaEndpoint;
  readonly feed: 'iex' | 'sip';
  readonly streamTiming?: Partial<StreamTiming>;
  readonly timers?: Timers;
  /** Of the waits between tries. */
  readonly seed?: number;
}

/** Very large subscribe frames have been refused. */
const SYMBOLS_PER_FRAME = 200;
const SEED_MAX = 2 ** 31;

/** Answers to a subscription that leave the connection as it is. */
const REFUSALS = [
  { words: /symbol limit exceeded/i, why: 'number' },
  { words: /invalid syntax/i, why: 'content' },
  { words: /invalid subscribe action|wildcard/i, why: 'channel' },
] as const;
/** Errors that end nothing. */
const HARMLESS = /already authenticated|failed to (?:decode|process) message/i;
/** Errors after which the broker hangs up, or should. */
const FATAL = /slow client|internal error|not authenticated/i;

function passBar(listener: FeedListener, symbol: string, timeframe: Timeframe, wire: streaming.StreamBar, closer: DailyCloser): void {
  const bar = parseBar(symbol, timeframe, wire);
  if ('reason' in bar) listener.onRefused(bar);
  else if (timeframe === '1Day') closer.add(bar).forEach((closed) => listener.onBar(closed));
  else listener.onBar(bar);
}

/** Data of one connection on their way to the listener, whose failures the SDK would swallow. */
function wire(
  stream: streaming.StockDataStream,
  request: FeedRequest,
  listener: FeedListener,
  closer: DailyCloser,
  attempt: StreamAttempt,
  now: () => number,
): void {
  const take = (symbol: string, pass: () => void): void => {
    attempt.heard();
    try {
      pass();
    } catch (error) {
      const detail = `${symbol}: ${error instanceof Error ? error.message : String(error)}. The message is lost.`;
      listener.onNotice?.({
        code: 'ListenerFailed',
        subject: 'market-data stream',
        severity: 'critical',
        title: 'A price or bar could not be taken',
        detail,
      });
    }
  };
  const mark = (symbol: string, found: Mark | undefined): void => {
    if (found === undefined) return;
    listener.onMark(symbol, found);
    closer.advance(found.at).forEach((bar) => listener.onBar(bar));
  };
  stream.onQuote(({ symbol, bidPrice, askPrice, timestamp }) =>
    take(symbol, () => mark(symbol, markOfQuote(bidPrice, askPrice, timestamp))),
  );
  stream.onStatus((status) =>
    take(status.symbol, () => {
      const told = statusOf(status.symbol, status, instantFromMs(now()));
      if (told !== undefined) listener.onStatus?.(told);
    }),
  );
  stream.onTrade(({ symbol, price, timestamp }) => take(symbol, () => mark(symbol, markOfTrade(price, timestamp))));
  if (request.timeframe === '1Day') stream.onDailyBar((bar) => take(bar.symbol, () => passBar(listener, bar.symbol, '1Day', bar, closer)));
  else stream.onBar((bar) => take(bar.symbol, () => passBar(listener, bar.symbol, request.timeframe, bar, closer)));
}

/**
 * Our own subscribe message: the SDK keeps what was refused in its list and does not ask for it again, not in smaller pieces either.
 */
const subscribeMessage = ({ channel, symbols }: Chunk): Uint8Array => encode({ action: 'subscribe', [channel]: symbols });

function tellRefused(listener: FeedListener, { refused }: FeedSubscriptions): void {
  for (const channel of new Set(refused.map((each) => each.channel))) {
    const symbols = refused.filter((each) => each.channel === channel).map(({ symbol }) => symbol);
    const detail = `Without ${channel}: ${symbols.join(', ').slice(0, 400)}. What was subscribed before stays. Ask for fewer symbols, or take a larger plan.`;
    listener.onNotice?.({
      code: 'SymbolsRefused',
      subject: channel,
      severity: 'critical',
      title: `The broker does not send ${channel} of ${symbols.length} symbols`,
      detail,
    });
  }
}

/** Asks for one chunk after another; the connection is ready when each has its answer. */
function subscribeInTurn(
  stream: streaming.StockDataStream,
  send: (data: Uint8Array) => void,
  wanted: FeedSubscriptions,
  attempt: StreamAttempt,
  listener: FeedListener,
): void {
  const goOn = (): void => {
    const chunk: Chunk | undefined = wanted.next();
    if (chunk !== undefined) send(subscribeMessage(chunk));
    else if (wanted.settled) {
      tellRefused(listener, wanted);
      attempt.ready();
    }
  };
  stream.on('authorized', goOn);
  stream.on('subscription', (complete: Partial<Record<Channel, string[]>>) => {
    wanted.acknowledge(complete);
    goOn();
  });
  let why = 'the connection was closed';
  stream.onError((message) => {
    const refusal = REFUSALS.find(({ words }) => words.test(message));
    if (refusal !== undefined) {
      wanted.refuse(refusal.why);
      goOn();
      return;
    }
    if (HARMLESS.test(message)) return tellOdd(listener, message);
    why = message;
    const end = endOf(message);
    if (end.kind !== 'lost' || FATAL.test(message)) attempt.end(end);
  });
  stream.onDisconnect(() => attempt.end(endOf(why)));
}

function tellOdd(listener: FeedListener, message: string): void {
  const detail = `${message}. The stream goes on; prices and bars in it are missing.`;
  listener.onNotice?.({
    code: 'FeedMessageOdd',
    subject: 'market-data stream',
    severity: 'warning',
    title: 'A market-data message could not be read',
    detail,
  });
}

/** The listener, and the moment at which it is known how the first connection went. */
function withFirst(
  listener: FeedListener,
  settle: (end: StreamEnd | undefined) => void,
): Pick<FeedListener, 'onConnected' | 'onDisconnected' | 'onNotice'> {
  let refused = false;
  return {
    onConnected: () => {
      listener.onConnected();
      settle(undefined);
    },
    onDisconnected: (reason) => {
      listener.onDisconnected(reason);
      // Whether it was a refusal comes with the notice, in the same turn.
      queueMicrotask(() => settle(refused ? { kind: 'refused', reason } : undefined));
    },
    onNotice: (notice) => {
      if (notice.code === 'StreamRefused' && notice.over !== true) refused = true;
      listener.onNotice?.(notice);
    },
  };
}

/**
 * A live subscription under supervision. Resolves when the first connection is ready, or has failed and will be tried again; rejects with
 * {@link ProviderError} where the first log-in is refused.
 */
export async function openFeed(options: FeedOptions, request: FeedRequest, listener: FeedListener): Promise<() => Promise<void>> {
  const { endpoint, feed, timers = MACHINE_TIMERS } = options;
  if (request.timeframe !== '1Day' && request.timeframe !== '1Min')
    throw new ProviderError(`Alpaca streams bars of 1Min and 1Day; ${request.timeframe} is not among them`);
  const timing = { ...STREAM_TIMING, ...options.streamTiming };
  const alpaca = openAlpaca(endpoint, { retryReads: true });
  const channels: readonly Channel[] = [request.timeframe === '1Day' ? 'dailyBars' : 'bars', 'statuses', 'quotes', 'trades'];
  const closer = new DailyCloser();
  const url = dataStreamUrl(endpoint, feed);
  const open = (attempt: StreamAttempt): (() => void) => {
    let send = (_data: Uint8Array): void => undefined;
    const wsFactory = socketFactory(timing.readyMsMax, (sending) => {
      send = sending;
    });
    const stream = alpaca.marketData.stockStream({ feed, url, reconnect: false, wsFactory });
    wire(stream, request, listener, closer, attempt, timers.now);
    const wanted = new FeedSubscriptions(request.symbols, channels, SYMBOLS_PER_FRAME);
    subscribeInTurn(stream, (data) => send(data), wanted, attempt, listener);
    stream.connect();
    return () => {
      stream.removeAllListeners();
      stream.disconnect();
    };
  };
  const first = Promise.withResolvers<StreamEnd | undefined>();
  const supervised = superviseStream({
    name: 'market-data stream',
    open,
    listener: withFirst(listener, first.resolve),
    timers,
    jitter: seededJitter(options.seed ?? randomInt(SEED_MAX)),
    timing,
    // A simulated market has a time of its own, and may stand still.
    muteAfterMs: () => (endpoint.mode === 'simulated' ? undefined : muteAfterMs(timers.now(), request.symbols.length)),
  });
  const refusal = await first.promise;
  if (refusal !== undefined) {
    supervised.stop();
    throw new ProviderError(`The market-data stream refused the log-in: ${refusal.reason}`);
  }
  return async () => {
    supervised.stop();
    await Promise.resolve();
  };
}
