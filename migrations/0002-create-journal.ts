import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** The journal of a server on PostgreSQL (the embedded one keeps files), how far the projections are, and what each entry is about. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('journal')
    .addColumn('seq', 'bigint', (column) => column.primaryKey())
    .addColumn('written_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('cause', 'bigint')
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('previous_hash', 'text', (column) => column.notNull())
    .addCheckConstraint('journal_seq_positive', sql`seq > 0`)
    .execute();

  await db.schema
    .createTable('projection_progress')
    .addColumn('id', 'boolean', (column) =>
      column
        .primaryKey()
        .defaultTo(true)
        .check(sql`id`),
    )
    .addColumn('applied_seq', 'bigint', (column) => column.notNull())
    .addColumn('applied_hash', 'text', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('journal_kinds')
    .addColumn('seq', 'bigint', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('journal_kinds_kind').on('journal_kinds').columns(['kind', 'seq']).execute();

  await db.schema
    .createTable('journal_subjects')
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('journal_subjects_pkey', ['subject', 'seq'])
    .execute();
}
