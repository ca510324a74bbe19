import type { Kysely, Transaction } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { LimitName } from './limits.ts';
import * as store from './store.ts';
import type { LimitRow, RiskTables, TradingStateRow } from './store.ts';
import type { TradingState } from './types.ts';

export type { RiskTables } from './store.ts';

/** The newest change of a limit: who made it, why, and the entry that says so. */
export interface LimitChange {
  readonly name: LimitName;
  /** Decimal text. */
  readonly value: string;
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
  readonly seq: number;
}

export interface TradingStateChange {
  readonly from: TradingState;
  readonly to: TradingState;
  readonly because: string;
  readonly by: string;
  readonly at: Instant;
  readonly seq: number;
}

/** Limits that were ever changed: the others stand at their defaults. */
export const listLimits = async (db: Kysely<RiskTables>): Promise<readonly LimitChange[]> => (await store.selectLimits(db)).map(limitOf);

/** The newest change of each limit that was ever changed. */
export const lastLimitChanges = async (db: Kysely<RiskTables>): Promise<ReadonlyMap<LimitName, LimitChange>> =>
  new Map((await listLimits(db)).map((change) => [change.name, change]));

/** Newest first. */
export const tradingStateChanges = async (db: Kysely<RiskTables>, limit: number): Promise<readonly TradingStateChange[]> =>
  (await store.selectTradingStates(db, limit)).map(stateOf);

/** What a stretch of the journal says of limits and trading states, in journal order. */
export interface RiskChanges {
  readonly limits: readonly LimitChange[];
  readonly tradingStates: readonly TradingStateChange[];
}

export async function projectRisk(trx: Transaction<RiskTables>, { limits, tradingStates }: RiskChanges): Promise<void> {
  const newest = new Map(limits.map((change) => [change.name, limitRow(change)]));
  await store.upsertLimits(trx, [...newest.values()]);
  await store.insertTradingStates(trx, tradingStates.map(stateRow));
}

export const clearRisk = store.deleteRisk;

const limitRow = ({ name, value, by, reason, at, seq }: LimitChange): LimitRow => ({
  name,
  value,
  changed_by: by,
  reason,
  changed_at: new Date(at),
  seq,
});

const limitOf = (row: LimitRow): LimitChange => ({
  name: row.name,
  value: row.value,
  by: row.changed_by,
  reason: row.reason,
  at: instantFromMs(row.changed_at.getTime()),
  seq: row.seq,
});

const stateRow = ({ from, to, because, by, at, seq }: TradingStateChange): TradingStateRow => ({
  seq,
  from_state: from,
  to_state: to,
  because,
  changed_by: by,
  at: new Date(at),
});

const stateOf = (row: TradingStateRow): TradingStateChange => ({
  from: row.from_state,
  to: row.to_state,
  because: row.because,
  by: row.changed_by,
  at: instantFromMs(row.at.getTime()),
  seq: row.seq,
});
