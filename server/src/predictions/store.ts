import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';

interface KeyRow {
  readonly strategy_id: string;
  readonly version: string;
  readonly symbol: string;
  readonly bar_at: Date;
}

export interface PredictionRow extends KeyRow {
  readonly decided_at: Date;
  readonly model_id: string;
  readonly seq: number;
  readonly score: number | null;
  readonly verdict: string;
  readonly reason: string;
  readonly features: Uint8Array;
  readonly base: number | null;
  readonly contributions: Uint8Array | null;
  readonly agrees: boolean;
}

export interface OutcomeRow extends KeyRow {
  readonly label: number | null;
  readonly gained: number;
  readonly ends_at: Date;
}

export interface DriftRow {
  readonly strategy_id: string;
  readonly version: string;
  readonly decided_at: Date;
  readonly model_id: string;
  readonly rows: number;
  readonly outcomes: number;
  readonly health: number;
  readonly worst: string | null;
  readonly stability_index: number;
  readonly measures: string;
}

export interface PredictionTables {
  readonly predictions: PredictionRow;
  readonly prediction_outcomes: OutcomeRow;
  readonly model_drift: DriftRow;
  readonly prediction_progress: { readonly id: number; readonly seq: number };
}

type Db = Kysely<PredictionTables>;
type Trx = Transaction<PredictionTables>;

const KEY = ['strategy_id', 'version', 'symbol', 'bar_at'] as const;

/** What is there already stays as it is. */
export async function insertPredictions(trx: Trx, rows: readonly PredictionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await trx
    .insertInto('predictions')
    .values([...rows])
    .onConflict((conflict) => conflict.columns([...KEY]).doNothing())
    .execute();
}

export async function insertOutcomes(trx: Trx, rows: readonly OutcomeRow[]): Promise<void> {
  if (rows.length === 0) return;
  await trx
    .insertInto('prediction_outcomes')
    .values([...rows])
    .onConflict((conflict) => conflict.columns([...KEY]).doNothing())
    .execute();
}

export async function insertDrift(trx: Trx, row: DriftRow): Promise<void> {
  await trx
    .insertInto('model_drift')
    .values(row)
    .onConflict((conflict) => conflict.columns(['strategy_id', 'version', 'decided_at']).doNothing())
    .execute();
}

export const selectProgress = async (db: Db): Promise<number | undefined> =>
  (await db.selectFrom('prediction_progress').select('seq').executeTakeFirst())?.seq;

export async function saveProgress(trx: Db | Trx, seq: number): Promise<void> {
  await trx
    .insertInto('prediction_progress')
    .values({ id: 1, seq })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seq }))
    .execute();
}

export interface Source {
  readonly strategyId: string;
  readonly version: string;
}

/** Predictions with a score and without an outcome, newest first. */
export const selectPending = async (db: Db, { strategyId, version }: Source, limit: number): Promise<readonly KeyRow[]> =>
  await db
    .selectFrom('predictions as p')
    .select(['p.strategy_id', 'p.version', 'p.symbol', 'p.bar_at'])
    .where('p.strategy_id', '=', strategyId)
    .where('p.version', '=', version)
    .where('p.score', 'is not', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('prediction_outcomes as o')
            .select('o.symbol')
            .whereRef('o.strategy_id', '=', 'p.strategy_id')
            .whereRef('o.version', '=', 'p.version')
            .whereRef('o.symbol', '=', 'p.symbol')
            .whereRef('o.bar_at', '=', 'p.bar_at'),
        ),
      ),
    )
    .orderBy('p.bar_at', 'desc')
    .limit(limit)
    .execute();

/** The newest predictions of a strategy's version that have a score, up to an instant; newest first. */
export const selectWindow = async (
  db: Db,
  { strategyId, version }: Source,
  until: Date,
  limit: number,
): Promise<readonly Pick<PredictionRow, 'features' | 'score'>[]> =>
  await db
    .selectFrom('predictions')
    .select(['features', 'score'])
    .where('strategy_id', '=', strategyId)
    .where('version', '=', version)
    .where('score', 'is not', null)
    .where('decided_at', '<=', until)
    .orderBy('decided_at', 'desc')
    .orderBy('symbol')
    .limit(limit)
    .execute();

export type ScoredRow = Pick<OutcomeRow, 'label' | 'gained' | 'ends_at'> & { readonly score: number | null };

export interface OutcomeFilter {
  readonly modelId: string;
  readonly strategyId?: string | undefined;
  readonly version?: string | undefined;
}

/** The newest outcomes of a model; newest first. */
export async function selectOutcomes(
  db: Db,
  { modelId, strategyId, version }: OutcomeFilter,
  limit: number,
): Promise<readonly ScoredRow[]> {
  let query = db
    .selectFrom('prediction_outcomes as o')
    .innerJoin('predictions as p', (join) =>
      join
        .onRef('o.strategy_id', '=', 'p.strategy_id')
        .onRef('o.version', '=', 'p.version')
        .onRef('o.symbol', '=', 'p.symbol')
        .onRef('o.bar_at', '=', 'p.bar_at'),
    )
    .select(['o.label', 'o.gained', 'o.ends_at', 'p.score'])
    .where('p.model_id', '=', modelId);
  if (strategyId !== undefined) query = query.where('p.strategy_id', '=', strategyId);
  if (version !== undefined) query = query.where('p.version', '=', version);
  return await query.orderBy('p.decided_at', 'desc').orderBy('p.strategy_id').orderBy('p.symbol').limit(limit).execute();
}

export const countPredictions = async (
  db: Db,
  modelId: string,
): Promise<readonly { readonly strategyId: string; readonly count: number }[]> =>
  (
    await db
      .selectFrom('predictions')
      .select(['strategy_id', sql<number>`count(*)::int`.as('count')])
      .where('model_id', '=', modelId)
      .where('score', 'is not', null)
      .groupBy('strategy_id')
      .orderBy('strategy_id')
      .execute()
  ).map(({ strategy_id, count }) => ({ strategyId: strategy_id, count }));

/** Newest first. */
export async function selectDrift(
  db: Db,
  { modelId, strategyId, limit }: { readonly modelId: string; readonly strategyId: string | undefined; readonly limit: number },
): Promise<readonly DriftRow[]> {
  const query = db.selectFrom('model_drift').selectAll().where('model_id', '=', modelId);
  const narrowed = strategyId === undefined ? query : query.where('strategy_id', '=', strategyId);
  return await narrowed.orderBy('decided_at', 'desc').orderBy('strategy_id').limit(limit).execute();
}

export type ListedPredictionRow = PredictionRow & {
  readonly label: number | null;
  readonly gained: number | null;
  readonly ends_at: Date | null;
};

export interface PredictionFilter {
  readonly modelId?: string | undefined;
  readonly strategyId?: string | undefined;
  readonly symbol?: string | undefined;
}

/** Newest first, from below a place in the order of the list. */
export async function selectPredictions(
  db: Db,
  { modelId, strategyId, symbol }: PredictionFilter,
  after: { readonly seq: number; readonly symbol: string } | undefined,
  limit: number,
): Promise<readonly ListedPredictionRow[]> {
  let query = db
    .selectFrom('predictions as p')
    .leftJoin('prediction_outcomes as o', (join) =>
      join
        .onRef('o.strategy_id', '=', 'p.strategy_id')
        .onRef('o.version', '=', 'p.version')
        .onRef('o.symbol', '=', 'p.symbol')
        .onRef('o.bar_at', '=', 'p.bar_at'),
    )
    .selectAll('p')
    .select(['o.label', 'o.gained', 'o.ends_at']);
  if (modelId !== undefined) query = query.where('p.model_id', '=', modelId);
  if (strategyId !== undefined) query = query.where('p.strategy_id', '=', strategyId);
  if (symbol !== undefined) query = query.where('p.symbol', '=', symbol);
  // A decision has one entry and one strategy: with the symbol it tells rows apart.
  if (after !== undefined)
    query = query.where(sql<boolean>`(p.seq < ${after.seq} or (p.seq = ${after.seq} and p.symbol > ${after.symbol}))`);
  return await query.orderBy('p.seq', 'desc').orderBy('p.symbol').limit(limit).execute();
}
