import { readManifest } from '@tidemark/compute/models';
import type { DriftReference, ModelEvaluation, ModelFiles } from '@tidemark/compute/models';
import type { Kysely, Transaction } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { CursorError, pageOfRows } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import { versionByHash } from '../strategies/service.ts';
import type { ModelAction, ModelState, RecordedModel } from './model.ts';
import * as store from './store.ts';
import type { ModelTables, ReadModelRow } from './store.ts';

export type { ModelTables } from './store.ts';

/** One step in the life of a model. */
export interface ModelChange {
  readonly modelId: string;
  readonly action: ModelAction;
  readonly from: ModelState;
  readonly to: ModelState;
  /** The model that it took the place of, or that took its. */
  readonly other: string | undefined;
  /** As in the journal: `user:<id>`. */
  readonly by: string;
  /** Who approved it, where that takes two. */
  readonly secondPerson: string | undefined;
  readonly reason: string;
  readonly at: Instant;
}

type Db = Kysely<ModelTables>;
type Trx = Transaction<ModelTables>;

export async function modelById(db: Db | Trx, id: string): Promise<RecordedModel | undefined> {
  const row = await store.selectModel(db, id);
  return row === undefined ? undefined : modelOf(row);
}

/** The models that strategies' modules carry, by the SHA-256 of the modules. */
export const modelsOfVersions = async (db: Db, versions: readonly string[]): Promise<readonly RecordedModel[]> =>
  (await store.selectModelsOfVersions(db, versions)).map(modelOf);

/** `undefined` for a strategy without a model. */
export async function modelOfVersion(db: Db | Trx, version: string): Promise<RecordedModel | undefined> {
  const [row] = await store.selectModelsOfVersions(db, [version]);
  return row === undefined ? undefined : modelOf(row);
}

export interface ModelListQuery extends PageQuery {
  readonly state?: ModelState | undefined;
}

/** Newest first; the cursor is the model's id. Throws `CursorError`. */
export async function listModels(db: Db, { first, after, state }: ModelListQuery): Promise<Page<RecordedModel>> {
  if (after !== undefined && (await store.selectModel(db, after)) === undefined) throw new CursorError();
  return pageOfRows(await store.selectModels(db, { state, after, limit: first + 1 }), first, (row) => row.id, modelOf);
}

export type ModelTrading = Pick<RecordedModel, 'id' | 'version' | 'state' | 'expiresAt'>;

const tradingOf = ({ id, version, state, expires_at }: store.TradingRow): ModelTrading => ({
  id,
  version,
  state,
  expiresAt: instantFromMs(expires_at.getTime()),
});

/** Of versions that carry a model, what decides whether they may trade. */
export const tradingOfVersions = async (db: Db, versions: readonly string[]): Promise<readonly ModelTrading[]> =>
  versions.length === 0 ? [] : (await store.selectTradingOf(db, versions)).map(tradingOf);

/** Of these versions, and of every champion. */
export async function watchedModels(db: Db, versions: readonly string[]): Promise<readonly ModelTrading[]> {
  const champions = (await store.selectTradingOfChampions(db)).map(tradingOf);
  const others = (await tradingOfVersions(db, versions)).filter(({ id }) => champions.every((champion) => champion.id !== id));
  return [...champions, ...others];
}

/** The three files of a model, as `tidemark train` writes them. */
export async function filesOfModel(db: Kysely<ModelTables>, id: string): Promise<ModelFiles | undefined> {
  const row = await store.selectModelFiles(db, id);
  const kept = row === undefined ? undefined : await versionByHash(db, row.version);
  if (row === undefined || kept === undefined) return undefined;
  return { manifest: new TextEncoder().encode(row.manifest), model: new Uint8Array(row.bytes), module: kept.module.wasm };
}

/** In the order in which they were made. */
export async function changesOfModel(db: Db | Trx, id: string): Promise<readonly ModelChange[]> {
  return (await store.selectModelChanges(db, id)).map((row) => ({
    modelId: row.model_id,
    action: row.action,
    from: row.from_state,
    to: row.to_state,
    other: row.other ?? undefined,
    by: row.by_person,
    secondPerson: row.second_person ?? undefined,
    reason: row.reason,
    at: instantFromMs(row.at.getTime()),
  }));
}

/** A row as the rest of the program knows it. Throws a ModelFileError where the manifest was changed in the database. */
export const modelOf = (row: ReadModelRow): RecordedModel => ({
  id: row.id,
  version: row.version,
  strategyName: row.strategy_name,
  state: row.state,
  frozen: row.frozen,
  manifest: readManifest(new TextEncoder().encode(row.manifest)),
  label: row.label,
  symbols: row.symbols as readonly string[],
  timeframe: row.timeframe,
  datasetHash: row.dataset_hash,
  from: instantFromMs(row.from_at.getTime()),
  to: instantFromMs(row.to_at.getTime()),
  parent: row.parent ?? undefined,
  notes: row.notes,
  evaluation: JSON.parse(row.evaluation) as ModelEvaluation,
  reference: row.reference === null ? undefined : (JSON.parse(row.reference) as DriftReference),
  expiresAt: instantFromMs(row.expires_at.getTime()),
  createdAt: instantFromMs(row.created_at.getTime()),
  createdBy: row.created_by,
});
