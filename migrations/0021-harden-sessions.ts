import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  'alter table sessions add column last_seen_at timestamptz not null default now()',
  'alter table sessions alter column last_seen_at drop default',
  'alter table sessions add column rotated_at timestamptz',
  'update sessions set rotated_at = created_at',
  'alter table sessions alter column rotated_at set not null',
  // The secret before the last change of it, and until when it still opens: `null` until the new one has come once.
  'alter table sessions add column previous_hash text unique',
  'alter table sessions add column previous_until timestamptz',
  'alter table sessions add column idle_seconds integer not null default 43200 check (idle_seconds > 0)',
  'alter table sessions alter column idle_seconds drop default',
  // Where the log-in came from, as the browser and the proxy say it.
  `alter table sessions add column address text not null default '' check (length(address) <= 45)`,
  'alter table sessions alter column address drop default',
  `alter table sessions add column agent text not null default '' check (length(agent) <= 200)`,
  'alter table sessions alter column agent drop default',
];

/** Sessions that end where nobody uses them, whose secret changes, and that say where they came from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
