import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // What instances without an engine ask of the engine. A row is done in the transaction that writes its entry into the journal.
  `create table engine_requests (
     id text primary key check (length(id) between 1 and 200),
     number bigint generated always as identity unique,
     instance text not null,
     program text not null,
     event text not null,
     asked_at timestamptz not null,
     deadline timestamptz,
     state text not null check (state in ('waiting', 'taken', 'done', 'refused', 'withdrawn')),
     seq bigint unique,
     problem text,
     ended_at timestamptz,
     check ((state = 'done') = (seq is not null)))`,
  `create index engine_requests_open on engine_requests (number) where state in ('waiting', 'taken')`,
  `create index engine_requests_ended on engine_requests (ended_at)`,
];

/** Commands on their way from any instance to the one engine. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
