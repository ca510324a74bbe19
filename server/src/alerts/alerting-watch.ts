import { openBell } from '../jobs/bell.ts';
import type { Notice } from '../market-data/notice.ts';
import type { Timers } from '../market-data/providers/timers.ts';
import type { Instant } from '../money/instant.ts';
import { waitAfter } from './channel.ts';

export interface AlertingWatchOptions {
  readonly channels: readonly { readonly name: string }[];
  /** The journal's last entry. */
  readonly head: () => number;
  /** The journal's last entry that is in the outbox. */
  readonly taken: () => number;
  /** Since when channels owe what they have not taken. */
  readonly late: (now: Instant) => Promise<ReadonlyMap<string, Instant>>;
  /** Parts of which an alert is open since an earlier life of the server. */
  readonly known: readonly string[];
  /** Makes an alert of it, or ends one. */
  readonly tell: (notice: Notice) => Promise<void>;
  /** Tells somebody outside that all is well; absent where nobody listens. */
  readonly beat: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** From one to the next; sooner after one that failed. */
  readonly beatMs: number;
  readonly timers: Timers;
  readonly report: (what: string, error: unknown) => void;
}

const LOOK_MS = 15_000;
/** Entries are taken within milliseconds: what is not after so long is not going to be. */
const BEHIND_MS_MAX = 60_000;
/** A mail server may be away for a minute; who waits longer for an alert should know. */
const LATE_MS_MAX = 300_000;
export const ALERTING_STUCK = 'AlertingStuck';

/** Parts of the alerting that are stuck, by name, with what people should know. */
export type Stuck = ReadonlyMap<string, string>;

export function stuckParts(late: ReadonlyMap<string, Instant>, behindMs: number, now: Instant): Stuck {
  const stuck = new Map<string, string>();
  if (behindMs >= BEHIND_MS_MAX) stuck.set('outbox', 'Alerts of the journal do not reach the outbox: nobody outside is told of anything.');
  for (const [channel, since] of late) {
    const minutes = Math.floor((now - since) / 60_000);
    if (now - since >= LATE_MS_MAX) stuck.set(channel, `For ${minutes} minutes no alert could be delivered by ${channel}.`);
  }
  return stuck;
}

/**
 * How many milliseconds the outbox is behind the journal, by where the journal ended at an earlier look: its end of now is always a little ahead while it
 * grows. Who was stuck is so until an end is reached in time, so that an intake that is merely too slow does not seem well at each end that it comes to.
 */
function openLag({ head, taken, timers }: Pick<AlertingWatchOptions, 'head' | 'taken' | 'timers'>): () => number {
  let end = { seq: head(), atMs: timers.elapsedMs() };
  let behindMs = 0;
  return () => {
    const nowMs = timers.elapsedMs();
    const waitedMs = nowMs - end.atMs;
    if (taken() < end.seq) behindMs = Math.max(behindMs, waitedMs);
    else {
      behindMs = behindMs >= BEHIND_MS_MAX ? waitedMs : 0;
      end = { seq: head(), atMs: nowMs };
    }
    return behindMs;
  };
}

/**
 * Looks whether alerts get out. Where a channel is stuck, an alert says so, on the channels that work. Somebody outside is told at intervals that all is
 * well, and is not told any more where no alert could get out: silence is what they listen for. Gives the way to end.
 */
export function watchAlerting(options: AlertingWatchOptions): () => Promise<void> {
  const { channels, late, known, tell, beat, beatMs, timers, report } = options;
  const bell = openBell(timers);
  const closing = new AbortController();
  const told = new Set(known);
  const lag = openLag(options);
  let beatAtMs = beat === undefined ? Infinity : timers.elapsedMs();
  let failures = 0;

  const look = async (): Promise<Stuck> => {
    const behindMs = lag();
    const now = timers.now();
    const stuck = stuckParts(await late(now), behindMs, now);
    for (const [part, detail] of stuck) {
      if (told.has(part)) continue;
      await tell({ code: ALERTING_STUCK, subject: part, severity: 'critical', title: `Alerts do not get out: ${part}`, detail });
      told.add(part);
    }
    for (const part of told) {
      if (stuck.has(part)) continue;
      await tell({ code: ALERTING_STUCK, subject: part, severity: 'critical', title: '', detail: '', over: true });
      told.delete(part);
    }
    return stuck;
  };
  const beatIfWell = async (stuck: Stuck): Promise<void> => {
    const nowMs = timers.elapsedMs();
    if (beat === undefined || nowMs < beatAtMs) return;
    const silent = stuck.has('outbox') || (channels.length > 0 && channels.every(({ name }) => stuck.has(name)));
    if (!silent) await beat(closing.signal);
    failures = 0;
    // Who is silent beats as soon as a look finds all well.
    beatAtMs = nowMs + (silent ? LOOK_MS : beatMs);
  };
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        await beatIfWell(await look());
      } catch (error) {
        if (closing.signal.aborted) break;
        failures += 1;
        beatAtMs = Math.max(beatAtMs, timers.elapsedMs() + Math.min(beatMs, waitAfter(failures)));
        report('the watch over the alerting', error);
      }
      if (!closing.signal.aborted) await bell.wait(Math.min(LOOK_MS, Math.max(0, beatAtMs - timers.elapsedMs())));
    }
  };
  const running = run();
  return async () => {
    closing.abort();
    bell.ring();
    await running;
  };
}
