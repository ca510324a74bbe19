import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { createApiKey, ensureOwner } from '../../../accounts/service.ts';
import { openingEntry } from '../../../engine/opening-record.ts';
import { ENGINE } from '../../../engine/test/session-world.ts';
import { recordLife } from '../../../journal/test/recorded-life.ts';
import type { Happening } from '../../../journal/test/recorded-life.ts';
import { instant } from '../../../money/instant.ts';
import { UNLIMITED } from '../../../risk/limits.ts';
import type { Database } from '../../database.ts';
import { recordTables } from '../record-tables.ts';
import { insertRow, sampleRows, VERSION } from './sample-rows.ts';

export const LIFE = recordLife(Array.from({ length: 20 }, (_, index): Happening => [index % 3 === 2 ? 'ticket' : 'bar', index * 7]));
/** A recorded life, as a journal takes it. */
export const BATCHES = [[openingEntry({ engine: ENGINE, limits: UNLIMITED })], ...LIFE.batches];
export const NOW = instant('2026-03-02T12:00:00Z');
export const now = (): Date => new Date(NOW);

/** Records in every table, and of each kind of column: bytes, doubles, text with everything in it, JSON, instants. */
export async function fillRecords(db: Kysely<Database>): Promise<void> {
  const owner = await ensureOwner(db, NOW);
  const { id } = await createApiKey(db, owner, 'täglich "grün"\n', NOW);
  await sql`insert into strategy_versions values (${VERSION}, 'one', ${Buffer.from([0, 255, 1, 92, 39, 10])}, 'source', '{"a": 1.50}', now())`.execute(
    db,
  );
  await sql`insert into settings values ('theme', '{"x": [1, null, "täglich"]}', '2026-01-01T00:00:00.123456Z')`.execute(db);
  for (const [table, row] of sampleRows(id)) await insertRow(db, table, row);
}

/** Every record as text, table by table. */
export async function recordsIn(db: Kysely<Database>): Promise<Record<string, readonly string[]>> {
  const all: Record<string, readonly string[]> = {};
  for (const table of await recordTables(db)) {
    const { rows } = await sql<{ row: string }>`select md5(t::text) as row from ${sql.table(table)} t`.execute(db);
    all[table] = rows.map(({ row }) => row).toSorted();
  }
  return all;
}
