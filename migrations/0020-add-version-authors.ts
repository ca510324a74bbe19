import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // Who saved it first, as the journal names people; null where no person did, or before this was written down.
  'alter table strategy_versions add column saved_by text',
  'create index strategy_versions_name on strategy_versions (name, created_at)',
];

/** Versions are listed by the name that their source gives itself, with who saved them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
