import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // What the engine's process says of itself every second: other instances read whether it lives.
  `create table engine_status (
     id boolean primary key default true check (id),
     instance text not null,
     version text not null,
     program text not null,
     started_at timestamptz not null,
     seen_at timestamptz not null,
     stopped_at timestamptz,
     halted text,
     reconcile_age_ms double precision,
     latencies jsonb not null)`,
  // A proof that ends is told to every instance as it commits, whichever process ended it.
  `create function tell_ended_proof() returns trigger language plpgsql as $$
   begin
     perform pg_notify(left('tidemark_ended_' || tg_table_schema, 63), new.id);
     return null;
   end $$`,
  `create trigger sessions_ended after update of revoked_at on sessions for each row
     when (old.revoked_at is null and new.revoked_at is not null) execute function tell_ended_proof()`,
  `create trigger api_keys_ended after update of revoked_at on api_keys for each row
     when (old.revoked_at is null and new.revoked_at is not null) execute function tell_ended_proof()`,
  // Keys are bounded by their person's role: what is open with the old one ends.
  `create function tell_changed_role() returns trigger language plpgsql as $$
   begin
     execute format('select pg_notify($1, id) from %I.api_keys where person_id = $2 and revoked_at is null', tg_table_schema)
       using left('tidemark_ended_' || tg_table_schema, 63), new.id;
     return null;
   end $$`,
  `create trigger people_role_changed after update of role on people for each row
     when (old.role is distinct from new.role) execute function tell_changed_role()`,
];

/** What several instances over one database tell each other beside the journal. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
