import type { Alpaca, streaming } from '@alpacahq/alpaca-trade-api';
import type { Jitter } from '../../../market-data/providers/jitter.ts';
import { endOf, socketFactory } from '../../../market-data/providers/stream-socket.ts';
import { superviseStream } from '../../../market-data/providers/stream-supervisor.ts';
import type { StreamAttempt, StreamTiming, Supervised } from '../../../market-data/providers/stream-supervisor.ts';
import type { Timers } from '../../../market-data/providers/timers.ts';
import type { BrokerOrderUpdate, BrokerStreamListener } from '../../broker.ts';

export interface OrderStreamOptions {
  readonly alpaca: Alpaca;
  readonly url: string;
  readonly timers: Timers;
  readonly jitter: Jitter;
  readonly timing: StreamTiming;
  readonly parse: (value: unknown) => BrokerOrderUpdate;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One connection. The SDK's own reconnecting, which gives up in silence, stays off. */
function openConnection(
  { alpaca, url, timing, parse }: OrderStreamOptions,
  listener: BrokerStreamListener,
  attempt: StreamAttempt,
): () => void {
  const stream: streaming.TradingStream = alpaca.trading.stream({ reconnect: false, url, wsFactory: socketFactory(timing.readyMsMax) });
  let why = 'the connection was closed';
  // Whatever the account's stream reports as an error may have been a fill: the next connection begins with a full reconcile.
  stream.onError((message) => {
    why = message;
    attempt.end(endOf(message));
  });
  stream.onDisconnect(() => attempt.end(endOf(why)));
  stream.on('subscription', (streams: unknown) => {
    if (Array.isArray(streams) && streams.includes('trade_updates')) attempt.ready();
    else attempt.end({ kind: 'lost', reason: 'the broker does not offer order updates' });
  });
  stream.onTradeUpdate((update) => {
    attempt.heard();
    try {
      listener.onUpdate(parse({ ...update, order: { ...update.order } }));
    } catch (error) {
      tellUnread(listener, error);
      attempt.end({ kind: 'lost', reason: `an order update could not be taken: ${messageOf(error)}` });
    }
  });
  stream.subscribeTradeUpdates();
  stream.connect();
  return () => {
    stream.removeAllListeners();
    stream.disconnect();
  };
}

function tellUnread(listener: BrokerStreamListener, error: unknown): void {
  const detail = `${messageOf(error)}. The stream is connected anew, and what the message said is asked for by REST.`;
  listener.onNotice?.({
    code: 'UpdateNotTaken',
    subject: 'order stream',
    severity: 'critical',
    title: 'An order update could not be taken',
    detail,
  });
}

/** The account's order updates. Silence is natural on it: that it is mute shows where REST knows more, and is told from outside. */
export function listenToOrders(options: OrderStreamOptions, listener: BrokerStreamListener): Supervised {
  const { timers, jitter, timing } = options;
  return superviseStream({
    name: 'order stream',
    open: (attempt) => openConnection(options, listener, attempt),
    listener,
    timers,
    jitter,
    timing,
    muteAfterMs: () => undefined,
  });
}
