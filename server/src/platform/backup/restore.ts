import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import type { ChainedEntry } from '../../journal/chain.ts';
import { lockDirectory } from '../../journal/directory-lock.ts';
import { openSegmentWriter } from '../../journal/embedded.ts';
import { encode } from '../../journal/codec.ts';
import type { FramedEntry } from '../../journal/frames.ts';
import { restoredHead, restoreRows } from '../../journal/restore-rows.ts';
import type { PostgresJournalTables } from '../../journal/postgres-store.ts';
import { syncDirectory } from '../../journal/segment-files.ts';
import { openDataDir } from '../data-dir.ts';
import { openDatabase } from '../database.ts';
import type { Database } from '../database.ts';
import { knownMigrations, migrate } from '../migrate.ts';
import { BackupUnusable } from './format.ts';
import type { BackupHeader } from './format.ts';
import { readBackup } from './read-backup.ts';
import { fillInAnyOrder } from './references.ts';

/** There is something already where a backup should go. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
}

export interface Restored {
  readonly header: BackupHeader;
  readonly rows: number;
  /** Rows that refer to others which the backup does not hold. */
  readonly leftOut: number;
}

/** The text is the one that the hash covers: it is written as it was read. */
const chained = ({ entry, text }: FramedEntry): ChainedEntry => ({ entry, text, payloadText: encode(entry.payload) });

async function refuseNewer({ migrations }: BackupHeader): Promise<void> {
  const known = await knownMigrations();
  const unknown = migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new BackupUnusable(`it was made by a newer version (${unknown.join(', ')}): restore it with that version`);
}

async function insertRows(db: Kysely<Database>, table: string, rows: readonly string[]): Promise<void> {
  const all = `[${rows.join(',')}]`;
  // Numbers that the database gives out are kept as they were.
  await sql`insert into ${sql.table(table)} overriding system value select * from json_populate_recordset(null::${sql.table(table)}, ${all}::json)`.execute(
    db,
  );
}

/** The database goes on counting behind the numbers that came with the rows. */
async function countOn(db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<{ table: string; column: string }>`
    select c.relname::text as "table", a.attname::text as "column" from pg_attribute a join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() and c.relkind = 'r' and a.attidentity <> ''`.execute(
    db,
  );
  for (const { table, column } of rows)
    await sql`select setval(pg_get_serial_sequence(${table}, ${column}), max(${sql.ref(column)})) from ${sql.table(table)}
      having max(${sql.ref(column)}) is not null`.execute(db);
}

/** The tables as they were when the backup was made, filled, then brought to this version. */
async function restoreTables(
  db: Kysely<Database>,
  path: string,
  header: BackupHeader,
  onEntries: (entries: readonly FramedEntry[]) => Promise<void>,
): Promise<Omit<Restored, 'header'>> {
  await migrate(db, header.migrations);
  const { filled, leftOut } = await fillInAnyOrder(db, header.tables, async () => {
    let rows = 0;
    await readBackup(path, {
      onEntries,
      onRows: async (table, some) => {
        await insertRows(db, table, some);
        rows += some.length;
      },
    });
    return rows;
  });
  await countOn(db);
  await migrate(db);
  return { rows: filled - leftOut, leftOut };
}

async function isEmptyOrMissing(dir: string): Promise<boolean> {
  try {
    return (await readdir(dir)).length === 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
    throw error;
  }
}

/**
 * Makes a data directory of a backup, beside its place, and moves it there when it is whole; where that fails, nothing is left of it. The backup is read
 * through and checked before anything is written. Throws {@link RestoreRefused} where the folder holds anything, `BackupUnusable` on a damaged or newer backup.
 */
export async function restoreToFolder(path: string, dataDir: string): Promise<Restored> {
  if (!(await isEmptyOrMissing(dataDir)))
    throw new RestoreRefused(`${dataDir} is not empty: restore into a new folder, look at it, and then exchange the two`);
  const header = await readBackup(path, {});
  await refuseNewer(header);
  const unfinished = `${resolve(dataDir)}.restoring`;
  await rm(unfinished, { recursive: true, force: true });
  let restored: Omit<Restored, 'header'>;
  try {
    restored = await fillFolder(unfinished, path, header);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  await mkdir(dirname(resolve(dataDir)), { recursive: true });
  await rmdir(dataDir).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  });
  await rename(unfinished, dataDir);
  await syncDirectory(dirname(resolve(dataDir)));
  return { header, ...restored };
}

async function fillFolder(dir: string, path: string, header: BackupHeader): Promise<Omit<Restored, 'header'>> {
  await openDataDir(dir);
  const lock = await lockDirectory(join(dir, 'journal'));
  const writer = openSegmentWriter(join(dir, 'journal'));
  const database = await openDatabase({ dataDir: dir });
  try {
    return await restoreTables(database.db, path, header, async (entries) => await writer.commit(entries.map(chained)));
  } finally {
    await writer.close();
    await database.close();
    lock.release();
  }
}

/** Fills an empty PostgreSQL database, all of it in one transaction or nothing. Throws as {@link restoreToFolder} does. */
export async function restoreToDatabase(path: string, db: Kysely<Database>): Promise<Restored> {
  const header = await readBackup(path, {});
  await refuseNewer(header);
  const restored = await db.transaction().execute(async (trx) => {
    const journalIn = trx as unknown as Transaction<PostgresJournalTables>;
    const { rows: found } = await sql<{ present: boolean }>`select to_regclass('migrations') is not null as present`.execute(trx);
    if (found[0]?.present === true)
      throw new RestoreRefused('The database holds tables of Tidemark already: restore into an empty database');
    const filled = await restoreTables(trx, path, header, async (entries) => await restoreRows(journalIn, entries.map(chained)));
    const head = await restoredHead(journalIn);
    if (head.hash !== header.journal.hash) throw new Error('Invariant: the restored journal ends where the backup’s does');
    return filled;
  });
  return { header, ...restored };
}
