import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // The id of the one thing that the answer was about: from an order or a run back to the call that asked for it.
  'alter table agent_call_ends add column about text check (length(about) <= 200)',
  'create index agent_call_ends_about on agent_call_ends (about, call_id) where about is not null',
];

/** Calls of agents are found again by what they were about. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
