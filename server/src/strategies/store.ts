import type { Kysely, Transaction } from 'kysely';
import type { Timeframe } from '../market-data/bar.ts';
import type { ExecutionMode } from './execution.ts';
import type { SizePolicy, StrategyState } from './strategy.ts';

export interface StrategyRow {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly parameters: unknown;
  readonly symbols: unknown;
  readonly timeframe: Timeframe;
  readonly allocation: string;
  readonly size_kind: SizePolicy['kind'];
  /** Units, or the fraction of equity. */
  readonly size_value: string;
  readonly whole_units: boolean;
  readonly state: StrategyState;
  readonly paused_because: string | null;
  readonly last_decision_at: Date | null;
  readonly last_decision: string | null;
  readonly execution_mode: ExecutionMode;
  readonly wait_ms: number | null;
  readonly first_seq: number;
  readonly seq: number;
}

export interface StrategyTables {
  readonly strategies: StrategyRow;
}

interface StrategyVersionRow {
  readonly version: string;
  readonly name: string;
  readonly wasm: Uint8Array;
  readonly source: string;
  readonly description: unknown;
  readonly created_at: Date;
  readonly saved_by: string | null;
}

export interface StrategyVersionTables {
  readonly strategy_versions: StrategyVersionRow;
}

export async function upsertStrategies(trx: Transaction<StrategyTables>, rows: readonly StrategyRow[]): Promise<void> {
  for (const row of rows) {
    const { id: _id, first_seq: _firstSeq, ...changed } = row;
    await trx
      .insertInto('strategies')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changed))
      .execute();
  }
}

export async function deleteStrategies(trx: Transaction<StrategyTables>): Promise<void> {
  await trx.deleteFrom('strategies').execute();
}

/** As they were created. */
export const selectStrategies = async (db: Kysely<StrategyTables>): Promise<readonly StrategyRow[]> =>
  await db.selectFrom('strategies').selectAll().orderBy('first_seq').execute();

export const selectStrategy = async (db: Kysely<StrategyTables>, id: string): Promise<StrategyRow | undefined> =>
  await db.selectFrom('strategies').selectAll().where('id', '=', id).executeTakeFirst();

/** A version is its bytes: a second save changes nothing. Whether it was the first. */
export async function insertVersion(
  db: Kysely<StrategyVersionTables> | Transaction<StrategyVersionTables>,
  row: StrategyVersionRow,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('strategy_versions')
    .values(row)
    .onConflict((conflict) => conflict.column('version').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Newest first, without their bytes. */
export const selectVersionsOf = async (
  db: Kysely<StrategyVersionTables>,
  name: string,
  limit: number,
): Promise<readonly Omit<StrategyVersionRow, 'wasm'>[]> =>
  await db
    .selectFrom('strategy_versions')
    .select(['version', 'name', 'source', 'description', 'created_at', 'saved_by'])
    .where('name', '=', name)
    .orderBy('created_at', 'desc')
    .orderBy('version')
    .limit(limit)
    .execute();

export const selectSources = async (
  db: Kysely<StrategyVersionTables>,
  versions: readonly string[],
): Promise<readonly Pick<StrategyVersionRow, 'version' | 'source'>[]> =>
  versions.length === 0
    ? []
    : await db.selectFrom('strategy_versions').select(['version', 'source']).where('version', 'in', versions).execute();

export const selectVersion = async (db: Kysely<StrategyVersionTables>, version: string): Promise<StrategyVersionRow | undefined> =>
  await db.selectFrom('strategy_versions').selectAll().where('version', '=', version).executeTakeFirst();
