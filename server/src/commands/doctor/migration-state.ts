import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { knownMigrations } from '../../platform/migrate.ts';

export interface MigrationState {
  /** In this program, not yet in the database. */
  readonly pending: readonly string[];
  /** In the database, not in this program. */
  readonly unknown: readonly string[];
}

/** Compares the database with the program and changes nothing. */
export async function migrationState<Tables>(db: Kysely<Tables>): Promise<MigrationState> {
  const known = await knownMigrations();
  const { rows: found } = await sql<{ present: boolean }>`select to_regclass('migrations') is not null as present`.execute(db);
  if (found[0]?.present !== true) return { pending: known, unknown: [] };
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(db);
  const applied = rows.map(({ name }) => name);
  return { pending: known.filter((name) => !applied.includes(name)), unknown: applied.filter((name) => !known.includes(name)) };
}
