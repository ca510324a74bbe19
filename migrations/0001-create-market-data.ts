import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Instruments, and bars as columns of doubles: what indicators and backtests read in bulk. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('instruments')
    .addColumn('symbol', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('asset_class', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('tick', sql`numeric(38, 9)`, (column) => column.notNull())
    .addColumn('lot', sql`numeric(38, 9)`, (column) => column.notNull())
    .addColumn('broad', 'boolean', (column) => column.notNull())
    .addColumn('tradable', 'boolean', (column) => column.notNull())
    .addColumn('shortable', 'boolean', (column) => column.notNull())
    .addCheckConstraint('instruments_source_known', sql`source in ('real', 'synthetic')`)
    .execute();

  await db.schema
    .createTable('bars')
    .addColumn('symbol', 'text', (column) => column.notNull())
    .addColumn('timeframe', 'text', (column) => column.notNull())
    .addColumn('adjustment', 'text', (column) => column.notNull())
    .addColumn('start_at', 'timestamptz', (column) => column.notNull())
    .addColumn('open', 'double precision', (column) => column.notNull())
    .addColumn('high', 'double precision', (column) => column.notNull())
    .addColumn('low', 'double precision', (column) => column.notNull())
    .addColumn('close', 'double precision', (column) => column.notNull())
    .addColumn('volume', 'double precision', (column) => column.notNull())
    .addColumn('provider', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('bars_pkey', ['symbol', 'timeframe', 'adjustment', 'start_at'])
    .addCheckConstraint(
      'bars_ordered',
      sql`high >= low and high >= open and high >= close and low <= open and low <= close and volume >= 0`,
    )
    .execute();
}
