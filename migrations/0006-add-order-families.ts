import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** What an order asks for beside its prices: nothing of it was known of earlier orders, which are simple. */
const ORDER_COLUMNS = [
  'trail numeric(38, 9)',
  'trail_ratio numeric(38, 9)',
  'order_class text',
  'take_profit_price numeric(38, 9)',
  'stop_loss_price numeric(38, 9)',
  'stop_loss_limit numeric(38, 9)',
  'extended_hours boolean',
  'replaces text',
  'parent_id text',
  'leg_role text',
  'protects boolean',
];

/** Orders that hang together, and executions that the broker took back or put right. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['orders', 'order_requests']) {
    for (const column of ORDER_COLUMNS) await sql.raw(`alter table ${table} add column ${column}`).execute(db);
  }
  await sql.raw('create index orders_parent on orders (parent_id) where parent_id is not null').execute(db);
  await sql.raw('alter table orders add column undone_quantity numeric(38, 9)').execute(db);
  await sql.raw('alter table orders add column carried_quantity numeric(38, 9)').execute(db);
  await sql.raw(`alter table fills add column undone text check (undone in ('busted', 'corrected'))`).execute(db);
  await sql.raw('alter table fills add column corrects text').execute(db);
}
