import { tradingUrl } from '../../../market-data/providers/alpaca-hosts.ts';
import type { AlpacaEndpoint } from '../../../market-data/providers/alpaca-hosts.ts';
import type { Jitter } from '../../../market-data/providers/jitter.ts';
import { superviseStream } from '../../../market-data/providers/stream-supervisor.ts';
import type { StreamAttempt, StreamEndKind, StreamTiming, Supervised } from '../../../market-data/providers/stream-supervisor.ts';
import type { Timers } from '../../../market-data/providers/timers.ts';

export interface ActivityStreamOptions {
  readonly endpoint: AlpacaEndpoint;
  readonly headers: Readonly<Record<string, string>>;
  readonly timers: Timers;
  readonly jitter: Jitter;
  readonly timing: StreamTiming;
}

const REFUSED: ReadonlySet<number> = new Set([401, 403, 404]);

const endKind = (status: number): StreamEndKind => (REFUSED.has(status) ? 'refused' : status === 429 ? 'occupied' : 'lost');

/** Calls back for each event. Only that there is one is looked at: a chunk of the text may end anywhere. */
async function follow(body: ReadableStream<Uint8Array>, attempt: StreamAttempt, onEvent: () => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    attempt.heard();
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\r|\n/);
    rest = lines.pop() ?? '';
    if (lines.some((line) => line.startsWith('data:'))) onEvent();
  }
}

async function connect(
  { endpoint, headers }: ActivityStreamOptions,
  attempt: StreamAttempt,
  signal: AbortSignal,
  onEvent: () => void,
): Promise<void> {
  try {
    const url = tradingUrl(endpoint, '/v2beta1/events/activities');
    const response = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' }, signal, redirect: 'error' });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      attempt.end({ kind: endKind(response.status), reason: `HTTP ${response.status}` });
      return;
    }
    attempt.ready();
    await follow(response.body, attempt, onEvent);
    attempt.end({ kind: 'lost', reason: 'the broker has ended it' });
  } catch (error) {
    if (!signal.aborted) attempt.end({ kind: 'lost', reason: error instanceof Error ? error.message : String(error) });
  }
}

/**
 * The stream of an account's activities, as a bell: it tells that there is something new, and carries no truth. What it is is read from the broker's lists, so that
 * neither a lost event nor a stream that an account is not let to loses anything.
 */
export function listenToActivities(options: ActivityStreamOptions, onEvent: () => void): Supervised {
  const { timers, jitter, timing } = options;
  return superviseStream({
    name: 'activity stream',
    open: (attempt) => {
      const closing = new AbortController();
      void connect(options, attempt, closing.signal, onEvent);
      return () => closing.abort();
    },
    listener: { onConnected: () => onEvent(), onDisconnected: () => undefined },
    timers,
    jitter,
    timing,
    muteAfterMs: () => undefined,
  });
}
