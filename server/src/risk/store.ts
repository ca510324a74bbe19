import type { Kysely, Transaction } from 'kysely';
import type { LimitName } from './limits.ts';
import type { TradingState } from './types.ts';

export interface LimitRow {
  readonly name: LimitName;
  readonly value: string;
  readonly changed_by: string;
  readonly reason: string;
  readonly changed_at: Date;
  readonly seq: number;
}

export interface TradingStateRow {
  readonly seq: number;
  readonly from_state: TradingState;
  readonly to_state: TradingState;
  readonly because: string;
  readonly changed_by: string;
  readonly at: Date;
}

export interface RiskTables {
  readonly limits: LimitRow;
  readonly trading_states: TradingStateRow;
}

export async function upsertLimits(trx: Transaction<RiskTables>, rows: readonly LimitRow[]): Promise<void> {
  for (const row of rows) {
    await trx
      .insertInto('limits')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
      .execute();
  }
}

export async function insertTradingStates(trx: Transaction<RiskTables>, rows: readonly TradingStateRow[]): Promise<void> {
  if (rows.length > 0) await trx.insertInto('trading_states').values(rows).execute();
}

export async function deleteRisk(trx: Transaction<RiskTables>): Promise<void> {
  await trx.deleteFrom('limits').execute();
  await trx.deleteFrom('trading_states').execute();
}

export const selectLimits = async (db: Kysely<RiskTables>): Promise<readonly LimitRow[]> =>
  await db.selectFrom('limits').selectAll().orderBy('name').execute();

/** Newest first. */
export const selectTradingStates = async (db: Kysely<RiskTables>, limit: number): Promise<readonly TradingStateRow[]> =>
  await db.selectFrom('trading_states').selectAll().orderBy('seq', 'desc').limit(limit).execute();
