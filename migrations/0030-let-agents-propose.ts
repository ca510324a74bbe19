import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  'alter table recommendations drop constraint recommendations_state_check',
  `alter table recommendations add constraint recommendations_state_check
     check (state in ('waiting', 'approved', 'reduced', 'rejected', 'denied', 'expired', 'superseded', 'refused', 'withdrawn'))`,
];

/** Orders that agents propose stand beside those that strategies recommend; `strategy_id` then names the agent. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
