import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Journal } from './journal.ts';
import { projectedHead } from './projector.ts';
import type { ProjectionTables, Projector } from './projector.ts';

const LOOK_MS = 50;

export interface FollowedProjectionsOptions {
  readonly db: Kysely<ProjectionTables>;
  readonly journal: Pick<Journal, 'onAppended'>;
  readonly onError: (error: unknown) => void;
}

/**
 * The tables as another process keeps them. They commit with the journal's entries, so that who has read an entry finds them there at the first look; only after a
 * restore, while the engine builds them anew, does it take longer.
 */
export async function followProjections({
  db,
  journal,
  onError,
}: FollowedProjectionsOptions): Promise<Pick<Projector, 'appliedSeq' | 'waitFor' | 'close'>> {
  let applied = (await projectedHead(db)).seq;
  let looking: Promise<void> | undefined;
  const closing = new AbortController();
  const look = async (): Promise<void> => {
    try {
      applied = Math.max(applied, (await projectedHead(db)).seq);
    } finally {
      looking = undefined;
    }
  };
  /** Those who come while a look is under way share it. */
  const lookOnce = (): Promise<void> => (looking ??= look());
  const stop = journal.onAppended(() => void lookOnce().catch(onError));
  return {
    appliedSeq: () => applied,
    waitFor: async (seq) => {
      for (;;) {
        if (applied >= seq) return;
        await lookOnce();
        if (applied < seq) await sleep(LOOK_MS, undefined, { signal: closing.signal });
      }
    },
    close: async () => {
      stop();
      closing.abort(new Error('The projections are not followed any more'));
      await looking?.catch(onError);
    },
  };
}
