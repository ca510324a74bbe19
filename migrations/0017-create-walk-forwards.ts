import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // A walk-forward is a sweep of windows: its parts are a window each, and one for what hindsight would have found.
  `alter table sweeps add column kind text not null default 'sweep' check (kind in ('sweep', 'walk-forward'))`,
  'create index sweeps_kind on sweeps (kind, created_at, id)',
  // What was searched with what came of it: to be found beside another study of the same.
  `create index sweeps_beside on sweeps (version, data_hash) where state = 'done'`,
  // Of each set in each block of bars the mean of its returns and their squared distances from it: doubles, see compute/host/return-moments.ts.
  'alter table sweep_chunks add column moments bytea',
  // Apart from its row, which lists read: windows and the joined curve, as JSON text.
  `create table walk_forward_results (
    sweep_id text primary key references sweeps (id),
    result text not null
  )`,
];

/** Walk-forwards, and what the probability of overfitting is worked out from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
