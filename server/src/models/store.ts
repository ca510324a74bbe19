import { sql } from 'kysely';
import type { Generated, Kysely, Transaction } from 'kysely';
import type { Timeframe } from '../market-data/bar.ts';
import type { StrategyVersionTables } from '../strategies/service.ts';
import type { TrialTables } from '../trials/service.ts';
import type { ModelAction, ModelState } from './model.ts';
import type { RetrainingRow } from './retraining-store.ts';

export interface ModelRow {
  readonly id: string;
  readonly version: string;
  readonly strategy_name: string;
  readonly state: ModelState;
  readonly frozen: boolean;
  readonly manifest: string;
  readonly bytes: Uint8Array;
  readonly label: string;
  readonly symbols: unknown;
  readonly timeframe: Timeframe;
  readonly dataset_hash: string;
  readonly from_at: Date;
  readonly to_at: Date;
  readonly evaluation: string;
  readonly reference: string | null;
  readonly content_key: string;
  readonly parent: string | null;
  readonly notes: string;
  readonly expires_at: Date;
  readonly created_at: Date;
  readonly created_by: string;
}

export interface ModelChangeRow {
  readonly id: Generated<number>;
  readonly model_id: string;
  readonly action: ModelAction;
  readonly from_state: ModelState;
  readonly to_state: ModelState;
  readonly other: string | null;
  readonly by_person: string;
  readonly second_person: string | null;
  readonly proposal_id: string | null;
  readonly reason: string;
  readonly at: Date;
}

export type TrainingState = 'queued' | 'running' | 'done' | 'failed' | 'aborted';

export interface TrainingRow {
  readonly id: string;
  readonly state: TrainingState;
  readonly progress: number;
  readonly strategy_name: string;
  readonly request: string;
  readonly symbols: unknown;
  readonly timeframe: Timeframe;
  readonly model_id: string | null;
  readonly reused: boolean;
  readonly error: string | null;
  readonly command: string;
  readonly created_at: Date;
  readonly created_by: string;
  readonly finished_at: Date | null;
}

export interface ModelTables extends StrategyVersionTables, TrialTables {
  readonly models: ModelRow;
  readonly model_changes: ModelChangeRow;
  readonly trainings: TrainingRow;
  readonly retrainings: RetrainingRow;
}

type Db = Kysely<ModelTables>;
type Trx = Transaction<ModelTables>;

/** All but the bytes, which lists do not need. */
const COLUMNS = [
  'id',
  'version',
  'strategy_name',
  'state',
  'frozen',
  'manifest',
  'label',
  'symbols',
  'timeframe',
  'dataset_hash',
  'from_at',
  'to_at',
  'evaluation',
  'reference',
  'content_key',
  'parent',
  'notes',
  'expires_at',
  'created_at',
  'created_by',
] as const;
export type ReadModelRow = Pick<ModelRow, (typeof COLUMNS)[number]>;

/** False where a model with this id, of this module, or of this content is there already. */
export async function insertModel(trx: Trx, row: ModelRow): Promise<boolean> {
  const result = await trx
    .insertInto('models')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export const selectModel = async (db: Db | Trx, id: string): Promise<ReadModelRow | undefined> =>
  await db.selectFrom('models').select(COLUMNS).where('id', '=', id).executeTakeFirst();

export const selectModelsOfVersions = async (db: Db | Trx, versions: readonly string[]): Promise<readonly ReadModelRow[]> =>
  versions.length === 0 ? [] : await db.selectFrom('models').select(COLUMNS).where('version', 'in', versions).execute();

export const selectModelOfContent = async (db: Db | Trx, key: string): Promise<ReadModelRow | undefined> =>
  await db.selectFrom('models').select(COLUMNS).where('content_key', '=', key).executeTakeFirst();

/** Ids that begin with some digits, in their order. */
export const selectModelIds = async (db: Db, prefix: string, limit: number): Promise<readonly string[]> =>
  (await db.selectFrom('models').select('id').where('id', 'like', `${prefix}%`).orderBy('id').limit(limit).execute()).map(({ id }) => id);

/** Models that name this one as the one they follow, oldest first. */
export const selectSuccessors = async (db: Db, id: string): Promise<readonly ReadModelRow[]> =>
  await db.selectFrom('models').select(COLUMNS).where('parent', '=', id).orderBy('created_at').orderBy('id').execute();

/** Any number, but always this one: steps in the lives of models are taken one after the other, whichever models they are about. */
const REGISTRY_LOCK = 7_301_846_222;

/** Held until the transaction ends. */
export async function lockRegistry(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${REGISTRY_LOCK}::bigint)`.execute(trx);
}

export const selectModelFiles = async (db: Db, id: string): Promise<Pick<ModelRow, 'manifest' | 'bytes' | 'version'> | undefined> =>
  await db.selectFrom('models').select(['manifest', 'bytes', 'version']).where('id', '=', id).executeTakeFirst();

/** Symbols as JSON text. */
export type LineRow = Pick<ModelRow, 'strategy_name' | 'timeframe'> & { readonly symbols: string };

export const selectChampion = async (db: Db | Trx, line: LineRow): Promise<ReadModelRow | undefined> =>
  await db
    .selectFrom('models')
    .select(COLUMNS)
    .where('state', '=', 'champion')
    .where('strategy_name', '=', line.strategy_name)
    .where('timeframe', '=', line.timeframe)
    .where(sql<boolean>`symbols = ${line.symbols}::jsonb`)
    .executeTakeFirst();

export type TradingRow = Pick<ModelRow, 'id' | 'version' | 'state' | 'expires_at'>;

/** What decides whether strategies of these versions may trade. */
export const selectTradingOf = async (db: Db, versions: readonly string[]): Promise<readonly TradingRow[]> =>
  await db.selectFrom('models').select(['id', 'version', 'state', 'expires_at']).where('version', 'in', versions).execute();

/** The same of champions, whether anything carries them or not. */
export const selectTradingOfChampions = async (db: Db): Promise<readonly TradingRow[]> =>
  await db.selectFrom('models').select(['id', 'version', 'state', 'expires_at']).where('state', '=', 'champion').execute();

/** Newest first, from before the model `after`. */
export async function selectModels(
  db: Db,
  { state, after, limit }: { readonly state: ModelState | undefined; readonly after: string | undefined; readonly limit: number },
): Promise<readonly ReadModelRow[]> {
  let query = db.selectFrom('models').select(COLUMNS).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
  if (state !== undefined) query = query.where('state', '=', state);
  if (after !== undefined)
    query = query.where(sql<boolean>`(created_at, id) < (select seen.created_at, seen.id from models as seen where seen.id = ${after})`);
  return await query.execute();
}

export async function updateModel(trx: Trx, id: string, changes: Partial<Pick<ModelRow, 'state' | 'frozen'>>): Promise<void> {
  await trx.updateTable('models').set(changes).where('id', '=', id).execute();
}

export async function insertModelChange(trx: Trx, row: Omit<ModelChangeRow, 'id'>): Promise<void> {
  await trx.insertInto('model_changes').values(row).execute();
}

export const hasChangeOfProposal = async (trx: Trx, proposalId: string): Promise<boolean> =>
  (await trx.selectFrom('model_changes').select('id').where('proposal_id', '=', proposalId).limit(1).executeTakeFirst()) !== undefined;

/** In the order in which they were made. */
export const selectModelChanges = async (
  db: Db | Trx,
  modelId: string,
): Promise<readonly (Omit<ModelChangeRow, 'id'> & { id: number })[]> =>
  await db.selectFrom('model_changes').selectAll().where('model_id', '=', modelId).orderBy('id').execute();

const OPEN = ['queued', 'running'] as const;

export async function insertTraining(trx: Trx, row: TrainingRow): Promise<void> {
  await trx.insertInto('trainings').values(row).execute();
}

/** Changes a training that has not ended; false where there is none. */
export async function updateOpenTraining(db: Db | Trx, id: string, changes: Partial<Omit<TrainingRow, 'id'>>): Promise<boolean> {
  const result = await db.updateTable('trainings').set(changes).where('id', '=', id).where('state', 'in', OPEN).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export const selectTraining = async (db: Db | Trx, id: string): Promise<TrainingRow | undefined> =>
  await db.selectFrom('trainings').selectAll().where('id', '=', id).executeTakeFirst();

export const selectTrainingOfModel = async (db: Db, modelId: string): Promise<TrainingRow | undefined> =>
  await db.selectFrom('trainings').selectAll().where('model_id', '=', modelId).where('reused', '=', false).executeTakeFirst();

/** False where it has ended; else its row is held until the transaction ends. */
export const lockOpenTraining = async (trx: Trx, id: string): Promise<boolean> =>
  (await trx.selectFrom('trainings').select('id').where('id', '=', id).where('state', 'in', OPEN).forUpdate().executeTakeFirst()) !==
  undefined;

export const selectOpenTrainings = async (db: Db): Promise<readonly string[]> =>
  (await db.selectFrom('trainings').select('id').where('state', 'in', OPEN).orderBy('created_at').orderBy('id').execute()).map(
    ({ id }) => id,
  );

/** Newest first, from before the training `after`. */
export async function selectTrainings(db: Db, after: string | undefined, limit: number): Promise<readonly TrainingRow[]> {
  let query = db.selectFrom('trainings').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
  if (after !== undefined)
    query = query.where(sql<boolean>`(created_at, id) < (select seen.created_at, seen.id from trainings as seen where seen.id = ${after})`);
  return await query.execute();
}

export const selectTrainingMarks = async (
  db: Db,
  ids: readonly string[],
): Promise<readonly Pick<TrainingRow, 'id' | 'state' | 'progress'>[]> =>
  await db.selectFrom('trainings').select(['id', 'state', 'progress']).where('id', 'in', ids).execute();
