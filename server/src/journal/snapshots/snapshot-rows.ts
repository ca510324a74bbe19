import type { Kysely } from 'kysely';
import type { Snapshots } from './snapshots.ts';

export interface SnapshotTables {
  readonly journal_snapshots: { readonly seq: number; readonly content: Buffer; readonly written_at_ms: number };
}

/** Snapshots as rows: for a journal on PostgreSQL. */
export const snapshotRows = (db: Kysely<SnapshotTables>, nowMs: () => number = Date.now): Snapshots => ({
  describe: (seq) => `the row of entry ${seq} in the table journal_snapshots`,
  list: async () => (await db.selectFrom('journal_snapshots').select('seq').orderBy('seq', 'desc').execute()).map(({ seq }) => seq),
  read: async (seq) => (await db.selectFrom('journal_snapshots').select('content').where('seq', '=', seq).executeTakeFirst())?.content,
  write: async (seq, content) => {
    const row = { content, written_at_ms: nowMs() };
    await db
      .insertInto('journal_snapshots')
      .values({ seq, ...row })
      .onConflict((conflict) => conflict.column('seq').doUpdateSet(row))
      .execute();
  },
  remove: async (seq) => void (await db.deleteFrom('journal_snapshots').where('seq', '=', seq).execute()),
});
