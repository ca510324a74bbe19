import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  'alter table api_keys drop constraint api_keys_scopes_check',
  // An agent that could trade proposes and stops from now on: what it wants to trade a person decides about.
  `update api_keys set scopes = replace(scopes, 'trade', case kind when 'agent' then 'propose,stop' else 'propose,stop,trade' end)`,
  `alter table api_keys add constraint api_keys_scopes_check
     check (scopes ~ '^read(,research)?(,propose)?(,stop)?(,trade)?$' and (kind = 'service' or scopes !~ 'trade'))`,
];

/** Keys may be for proposing and for stopping alone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
