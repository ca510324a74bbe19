import { setTimeout as sleep } from 'node:timers/promises';
import type { Alpaca, streaming } from '@alpacahq/alpaca-trade-api';
import type { BrokerStreamListener } from '../../broker.ts';
import { parseUpdate } from './parse.ts';

export interface OrderStreamTiming {
  /** From opening the socket to the broker's word that it listens; then it is tried again. */
  readonly readyMsMax: number;
  readonly retryFirstMs: number;
  readonly retryMsMax: number;
}

export const ORDER_STREAM_TIMING: OrderStreamTiming = { readyMsMax: 10_000, retryFirstMs: 250, retryMsMax: 15_000 };

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One connection from start to end: resolves with why it ended. The SDK's own reconnecting, which gives up in silence, stays off. */
function runConnection(
  stream: streaming.TradingStream,
  listener: BrokerStreamListener,
  readyMsMax: number,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve) => {
    let why = 'the connection was closed';
    let ended = false;
    const end = (reason: string): void => {
      if (ended) return;
      ended = true;
      clearTimeout(deadline);
      signal.removeEventListener('abort', onAbort);
      stream.removeAllListeners();
      stream.disconnect();
      resolve(reason);
    };
    const onAbort = (): void => end('closing');
    const deadline = setTimeout(() => end(`no answer within ${readyMsMax} ms of connecting`), readyMsMax);
    signal.addEventListener('abort', onAbort);
    stream.onError((message) => {
      why = message;
    });
    stream.onDisconnect(() => end(why));
    stream.on('subscription', (streams: unknown) => {
      if (ended || !Array.isArray(streams) || !streams.includes('trade_updates')) return;
      clearTimeout(deadline);
      listener.onConnected();
    });
    stream.onTradeUpdate((update) => {
      if (ended) return;
      try {
        listener.onUpdate(parseUpdate({ ...update, order: { ...update.order } }));
      } catch (error) {
        // A message that cannot be read may have been a fill: the connection ends, and the next one begins with a full reconcile.
        end(`an order update could not be read: ${messageOf(error)}`);
      }
    });
    stream.subscribeTradeUpdates();
    stream.connect();
  });
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/**
 * The account's order updates, for as long as nobody stops it: every end of a connection is told and followed by another try, also after a refused
 * log-in, for a broker's refusal may pass. Returns the way to stop.
 */
export function listenToOrders(
  alpaca: Alpaca,
  url: string | undefined,
  listener: BrokerStreamListener,
  timing: OrderStreamTiming = ORDER_STREAM_TIMING,
): () => Promise<void> {
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    let retryMs = timing.retryFirstMs;
    while (!stop.signal.aborted) {
      let connected = false;
      const noting: BrokerStreamListener = {
        ...listener,
        onUpdate: (update) => listener.onUpdate(update),
        onConnected: () => {
          connected = true;
          listener.onConnected();
        },
      };
      const stream = alpaca.trading.stream({ reconnect: false, ...(url === undefined ? {} : { url }) });
      const reason = await runConnection(stream, noting, timing.readyMsMax, stop.signal);
      if (stop.signal.aborted) return;
      listener.onDisconnected(reason);
      retryMs = connected ? timing.retryFirstMs : Math.min(retryMs * 2, timing.retryMsMax);
      await pause(retryMs, stop.signal);
    }
  };
  const done = run();
  return async () => {
    stop.abort();
    await done;
  };
}
