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

  `create table proposals (
    id text primary key,
    kind text not null,
    content text not null,
    reason text not null,
    hash text not null check (length(hash) = 64),
    proposed_by text not null,
    person_id text not null,
    proposed_at timestamptz not null,
    expires_at timestamptz not null,
    state text not null check (state in ('open', 'applied', 'rejected', 'expired', 'obsolete')),
    decided_by text,
    decided_at timestamptz,
    decision_reason text,
    first_seq bigint not null,
    seq bigint not null,
    check ((state = 'open') = (decided_by is null)),
    -- What lets more risk through was approved by somebody else, or it is not here.
    check (state <> 'applied' or decided_by <> proposed_by)
  )`,
  'create index proposals_newest on proposals (first_seq)',
];

/**
 * Several people on one installation: roles, passwords, when a session was last confirmed, keys that may do less than their owner; what one of them
 * proposes and another approves.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
