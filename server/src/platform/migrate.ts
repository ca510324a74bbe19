import { readdir } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';

const FOLDER = new URL('../../../migrations/', import.meta.url);
const FILE = /^(\d{4}-[a-z0-9-]+)\.ts$/;
/** Any number, but always this one: two processes that start together migrate one after the other. */
const MIGRATION_LOCK = 7_301_846_221;

interface Migration {
  up(db: Kysely<unknown>): Promise<void>;
}

/** The database holds migrations that this program does not know. */
export class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew';
}

/** Names of the migrations in the program, in order. */
export async function knownMigrations(): Promise<readonly string[]> {
  const files = await readdir(FOLDER);
  return files.flatMap((file) => FILE.exec(file)?.[1] ?? []).sort();
}

const isMigration = (module: unknown): module is Migration =>
  typeof module === 'object' && module !== null && 'up' in module && typeof module.up === 'function';

async function load(name: string): Promise<Migration> {
  const module: unknown = await import(new URL(`${name}.ts`, FOLDER).href);
  if (!isMigration(module)) throw new Error(`Invariant: migrations/${name}.ts exports no function "up"`);
  return module;
}

async function recorded(trx: Transaction<unknown>): Promise<readonly string[]> {
  await sql`create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())`.execute(trx);
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(trx);
  return rows.map((row) => row.name);
}

/**
 * Brings the database to this program's version: each migration once, in order, all in one transaction, or only those of an older version, for a backup
 * of it. Returns what was applied.
 * Throws {@link DatabaseTooNew} when a newer program has written the database.
 */
export async function migrate<Tables>(db: Kysely<Tables>, wanted?: readonly string[]): Promise<readonly string[]> {
  const known = await knownMigrations();
  // Migrations are frozen: they name their tables themselves and share no types with the program of today.
  const inTransaction = async (work: (trx: Transaction<unknown>) => Promise<readonly string[]>): Promise<readonly string[]> =>
    isTransaction(db) ? await work(db) : await (db as Kysely<unknown>).transaction().execute(work);
  return await inTransaction(async (trx) => {
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK}::bigint)`.execute(trx);
    const applied = await recorded(trx);
    refuseNewer(applied, known);
    const missing = known.filter((name) => !applied.includes(name) && (wanted?.includes(name) ?? true));
    for (const name of missing) {
      const migration = await load(name);
      await migration.up(trx);
      await sql`insert into migrations (name) values (${name})`.execute(trx);
    }
    return missing;
  });
}

/** A caller may be in a transaction already: then all of it is one. */
const isTransaction = (db: object): db is Transaction<unknown> => 'isTransaction' in db && db.isTransaction === true;

function refuseNewer(applied: readonly string[], known: readonly string[]): void {
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new DatabaseTooNew(
    `The database was written by a newer version of Tidemark (it holds the migration ${unknown.join(', ')}, which this version does not know). ` +
      'Start that newer version, or restore a backup made with this one.',
  );
}
