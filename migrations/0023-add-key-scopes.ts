import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  `alter table api_keys add column kind text not null default 'service' check (kind in ('service', 'agent'))`,
  'alter table api_keys alter column kind drop default',
  // Keys from before could do all that their role may, and ended never: they go on for a year.
  `alter table api_keys add column scopes text not null default 'read,research,trade' check (scopes ~ '^read(,research)?(,trade)?$')`,
  'alter table api_keys alter column scopes drop default',
  `alter table api_keys add column expires_at timestamptz not null default now() + interval '365 days'`,
  'alter table api_keys alter column expires_at drop default',
];

/** What a key may do, until when, and whether it is a program's or an agent's. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
