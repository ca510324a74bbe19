import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  `create table alert_channels (
    channel text primary key,
    -- Every alert of the journal up to here is in the outbox, or was not meant for this channel.
    after_seq bigint not null check (after_seq >= 0),
    last_sent_at timestamptz,
    problem text,
    problem_at timestamptz
  )`,
  `create table alert_deliveries (
    seq bigint not null,
    channel text not null references alert_channels (channel) on delete cascade,
    content text not null,
    state text not null check (state in ('waiting', 'sent', 'given-up')),
    attempts integer not null check (attempts >= 0),
    queued_at timestamptz not null,
    next_at timestamptz not null,
    sent_at timestamptz,
    problem text,
    primary key (seq, channel),
    check ((state = 'sent') = (sent_at is not null))
  )`,
  `create index alert_deliveries_waiting on alert_deliveries (channel, next_at) where state = 'waiting'`,
];

/** What is to be told outside of the dashboard, until it was told. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
