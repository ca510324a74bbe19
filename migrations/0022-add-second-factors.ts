import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // What an authenticator app was given; sealed with the master key where there is one. It counts from `confirmed_at` on.
  `create table second_factors (
    person_id text primary key references people (id),
    secret text not null check (secret like 'tmf1:%' or secret like 'plain:%'),
    created_at timestamptz not null,
    confirmed_at timestamptz,
    -- The newest time step whose code was taken: none is taken twice.
    last_step bigint
  )`,
  `create table recovery_codes (
    code_hash text primary key check (length(code_hash) = 64),
    person_id text not null references people (id),
    created_at timestamptz not null,
    used_at timestamptz
  )`,
  'create index recovery_codes_person on recovery_codes (person_id)',
];

/** Codes of an authenticator app beside the password, and what opens when the app is lost. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
