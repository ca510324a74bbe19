import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  `create table models (
    -- SHA-256 of its bytes.
    id text primary key check (length(id) = 64),
    -- Of the module that carries it: one model, one module.
    version text not null unique references strategy_versions (version),
    strategy_name text not null,
    state text not null check (state in ('candidate', 'shadow', 'champion', 'retired')),
    frozen boolean not null default false,
    -- The file as it was written, and the model's own.
    manifest text not null,
    bytes bytea not null,
    label text not null,
    symbols jsonb not null,
    timeframe text not null,
    dataset_hash text not null,
    -- Starts of the first bar that it learnt from and of the last.
    from_at timestamptz not null,
    to_at timestamptz not null,
    -- What the folds said of it, and how its features and predictions were distributed: JSON, whose numbers come back bit by bit.
    evaluation text not null,
    reference text,
    -- Of all that it depends on: the same again is not trained again.
    content_key text not null unique,
    parent text,
    notes text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    created_by text not null,
    check (from_at <= to_at),
    check (created_at < expires_at)
  )`,
  'create index models_created on models (created_at, id)',
  `create unique index models_champion on models (strategy_name, symbols, timeframe) where state = 'champion'`,
  `create table model_changes (
    id bigint generated always as identity primary key,
    model_id text not null references models (id),
    action text not null check (action in ('shadow', 'promote', 'displace', 'restore', 'retire', 'freeze', 'thaw')),
    from_state text not null,
    to_state text not null,
    -- The model that it takes the place of, or that takes its.
    other text references models (id),
    by_person text not null,
    second_person text,
    proposal_id text,
    reason text not null,
    at timestamptz not null,
    unique (model_id, proposal_id),
    -- What lets more risk through was approved by somebody else, or it is not here.
    check (action <> 'promote' or (second_person is not null and second_person <> by_person and proposal_id is not null))
  )`,
  'create index model_changes_model on model_changes (model_id, id)',
  `create function model_changes_are_kept() returns trigger language plpgsql as $$
    begin raise exception 'changes of models are only ever added'; end $$`,
  `create trigger model_changes_are_kept before update or delete or truncate on model_changes
    for each statement execute function model_changes_are_kept()`,
  `create table trainings (
    id text primary key,
    state text not null check (state in ('queued', 'running', 'done', 'failed', 'aborted')),
    progress double precision not null default 0 check (progress >= 0 and progress <= 1),
    strategy_name text not null,
    request text not null,
    symbols jsonb not null,
    timeframe text not null,
    model_id text references models (id),
    -- The model was there before.
    reused boolean not null default false,
    error text,
    command text not null,
    created_at timestamptz not null,
    created_by text not null,
    finished_at timestamptz,
    check ((state = 'done') = (model_id is not null)),
    check ((state = 'failed') = (error is not null))
  )`,
  'create index trainings_created on trainings (created_at, id)',
];

/** Models with their lineage, what became of them, and the trainings that they come from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
