import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  `create table agents (
     id text primary key,
     name text not null,
     role text not null,
     -- The key that it acts under; its secret was never given to anybody.
     key_id text not null unique references api_keys (id),
     owner_id text not null references people (id),
     model text not null check (model in ('configured', 'scripted')),
     -- By hand alone where null.
     every_minutes integer check (every_minutes > 0),
     turns_per_run_max integer not null check (turns_per_run_max > 0),
     seconds_per_run_max integer not null check (seconds_per_run_max > 0),
     tokens_per_day_max integer not null check (tokens_per_day_max > 0),
     trials_per_day_max integer not null check (trials_per_day_max >= 0),
     work_seconds_per_day_max integer not null check (work_seconds_per_day_max >= 0),
     is_paused boolean not null default false,
     created_at timestamptz not null)`,
  // An id begins with the time, so that it is the order.
  `create table agent_runs (
     id text collate "C" primary key,
     agent_id text not null references agents (id),
     trigger text not null check (trigger in ('schedule', 'person')),
     asked_by text,
     queued_at timestamptz not null,
     begun_at timestamptz,
     ended_at timestamptz,
     outcome text check (outcome in ('done', 'over_budget', 'stopped', 'failed', 'cut_off')),
     reason text,
     summary text,
     tokens_in integer not null default 0 check (tokens_in >= 0),
     tokens_out integer not null default 0 check (tokens_out >= 0),
     check ((trigger = 'person') = (asked_by is not null)),
     check ((ended_at is null) = (outcome is null) and (outcome is null) = (reason is null)))`,
  'create index agent_runs_of on agent_runs (agent_id, id)',
  // Two never overlap for one agent, and one at most waits behind it.
  `create unique index agent_runs_at_work on agent_runs (agent_id) where begun_at is not null and ended_at is null`,
  `create unique index agent_runs_waiting on agent_runs (agent_id) where begun_at is null and ended_at is null`,
  // What the model answered, written before any of its calls is made.
  `create table agent_turns (
     run_id text collate "C" not null references agent_runs (id),
     number integer not null check (number > 0),
     at timestamptz not null,
     said text not null check (length(said) <= 16000),
     -- Names of the tools that it asked for, as JSON; arguments and answers stand in agent_calls.
     tools text not null,
     tokens_in integer not null check (tokens_in >= 0),
     tokens_out integer not null check (tokens_out >= 0),
     duration_ms integer not null check (duration_ms >= 0),
     primary key (run_id, number))`,
  // Backtests, sweeps and walk-forwards that a run asked for: they count against its agent's day.
  `create table agent_work (
     work_id text primary key,
     run_id text collate "C" not null references agent_runs (id),
     at timestamptz not null,
     sets bigint not null check (sets > 0))`,
  'create index agent_work_of on agent_work (run_id)',
  'create index agent_calls_turn on agent_calls (turn) where turn is not null',
  `create trigger agent_turns_only_grow before update or delete on agent_turns
     for each row execute function refuse_change_of_agent_calls()`,
  `create trigger agent_work_only_grows before update or delete on agent_work
     for each row execute function refuse_change_of_agent_calls()`,
];

/** Agents of our own, their runs, and what their models answered. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
