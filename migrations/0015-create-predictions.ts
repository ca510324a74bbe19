import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const KEPT = ['predictions', 'prediction_outcomes', 'model_drift'];

const STATEMENTS = [
  // What a model said at each bar at which its strategy decided.
  `create table predictions (
    strategy_id text not null,
    version text not null,
    symbol text not null,
    -- Start of the bar, and when it was closed and decided on.
    bar_at timestamptz not null,
    decided_at timestamptz not null,
    model_id text not null,
    -- The decision's entry in the journal.
    seq bigint not null check (seq > 0),
    -- Null where a feature has no value, or the output is no number.
    score double precision,
    verdict text not null check (verdict in ('unknown', 'abstain', 'long', 'short', 'out')),
    reason text not null,
    -- Little-endian doubles in the order of the model, the bits that its module computed; contributions in the same order, with what they are added to.
    features bytea not null,
    base double precision,
    contributions bytea,
    -- Whether the module, asked again, decided what the journal holds.
    agrees boolean not null,
    primary key (strategy_id, version, symbol, bar_at),
    check ((base is null) = (contributions is null)),
    check (verdict = 'unknown' or score is not null)
  )`,
  'create index predictions_model on predictions (model_id, decided_at desc, strategy_id, symbol)',
  'create index predictions_strategy on predictions (strategy_id, decided_at desc, symbol)',
  `create table prediction_outcomes (
    strategy_id text not null,
    version text not null,
    symbol text not null,
    bar_at timestamptz not null,
    -- Null where the label of the training says neither.
    label double precision,
    gained double precision not null,
    -- Start of the last bar that the label looks at.
    ends_at timestamptz not null,
    primary key (strategy_id, version, symbol, bar_at),
    foreign key (strategy_id, version, symbol, bar_at) references predictions (strategy_id, version, symbol, bar_at)
  )`,
  `create table model_drift (
    strategy_id text not null,
    version text not null,
    decided_at timestamptz not null,
    model_id text not null,
    -- Predictions in the window, and outcomes behind its error.
    rows integer not null check (rows > 0),
    outcomes integer not null check (outcomes >= 0),
    health double precision not null check (health >= 0 and health <= 100),
    worst text,
    -- Beyond what is usual: what the breaker is told.
    stability_index double precision not null check (stability_index >= 0),
    -- JSON: figures of the model, what of them lies beyond the usual, and measures of each feature and of the prediction.
    measures text not null,
    primary key (strategy_id, version, decided_at)
  )`,
  'create index model_drift_model on model_drift (model_id, decided_at desc)',
  // How far the journal was gone through.
  'create table prediction_progress (id integer primary key check (id = 1), seq bigint not null check (seq >= 0))',
  `create function predictions_are_kept() returns trigger language plpgsql as $$
    begin raise exception 'predictions, outcomes and drift are only ever added'; end $$`,
  ...KEPT.map(
    (table) =>
      `create trigger ${table}_are_kept before update or delete or truncate on ${table} for each statement execute function predictions_are_kept()`,
  ),
];

/** Models at work: what they said, what came of it, and how far their world has moved. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
