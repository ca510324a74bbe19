import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // That a model should be trained again, with what came of it: proposed by the server, ended by a person, or by what overtook it.
  `create table retrainings (
    id text primary key,
    model_id text not null references models (id),
    reason text not null check (reason in ('drift', 'expiry', 'scheduled')),
    -- What was seen, in one sentence.
    evidence text not null,
    -- Bars of the symbol with the fewest that the model has not learnt from, and the start of the newest that all have.
    new_bars integer not null check (new_bars > 0),
    newest_at timestamptz not null,
    state text not null check (state in ('open', 'started', 'dismissed', 'obsolete')),
    proposed_at timestamptz not null,
    ended_at timestamptz,
    by_person text,
    because text,
    training_id text references trainings (id),
    check ((state = 'open') = (ended_at is null)),
    check ((state in ('started', 'dismissed')) = (by_person is not null)),
    check ((state in ('dismissed', 'obsolete')) = (because is not null)),
    check ((state = 'started') = (training_id is not null))
  )`,
  `create unique index retrainings_open on retrainings (model_id) where state = 'open'`,
  'create index retrainings_newest on retrainings (proposed_at, id)',
  'create index retrainings_model on retrainings (model_id, reason, ended_at)',
  'create index models_parent on models (parent)',
  `create function retrainings_are_kept() returns trigger language plpgsql as $$
    begin raise exception 'what became of a proposal to retrain is kept'; end $$`,
  `create trigger retrainings_are_kept before delete or truncate on retrainings for each statement execute function retrainings_are_kept()`,
  `create trigger retrainings_end_once before update on retrainings for each row when (old.state <> 'open') execute function retrainings_are_kept()`,
];

/** Proposals to train a model again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
