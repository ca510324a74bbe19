import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // One pair for each kind of account. What is secret is in `sealed` alone, and nothing here opens it.
  `create table broker_keys (
    mode text primary key check (mode in ('paper', 'live')),
    host text not null,
    hint text not null check (length(hint) <= 12),
    sealed text not null check (sealed like 'tmk1:%'),
    master_key_id text not null check (length(master_key_id) = 16),
    added_at timestamptz not null,
    rotated_at timestamptz
  )`,
];

/** The broker's key pairs, sealed with a key that is not in the database. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
