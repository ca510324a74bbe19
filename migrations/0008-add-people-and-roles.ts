import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const ROLES = `('viewer', 'trader', 'risk_officer', 'admin')`;

const STATEMENTS = [
  'alter table owners rename to people',
  // Whoever was here before could do everything: that is what an admin can.
  `alter table people add column role text not null default 'admin' check (role in ${ROLES})`,
  'alter table people alter column role drop default',
  'alter table people add column password_hash text',
  'alter table people add column failed_attempts integer not null default 0 check (failed_attempts >= 0)',
  'alter table people add column locked_until timestamptz',
  'alter table people add column added_by text',
  'alter table people add column joined_at timestamptz',
  'update people set joined_at = created_at',
  'alter table people add column removed_at timestamptz',
  'create unique index people_name on people (lower(name)) where removed_at is null',

  'alter table login_tokens rename column owner_id to person_id',
  `alter table login_tokens add column purpose text not null default 'login' check (purpose in ('login', 'invitation'))`,
  'alter table login_tokens alter column purpose drop default',

  'alter table sessions rename column owner_id to person_id',
  'alter table sessions add column confirmed_at timestamptz',
  'update sessions set confirmed_at = created_at',
  'alter table sessions alter column confirmed_at set not null',
  'create index sessions_person on sessions (person_id)',

  'alter table api_keys rename column owner_id to person_id',
  `alter table api_keys add column role text not null default 'admin' check (role in ${ROLES})`,
  'alter table api_keys alter column role drop default',
  'create index api_keys_person on api_keys (person_id)',
];

/** Several people on one installation: roles, passwords, when a session was last confirmed, and keys that may do less than their owner. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
