import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // What was written and read back whole. Where the files are, only who made them knows.
  `create table backups (
     id bigint generated always as identity primary key,
     made_at timestamptz not null,
     entries bigint not null check (entries >= 0),
     head text not null)`,
  `create index backups_made_at on backups (made_at)`,
  `alter table engine_status add column requests jsonb`,
];

/** When the last backup was made, and what the broker lets the engine ask: both for the page Health. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
