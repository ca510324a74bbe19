import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { openSideConnection } from '../../journal/side-connection.ts';
import { repeat } from './repeat.ts';

export interface EndedProofsOptions<Tables> {
  readonly db: Kysely<Tables>;
  readonly url: string;
  /** A session or a key that was ended, here or by another process. */
  readonly ended: (proof: string) => void;
  /** Something may have ended that was not heard. */
  readonly lookAgain: () => Promise<void>;
  readonly report: (what: string, error: unknown) => void;
  readonly lookMs?: number;
}

const LOOK_MS = 5_000;

/** Where the triggers of the tables of sessions, keys and people tell what has ended. */
async function channelOf<Tables>(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ channel: string }>`select left('tidemark_ended_' || current_schema(), 63) as channel`.execute(db);
  const channel = rows[0]?.channel;
  if (channel === undefined) throw new Error('Invariant: the database connection has no current schema');
  return channel;
}

/**
 * Hears at once what another process has ended. What was said while the connection was lost is looked up when it is back, and every few seconds, because a
 * connection can be dead without a word. Gives the way to stop.
 */
export async function hearEndedProofs<Tables>(options: EndedProofsOptions<Tables>): Promise<() => Promise<void>> {
  const { db, url, ended, lookAgain, report, lookMs = LOOK_MS } = options;
  const what = 'sessions and keys that ended elsewhere may still be open here';
  const look = (): void => void lookAgain().catch((error: unknown) => report(what, error));
  const side = await openSideConnection({
    url,
    channel: await channelOf(db),
    lease: false,
    onNotification: (proof) => (proof === undefined ? look() : ended(proof)),
    onWarning: (message) => report(what, new Error(message)),
  });
  const stop = repeat(lookMs, lookAgain, (error) => report(what, error));
  return async () => {
    await stop();
    await side.close();
  };
}
