import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import * as people from './people-store.ts';
import type { PersonRow } from './people-store.ts';
import type { AccountTables } from './store.ts';

/** Failures that are counted together, and the pause that follows from them. */
export interface Tries {
  /** Until when nothing that can be guessed is tried; past or `undefined` where it is. */
  readonly pausedUntil: Instant | undefined;
  /** Counts one more; whether it pauses. */
  readonly fail: (now: Instant) => Promise<boolean>;
  readonly forget: () => Promise<void>;
}

/** Of log-ins, by person: anybody who knows the name can make them fail. */
export const logInTries = (db: Kysely<AccountTables>, { id, failed_attempts: failures, locked_until: until }: PersonRow): Tries => ({
  pausedUntil: until === null ? undefined : instantFromMs(until.getTime()),
  fail: async (now) => await people.noteFailure(db, id, new Date(now)),
  forget: async () => {
    if (failures > 0) await people.clearFailures(db, id);
  },
});

const SESSIONS_MAX = 10_000;
const FREE_TRIES = 4;
const MINUTE_MS = 60_000;
const PAUSE_MINUTES_MAX = 60;

/** As of log-ins: from the fifth failure on one minute, then two, four, … up to an hour. */
const pauseAfter = (failures: number): number =>
  failures <= FREE_TRIES ? 0 : Math.min(PAUSE_MINUTES_MAX, 2 ** (failures - FREE_TRIES - 1)) * MINUTE_MS;

/**
 * Of confirmations, by session: whoever is not in it can make none of them fail, so that a stranger at the log-in keeps nobody from confirming. In memory, each
 * instance for itself; of more sessions than are kept those go whose last failure is longest ago.
 */
export class ConfirmationTries {
  readonly #failures = new Map<string, { readonly count: number; readonly pausedUntil: Instant | undefined }>();

  of(sessionId: string): Tries {
    return {
      pausedUntil: this.#failures.get(sessionId)?.pausedUntil,
      fail: (now) => Promise.resolve(this.#fail(sessionId, now)),
      forget: () => {
        this.#failures.delete(sessionId);
        return Promise.resolve();
      },
    };
  }

  #fail(sessionId: string, now: Instant): boolean {
    const count = (this.#failures.get(sessionId)?.count ?? 0) + 1;
    const pauseMs = pauseAfter(count);
    this.#failures.delete(sessionId);
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined && this.#failures.size >= SESSIONS_MAX) this.#failures.delete(oldest);
    this.#failures.set(sessionId, { count, pausedUntil: pauseMs === 0 ? undefined : instantFromMs(now + pauseMs) });
    return pauseMs > 0;
  }
}
