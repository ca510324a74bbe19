import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  `create table strategy_versions (
    version text primary key check (length(version) = 64),
    name text not null,
    wasm bytea not null,
    source text not null,
    description jsonb not null,
    created_at timestamptz not null
  )`,
  `create table runs (
    id text primary key,
    state text not null check (state in ('queued', 'running', 'done', 'failed', 'aborted')),
    progress double precision not null check (progress >= 0 and progress <= 1),
    strategy_name text not null,
    version text not null,
    parameters jsonb not null,
    symbols jsonb not null,
    from_text text,
    to_text text,
    bars integer,
    data_hash text,
    error text,
    command text not null,
    result text,
    created_at timestamptz not null,
    finished_at timestamptz
  )`,
  'create index runs_created on runs (created_at, id)',
  'create table owners (id text primary key, name text not null, created_at timestamptz not null)',
  `create table login_tokens (
    token_hash text primary key,
    owner_id text not null references owners (id),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
  )`,
  `create table sessions (
    id text primary key,
    token_hash text not null unique,
    owner_id text not null references owners (id),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
  )`,
  `create table api_keys (
    id text primary key,
    key_hash text not null unique,
    name text not null,
    owner_id text not null references owners (id),
    created_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz
  )`,
  'create table settings (name text primary key, value jsonb not null, updated_at timestamptz not null)',
];

/** What is not in the journal: modules, backtest runs, and who may enter. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
