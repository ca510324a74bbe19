import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** The engine's state after some entry of the journal: so that a start need not read it from the first. All of it can be dropped. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table journal_snapshots (
    seq bigint primary key check (seq > 0),
    content bytea not null,
    written_at_ms bigint not null
  )`.execute(db);
}
