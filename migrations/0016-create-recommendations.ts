import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  `create table recommendations (
    id text primary key,
    strategy_id text not null,
    state text not null check (state in ('waiting', 'approved', 'reduced', 'rejected', 'denied', 'expired', 'superseded')),
    -- The whole of it, as the journal has it.
    content text not null,
    -- Who decided; nobody did where it waits, has expired or was superseded.
    person_id text,
    first_seq bigint not null,
    seq bigint not null,
    check ((state in ('approved', 'reduced', 'rejected', 'denied')) = (person_id is not null))
  )`,
  'create index recommendations_newest on recommendations (first_seq)',
  'create index recommendations_strategy on recommendations (strategy_id, first_seq)',
  // How the orders of a strategy leave, and how long its recommendations wait; null where nobody has said.
  `alter table strategies add column execution_mode text not null default 'automatic' check (execution_mode in ('automatic', 'recommend', 'shadow'))`,
  'alter table strategies alter column execution_mode drop default',
  'alter table strategies add column wait_ms integer check (wait_ms > 0)',
];

/** Orders that strategies recommend, with what became of each; and how the orders of a strategy leave. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
