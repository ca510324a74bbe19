import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // What a worker in another process needs to run it; earlier runs have none, and have ended.
  'alter table runs add column request text',
  // What the result depends on: a run with the same key has the same result.
  'alter table runs add column content_key text',
  'alter table runs add column reused_from text references runs (id)',
  // What could be said of it when it was done, by all that had been tried until then.
  'alter table runs add column selection text',
  `create index runs_content on runs (content_key) where state = 'done' and reused_from is null`,
  `update runs set state = 'failed', error = 'interrupted by a restart', finished_at = now() where state in ('queued', 'running')`,
  `create table sweeps (
    id text primary key,
    state text not null check (state in ('queued', 'running', 'done', 'failed', 'aborted')),
    strategy_name text not null,
    version text not null references strategy_versions (version),
    request text not null,
    symbols jsonb not null,
    timeframe text not null,
    -- Known once the bars were read: from the first bar to the last.
    from_at timestamptz,
    to_at timestamptz,
    bars integer,
    data_hash text,
    content_key text,
    reused_from text references sweeps (id),
    chunks integer check (chunks > 0),
    chunks_done integer not null default 0 check (chunks_done >= 0 and chunks_done <= coalesce(chunks, 0)),
    -- Combinations of the grid, or samples, whether the condition lets them in or not; then those with a result and those the strategy refuses.
    size bigint,
    sets bigint not null default 0,
    refused bigint not null default 0,
    summary text,
    error text,
    command text not null,
    created_at timestamptz not null,
    finished_at timestamptz,
    check (state <> 'done' or (chunks_done = chunks and summary is not null) or reused_from is not null)
  )`,
  'create index sweeps_created on sweeps (created_at, id)',
  `create index sweeps_content on sweeps (content_key) where state = 'done' and reused_from is null`,
  `create table sweep_chunks (
    sweep_id text not null references sweeps (id),
    chunk integer not null check (chunk >= 0),
    -- Sets of this part, and rows of doubles: see compute/host/sweep-runner.ts.
    sets integer not null,
    refused integer not null,
    figures bytea not null,
    finished_at timestamptz not null,
    primary key (sweep_id, chunk)
  )`,
  // Nothing is ever taken out of it: the luck of the best of many is judged by all of them.
  `create table trials (
    id bigint generated always as identity primary key,
    source text not null,
    part integer not null,
    version text not null,
    symbols jsonb not null,
    timeframe text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    data_hash text not null,
    sets bigint not null check (sets >= 0),
    -- Of the Sharpe ratios of a bar: how many there are, their mean, and the sum of squared deviations from it.
    sharpes bigint not null check (sharpes >= 0 and sharpes <= sets),
    sharpe_mean double precision not null,
    sharpe_squares double precision not null check (sharpe_squares >= 0),
    at timestamptz not null,
    unique (source, part)
  )`,
  'create index trials_span on trials (timeframe, from_at, to_at)',
  `create function trials_are_kept() returns trigger language plpgsql as $$
    begin raise exception 'trials are only ever added'; end $$`,
  `create trigger trials_are_kept before update or delete or truncate on trials for each statement execute function trials_are_kept()`,
];

/** Work that any process may take: runs that outlive the one they began in, sweeps in parts, and every set of parameters that was tried. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
