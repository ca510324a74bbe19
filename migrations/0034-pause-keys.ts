import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  'alter table api_keys add column paused_at timestamptz',
  // What rests on it ends on every instance, as with a key that is revoked.
  `create trigger api_keys_paused after update of paused_at on api_keys for each row
     when (old.paused_at is null and new.paused_at is not null) execute function tell_ended_proof()`,
];

/** A key that is paused opens nothing until it is resumed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
