import { randomInt } from 'node:crypto';
import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import { openAlpaca } from '../../../market-data/providers/alpaca-client.ts';
import { accountStreamUrl, tradingUrl } from '../../../market-data/providers/alpaca-hosts.ts';
import type { AlpacaEndpoint } from '../../../market-data/providers/alpaca-hosts.ts';
import type { Notice } from '../../../market-data/notice.ts';
import { seededJitter } from '../../../market-data/providers/jitter.ts';
import { RequestBudget } from '../../../market-data/providers/request-budget.ts';
import type { Lane, RequestsLeft } from '../../../market-data/providers/request-budget.ts';
import { RequestLanes } from '../../../market-data/providers/request-lanes.ts';
import type { LaneTiming, RequestRecord } from '../../../market-data/providers/request-lanes.ts';
import { STREAM_TIMING } from '../../../market-data/providers/stream-supervisor.ts';
import type { StreamTiming } from '../../../market-data/providers/stream-supervisor.ts';
import { MACHINE_TIMERS } from '../../../market-data/providers/timers.ts';
import type { Timers } from '../../../market-data/providers/timers.ts';
import type { BrokerOrder, BrokerStreamListener } from '../../broker.ts';
import { listenToActivities } from './activity-stream.ts';
import { inspected } from './inspect.ts';
import type { KnownObject } from './known-words.ts';
import { listenToOrders } from './order-stream.ts';
import { parseUpdate } from './parse.ts';
import { StreamGaps } from './stream-gaps.ts';
import { surpriseLog } from './surprises.ts';

export interface ConnectionOptions {
  readonly endpoint: AlpacaEndpoint;
  readonly streamTiming?: Partial<StreamTiming>;
  readonly laneTiming?: Readonly<Record<Lane, LaneTiming>>;
  /** Requests a minute before the broker has said how many. */
  readonly requestsPerMinute?: number;
  /** What REST shows to be filled must come by the stream within this; else the stream counts as mute. */
  readonly owedMsMax?: number;
  readonly timers?: Timers;
  /** Of the waits between tries. */
  readonly seed?: number;
  /** Every request with the broker's id of it, for the log. */
  readonly onRequest?: (record: RequestRecord) => void;
}

/** Paper and live accounts have 200; the simulated exchange tells its own number with its first answer. */
const REQUESTS_PER_MINUTE = 200;
const OWED_MS_MAX = 15_000;
const SEED_MAX = 2 ** 31;

/** One account at Alpaca: its SDK behind lanes, its stream under supervision, and what is noticed on the way. */
export interface Connection {
  readonly alpaca: Alpaca;
  readonly timers: Timers;
  /** A read by path, beside the library: for what it does not know, or does not pass on whole. */
  readonly ask: (path: string) => Promise<Response>;
  /** Passes a message on, and notes what in it is new. */
  readonly inspected: <T>(kind: KnownObject, value: T) => T;
  /** REST has told of an order: the stream must know of it too. */
  readonly seen: (order: BrokerOrder) => BrokerOrder;
  readonly notice: (notice: Notice) => void;
  readonly requestsLeft: () => RequestsLeft;
  readonly listen: (listener: BrokerStreamListener) => () => Promise<void>;
}

/** The listener, and beside it what the stream has told of each order. */
const watchedFor = (gaps: StreamGaps, listener: BrokerStreamListener, onNotice: (notice: Notice) => void): BrokerStreamListener => ({
  onUpdate: (update) => {
    gaps.told(update.order);
    listener.onUpdate(update);
  },
  onConnected: () => {
    gaps.connected();
    listener.onConnected();
  },
  onDisconnected: (reason) => {
    gaps.disconnected();
    listener.onDisconnected(reason);
  },
  onNotice,
});

export function openConnection(options: ConnectionOptions): Connection {
  const { endpoint, timers = MACHINE_TIMERS, seed = randomInt(SEED_MAX), owedMsMax = OWED_MS_MAX, onRequest, laneTiming } = options;
  const jitter = seededJitter(seed);
  const lanes = new RequestLanes({
    budget: new RequestBudget(options.requestsPerMinute ?? REQUESTS_PER_MINUTE),
    timers,
    jitter,
    ...(laneTiming === undefined ? {} : { timing: laneTiming }),
    ...(onRequest === undefined ? {} : { onRequest }),
  });
  const alpaca = openAlpaca(endpoint, { retryReads: false, send: (url, init) => lanes.send(url, init) });
  const listeners = new Set<BrokerStreamListener>();
  /** Noticed before anybody listened. */
  const unheard: Notice[] = [];
  const notice = (given: Notice): void => {
    if (listeners.size === 0) unheard.push(given);
    for (const listener of listeners) listener.onNotice?.(given);
  };
  const note = surpriseLog(notice);
  const gaps = new StreamGaps(owedMsMax);
  const headers = { 'APCA-API-KEY-ID': endpoint.keyId, 'APCA-API-SECRET-KEY': endpoint.secret };
  const timing = { ...STREAM_TIMING, ...options.streamTiming };
  let checkGaps = (): void => undefined;

  const listen = (listener: BrokerStreamListener): (() => Promise<void>) => {
    listeners.add(listener);
    for (const given of unheard.splice(0)) listener.onNotice?.(given);
    const stream = listenToOrders(
      {
        alpaca,
        url: accountStreamUrl(endpoint),
        timers,
        jitter,
        timing,
        parse: (value) => {
          const update = inspected('trade update', value, note) as { readonly order?: unknown };
          inspected('order', update.order, note);
          return parseUpdate(update);
        },
      },
      watchedFor(gaps, listener, notice),
    );
    const activities = listenToActivities({ endpoint, headers, timers, jitter, timing }, () => listener.onActivity?.());
    checkGaps = () => {
      const overdue = gaps.overdue(timers.elapsedMs());
      if (overdue.length > 0)
        stream.interrupt({ kind: 'mute', reason: `it did not tell of fills of ${overdue.join(', ')}, which REST shows` });
    };
    return async () => {
      listeners.delete(listener);
      stream.stop();
      activities.stop();
      await Promise.resolve();
    };
  };
  return {
    alpaca,
    timers,
    ask: (path) => lanes.send(tradingUrl(endpoint, path), { method: 'GET', headers }),
    inspected: (kind, value) => inspected(kind, value, note),
    seen: (order) => {
      gaps.read(order, timers.elapsedMs());
      checkGaps();
      return order;
    },
    notice,
    requestsLeft: () => lanes.left(),
    listen,
  };
}
