import { sql } from 'kysely';
import type { Transaction } from 'kysely';
import { rowReader } from '../../journal/past/journal-reader.ts';
import { openPostgresJournal } from '../../journal/postgres.ts';
import type { PostgresJournalOptions } from '../../journal/postgres.ts';
import { projectEntries } from '../../journal/projector.ts';
import type { ProjectionTables } from '../../journal/projector.ts';
import { DatabaseUnavailable } from '../../platform/database-unavailable.ts';
import type { Failing } from '../hazards.ts';
import { emptyTables } from './projected-tables.ts';
import type { Count, Records, Tables, Writing } from './recorded-store.ts';

type Project = NonNullable<PostgresJournalOptions['withTransaction']>;

/** The server ends this connection, as an administrator or a restart would: whoever has it finds out with his next statement. */
async function endConnection(trx: Transaction<ProjectionTables>): Promise<void> {
  try {
    await sql`select pg_terminate_backend(pg_backend_pid())`.execute(trx);
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return;
    throw error;
  }
  throw new Error('Invariant: a connection that the server has ended answers no more');
}

/** The server's own word for a disk that is full; it takes the transaction with it. */
const fillDisk = async (trx: Transaction<ProjectionTables>): Promise<void> =>
  void (await sql`do $$ begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`.execute(
    trx,
  ));

/** The journal's own `commit` comes next: it meets a connection that is gone, before the server has committed or after. */
async function fail(trx: Transaction<ProjectionTables>, { cause, left }: Failing, count: Count): Promise<void> {
  if (left === 'whole') {
    await sql`commit`.execute(trx);
    count('connections ended after the commit');
    return await endConnection(trx);
  }
  if (cause === 'disk-full') {
    count('transactions taken back for want of room');
    return await fillDisk(trx);
  }
  count('connections ended before the commit');
  return await endConnection(trx);
}

/** The journal as a table of a PostgreSQL server, committed together with its tables. The schema is this one's alone. */
export function postgresRecords(url: string, { db, scratch }: Tables, count: Count): Records {
  const withTransaction =
    ({ ending }: Writing): Project =>
    async (trx, entries) => {
      await projectEntries(trx, entries);
      const [first, last] = [entries[0], entries.at(-1)];
      if (first === undefined || last === undefined) throw new Error('Invariant: a transaction holds entries');
      const end = await ending(first.seq, { seq: last.seq, hash: last.hash });
      if (end.kind === 'failed') await fail(trx, end, count);
    };
  const open: Records['open'] = async (writing) =>
    await openPostgresJournal({ db, url, nowMs: writing.nowMs, onWarning: writing.warn, withTransaction: withTransaction(writing) });
  return {
    open,
    db,
    scratch,
    withJournal: true,
    reader: rowReader(db),
    problem: async () => {
      const journal = await openPostgresJournal({ db, url });
      const found = await journal.verify();
      await journal.close();
      return found === undefined ? undefined : `the chain breaks at entry ${found.seq}: ${found.problem}`;
    },
    dispose: async () => {
      await sql`truncate journal`.execute(db);
      await emptyTables(db);
    },
  };
}
