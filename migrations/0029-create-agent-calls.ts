import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // Written before anything is done; an id begins with the time, so that it is the order.
  `create table agent_calls (
     id text collate "C" primary key,
     at timestamptz not null,
     actor text not null,
     tool text not null,
     arguments text not null check (octet_length(arguments) <= 16384),
     cause text,
     turn text)`,
  'create index agent_calls_actor on agent_calls (actor, id)',
  // Written before the answer leaves. A call without a row here was cut off: what became of it the journal knows.
  `create table agent_call_ends (
     call_id text collate "C" primary key references agent_calls (id),
     outcome text not null check (outcome in ('answered', 'failed', 'refused')),
     duration_ms integer not null check (duration_ms >= 0),
     cost integer not null check (cost >= 0),
     result_hash text,
     answer text check (length(answer) <= 12000),
     refusal text,
     check ((outcome = 'refused') = (refusal is not null)))`,
  `create function refuse_change_of_agent_calls() returns trigger language plpgsql as
     'begin raise exception ''what agents have done is never changed''; end'`,
  `create trigger agent_calls_only_grow before update or delete on agent_calls
     for each row execute function refuse_change_of_agent_calls()`,
  `create trigger agent_call_ends_only_grow before update or delete on agent_call_ends
     for each row execute function refuse_change_of_agent_calls()`,
];

/** What agents have asked for, and how each call ended. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
