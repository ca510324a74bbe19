import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { PROJECTION_KEYS } from '../../journal/projector.ts';
import type { Database } from '../database.ts';

/**
 * Not in a backup: what is built from the journal, the journal itself (which is written by its own rules), and what lets people in now. After a
 * restore everybody logs in anew: a session that was ended since must not come back. Nor is what running processes say to each other, nor which backups there
 * are of this place.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...Object.keys(PROJECTION_KEYS),
  'journal',
  'journal_snapshots',
  'migrations',
  'backups',
  'login_tokens',
  'passkey_challenges',
  'sessions',
  'engine_requests',
  'engine_status',
]);

/** Every table of records, each after those that it refers to: a table that is added later is in the next backup by itself. */
export async function recordTables(db: Kysely<Database>): Promise<readonly string[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relkind = 'r' order by 1`.execute(db);
  const { rows: references } = await sql<{ from: string; to: string }>`
    select a.relname::text as "from", b.relname::text as "to" from pg_constraint k
    join pg_class a on a.oid = k.conrelid join pg_class b on b.oid = k.confrelid join pg_namespace n on n.oid = a.relnamespace
    where k.contype = 'f' and n.nspname = current_schema()`.execute(db);
  const names = tables.map(({ name }) => name).filter((name) => !LEFT_OUT.has(name));
  const ordered: string[] = [];
  const visit = (name: string): void => {
    if (ordered.includes(name) || !names.includes(name)) return;
    for (const { from, to } of references) if (from === name && to !== name) visit(to);
    ordered.push(name);
  };
  for (const name of names) visit(name);
  return ordered;
}
