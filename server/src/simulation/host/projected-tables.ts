import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { EMPTY_HEAD } from '../../journal/chain.ts';
import { PROJECTION_KEYS, rebuildProjections } from '../../journal/projector.ts';
import type { ProjectionTables, Projector } from '../../journal/projector.ts';
import { Violated } from '../watch.ts';

const TABLES = Object.keys(PROJECTION_KEYS);

/** Every row of every table that is built from the journal, as text, in one order. One question for all: a day asks it often. */
async function rowsOf(db: Kysely<ProjectionTables>): Promise<ReadonlyMap<string, readonly string[]>> {
  const parts = TABLES.map((table) => sql`select ${table}::text as name, t::text as row from ${sql.table(table)} t`);
  const { rows } = await sql<{ name: string; row: string }>`${sql.join(parts, sql` union all `)}`.execute(db);
  const all = Map.groupBy(rows, ({ name }) => name);
  return new Map(TABLES.map((table) => [table, (all.get(table) ?? []).map(({ row }) => row).sort()]));
}

const without = (rows: readonly string[], others: readonly string[]): string | undefined => {
  const known = new Set(others);
  return rows.find((row) => !known.has(row));
};

/**
 * I24: empties the tables and builds them anew, which must give the rows that were there. Asked at every start of a process; the audit that `tidemark verify`
 * makes of them, in a second database, once a day. Gives their number; throws {@link Violated}.
 */
export async function compareWithRebuilt(db: Kysely<ProjectionTables>, projector: Projector): Promise<number> {
  const kept = await rowsOf(db);
  await projector.rebuild();
  const rebuilt = await rowsOf(db);
  let rows = 0;
  for (const [table, before] of kept) {
    const after = rebuilt.get(table) ?? [];
    if (before.join('\n') !== after.join('\n'))
      throw new Violated(
        'I24',
        `the table ${table} has ${before.length} rows, and ${after.length} when it is built anew: ` +
          `${without(before, after) ?? 'nothing'} instead of ${without(after, before) ?? 'nothing'}`,
      );
    rows += before.length;
  }
  return rows;
}

/** For the next day. */
export async function emptyTables(db: Kysely<ProjectionTables>): Promise<void> {
  const head = await rebuildProjections(db, { read: async () => await Promise.resolve([]) });
  if (head.seq !== EMPTY_HEAD.seq) throw new Error('Invariant: tables of an empty journal are empty');
}
