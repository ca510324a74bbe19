import { sql } from 'kysely';
import type { QueryExecutorProvider } from 'kysely';

export interface UpkeepOptions {
  /** How often it is looked. */
  readonly everyMs: number;
  /** What may stand in the log that a restart would have to read again. */
  readonly logBytesMax: number;
}

const OPTIONS: UpkeepOptions = { everyMs: 60_000, logBytesMax: 32 * 2 ** 20 };

/** As the server's own worker decides it, with the shares that it has where nobody has set them. */
const DUE = sql`n_dead_tup > 50 + 0.2 * n_live_tup or n_mod_since_analyze > 50 + 0.1 * n_live_tup or n_ins_since_vacuum > 1000 + 0.2 * n_live_tup`;

/**
 * The embedded database has no workers of its own: without this its log grows for as long as it is open, rows that were replaced keep their room, and nobody
 * counts how many there are of what. A statement at a time, so that whoever asks meanwhile waits for one table at most.
 */
export async function keepUp(db: QueryExecutorProvider, { logBytesMax }: Pick<UpkeepOptions, 'logBytesMax'> = OPTIONS): Promise<void> {
  const due = await sql<{ schema: string; name: string }>`
    select schemaname as schema, relname as name from pg_stat_user_tables where ${DUE} order by 1, 2`.execute(db);
  for (const { schema, name } of due.rows) await sql`vacuum (analyze) ${sql.table(`${schema}.${name}`)}`.execute(db);
  const log = await sql<{ isLong: boolean }>`
    select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn) > ${logBytesMax} as "isLong" from pg_control_checkpoint()`.execute(db);
  if (log.rows[0]?.isLong === true) await sql`checkpoint`.execute(db);
}

/** Looks after the database until it is stopped; what cannot be done is told, and tried again. */
export function startUpkeep(db: QueryExecutorProvider, tell: (error: Error) => void, options: UpkeepOptions = OPTIONS) {
  let underway = Promise.resolve();
  const timer = setInterval(() => {
    underway = underway.then(() =>
      keepUp(db, options).catch((error: unknown) => tell(new Error('the embedded database was not looked after', { cause: error }))),
    );
  }, options.everyMs);
  timer.unref();
  return {
    stop: async (): Promise<void> => {
      clearInterval(timer);
      await underway;
    },
  };
}
