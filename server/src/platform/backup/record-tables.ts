import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { PROJECTION_KEYS } from '../../journal/projector.ts';
import type { Database } from '../database.ts';
import { references } from './references.ts';

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

/**
 * Every table of records, each before those that it refers to: a row's other end was there when the row was read, so it is still read after it, whatever is
 * added meanwhile. A table that is added later is in the next backup by itself.
 */
export async function recordTables(db: Kysely<Database>): Promise<readonly string[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relkind = 'r' order by 1`.execute(db);
  const known = await references(db);
  const names = tables.map(({ name }) => name).filter((name) => !LEFT_OUT.has(name));
  const ordered: string[] = [];
  const visit = (name: string): void => {
    if (ordered.includes(name) || !names.includes(name)) return;
    for (const { from, to } of known) if (from === name && to !== name) visit(to);
    ordered.push(name);
  };
  for (const name of names) visit(name);
  return ordered.toReversed();
}
