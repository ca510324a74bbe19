import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';

export interface PositionRow {
  readonly symbol: string;
  readonly quantity: string;
  readonly average_price: string;
  readonly realized_pnl: string;
  readonly fees: string;
  readonly opened_at: Date;
  readonly updated_at: Date;
  readonly seq: number;
}

export interface TradeRow {
  readonly id: string;
  readonly symbol: string;
  readonly direction: 'long' | 'short';
  readonly quantity: string;
  readonly entry_price: string;
  readonly exit_price: string;
  readonly entry_at: Date;
  readonly exit_at: Date;
  readonly gross_pnl: string;
  readonly fees: string;
  readonly strategy_id: string | null;
  readonly seq: number;
}

export interface PositionTables {
  readonly positions: PositionRow;
  readonly trades: TradeRow;
}

const ROWS = 500;

export async function replacePositions(
  trx: Transaction<PositionTables>,
  symbols: readonly string[],
  rows: readonly PositionRow[],
): Promise<void> {
  if (symbols.length > 0) await trx.deleteFrom('positions').where('symbol', 'in', symbols).execute();
  for (let start = 0; start < rows.length; start += ROWS) {
    await trx
      .insertInto('positions')
      .values(rows.slice(start, start + ROWS))
      .execute();
  }
}

export async function insertTrades(trx: Transaction<PositionTables>, rows: readonly TradeRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS) {
    await trx
      .insertInto('trades')
      .values(rows.slice(start, start + ROWS))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}

export async function deleteTrades(trx: Transaction<PositionTables>, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await trx.deleteFrom('trades').where('id', 'in', ids).execute();
}

export async function deletePositions(trx: Transaction<PositionTables>): Promise<void> {
  await trx.deleteFrom('positions').execute();
  await trx.deleteFrom('trades').execute();
}

export const selectPositions = async (db: Kysely<PositionTables>): Promise<readonly PositionRow[]> =>
  await db.selectFrom('positions').selectAll().orderBy('symbol').execute();

/** Oldest first. */
export async function selectTrades(db: Kysely<PositionTables>, strategyId: string | undefined): Promise<readonly TradeRow[]> {
  const query = db.selectFrom('trades').selectAll().orderBy('seq');
  return await (strategyId === undefined ? query : query.where('strategy_id', '=', strategyId)).execute();
}

/** Exact decimal text. */
export async function sumTrades(db: Kysely<PositionTables>): Promise<string> {
  const row = await db
    .selectFrom('trades')
    .select(sql<string>`coalesce(sum(gross_pnl - fees), 0)::text`.as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
}
