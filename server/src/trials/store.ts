import { sql } from 'kysely';
import type { Generated, Kysely, Transaction } from 'kysely';

export interface TrialRow {
  readonly id: Generated<number>;
  readonly source: string;
  readonly part: number;
  readonly version: string;
  readonly symbols: unknown;
  readonly timeframe: string;
  readonly from_at: Date;
  readonly to_at: Date;
  readonly data_hash: string;
  readonly sets: number;
  readonly sharpes: number;
  readonly sharpe_mean: number;
  readonly sharpe_squares: number;
  readonly at: Date;
}

export interface TrialTables {
  readonly trials: TrialRow;
}

/** Adds a part of a source, once. */
export async function insertTrials(trx: Transaction<TrialTables>, row: Omit<TrialRow, 'id'>): Promise<void> {
  await trx
    .insertInto('trials')
    .values(row)
    .onConflict((conflict) => conflict.columns(['source', 'part']).doNothing())
    .execute();
}

export type TrialMomentsRow = Pick<TrialRow, 'sets' | 'sharpes' | 'sharpe_mean' | 'sharpe_squares'>;

/** Trials over any bar of the span of any of the symbols, in the order in which they were made. */
export const selectOverlapping = async (
  db: Kysely<TrialTables>,
  span: {
    readonly symbols: readonly string[];
    readonly timeframe: string;
    readonly from: Date;
    readonly to: Date;
    readonly except: string | undefined;
  },
): Promise<readonly TrialMomentsRow[]> =>
  await db
    .selectFrom('trials')
    .select(['sets', 'sharpes', 'sharpe_mean', 'sharpe_squares'])
    .where('timeframe', '=', span.timeframe)
    .where('from_at', '<=', span.to)
    .where('to_at', '>=', span.from)
    .where(sql<boolean>`symbols ?| ${[...span.symbols]}::text[]`)
    .where('source', '<>', span.except ?? '')
    .orderBy('id')
    .execute();
