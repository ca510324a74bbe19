import type { Kysely } from 'kysely';
import type { Session } from '../../engine/session.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { programHash } from '../../journal/snapshots/program.ts';
import { repeat } from './repeat.ts';
import { saveStatus, saveStopped, selectStatus } from './status-store.ts';
import type { EngineStatus, EngineStatusTables } from './status-store.ts';

export type { EngineStatusTables } from './status-store.ts';

type Report = (what: string, error: unknown) => void;

const TELL_MS = 1_000;
/** After so many that were not heard the engine is given up: a busy machine may swallow one or two. */
const SILENT_MS_MAX = 3_500;

export interface StatusOptions {
  readonly db: Kysely<EngineStatusTables>;
  readonly session: Pick<Session, 'halted' | 'reconcileAgeMs' | 'latencies' | 'requestsLeft'>;
  /** This process, among all that use the database. */
  readonly instance: string;
  readonly version: string;
  readonly report: Report;
}

/** The engine's process says every second that it lives, and how the engine is. Gives the way to stop, which says that too. */
export async function tellStatus({ db, session, instance, version, report }: StatusOptions): Promise<() => Promise<void>> {
  const startedMs = performance.now();
  const tell = async (): Promise<void> => {
    const figures = {
      halted: session.halted(),
      reconcileAgeMs: session.reconcileAgeMs(),
      latencies: session.latencies(),
      requestsLeft: session.requestsLeft(),
    };
    await saveStatus(db, { instance, version, program: programHash(), ...figures }, performance.now() - startedMs);
  };
  await tell();
  const stop = repeat(TELL_MS, tell, (error) => report('other instances do not hear that the engine lives', error));
  return async () => {
    await stop();
    await saveStopped(db, instance);
  };
}

/** Whether the engine is heard, and since when not. */
export type EngineStanding =
  | { readonly state: 'connected'; readonly status: EngineStatus }
  | {
      readonly state: 'away';
      /** When it was heard last; `undefined` where it never was. */
      readonly since: Instant | undefined;
      /** Why it is taken for away, as the end of a sentence. */
      readonly because: string;
      readonly status: EngineStatus | undefined;
    };

/** What an instance without an engine knows of the engine. */
export interface EngineWatch {
  readonly standing: () => EngineStanding;
  /** Looks now, for whoever would refuse something because of what was seen up to a second ago. Where the database does not answer, what was known. */
  readonly look: () => Promise<EngineStanding>;
  /** Called when the standing has changed, or what the engine says of its halt; returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void;
  readonly close: () => Promise<void>;
}

function standingOf(status: EngineStatus | undefined): EngineStanding {
  if (status === undefined) return { state: 'away', since: undefined, because: 'it has never been heard', status };
  const { stoppedAt, seenAt, silentMs } = status;
  if (stoppedAt !== undefined) return { state: 'away', since: instantFromMs(stoppedAt.getTime()), because: 'it was stopped', status };
  if (silentMs > SILENT_MS_MAX)
    return { state: 'away', since: instantFromMs(seenAt.getTime()), because: 'it says nothing any more', status };
  return { state: 'connected', status };
}

/** Looks every second. Where the database does not answer, the engine counts as away from the last look that succeeded. */
export async function watchEngine(db: Kysely<EngineStatusTables>, report: Report, nowMs: () => number = Date.now): Promise<EngineWatch> {
  const listeners = new Set<() => void>();
  let lastStatus = await selectStatus(db);
  let standing = standingOf(lastStatus);
  let lookedAtMs = nowMs();
  const set = (next: EngineStanding): void => {
    const isNews = next.state !== standing.state || next.status?.halted !== standing.status?.halted;
    standing = next;
    if (isNews) for (const listener of listeners) listener();
  };
  const look = async (): Promise<void> => {
    try {
      lastStatus = await selectStatus(db);
      lookedAtMs = nowMs();
      set(standingOf(lastStatus));
    } catch (error) {
      if (nowMs() - lookedAtMs > SILENT_MS_MAX)
        set({ state: 'away', since: instantFromMs(lookedAtMs), because: 'the database does not answer', status: lastStatus });
      throw error;
    }
  };
  const failed = (error: unknown): void => report('whether the engine lives cannot be looked up', error);
  const stop = repeat(TELL_MS, look, failed);
  return {
    standing: () => standing,
    look: async () => {
      await look().catch(failed);
      return standing;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: stop,
  };
}
