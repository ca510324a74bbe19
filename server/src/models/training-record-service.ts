import { writeManifest } from '@tidemark/compute/models';
import type { EvaluatedStrategy } from '@tidemark/compute/models';
import type { Kysely, Transaction } from 'kysely';
import type { Timeframe } from '../market-data/bar.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { CursorError, pageOfRows } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import { saveVersion } from '../strategies/service.ts';
import { momentsOf } from '../trials/moments.ts';
import { recordTrials } from '../trials/service.ts';
import type { TriedBars } from '../trials/service.ts';
import * as store from './store.ts';
import type { ModelRow, ModelTables, TrainingRow, TrainingState } from './store.ts';
import type { PreparedTraining } from './training-preparation-service.ts';
import { DAY_MS } from './model.ts';
import { labelText, readTrainingRequest, trainingCommand, writeTrainingRequest } from './training.ts';
import type { TrainingRequest } from './training.ts';

export type { TrainingState } from './store.ts';

/** A training that waits, runs or has run. */
export interface RecordedTraining {
  readonly id: string;
  readonly state: TrainingState;
  /** 0 to 1. */
  readonly progress: number;
  readonly strategyName: string;
  readonly request: TrainingRequest;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly modelId: string | undefined;
  /** The model was there before: the same content is not trained again. */
  readonly reused: boolean;
  readonly error: string | undefined;
  readonly command: string;
  readonly createdAt: Instant;
  /** As in the journal: `user:<id>`. */
  readonly createdBy: string;
  readonly finishedAt: Instant | undefined;
}

type Db = Kysely<ModelTables>;
type Trx = Transaction<ModelTables>;

/** A training that waits for its turn. */
export async function createTraining(
  trx: Trx,
  { id, request, by, at }: { readonly id: string; readonly request: TrainingRequest; readonly by: string; readonly at: Instant },
): Promise<RecordedTraining> {
  const row: TrainingRow = {
    id,
    state: 'queued',
    progress: 0,
    strategy_name: request.flags.strategy,
    request: writeTrainingRequest(request),
    symbols: JSON.stringify(request.symbols),
    timeframe: request.timeframe,
    model_id: null,
    reused: false,
    error: null,
    command: trainingCommand(request),
    created_at: new Date(at),
    created_by: by,
    finished_at: null,
  };
  await store.insertTraining(trx, row);
  return trainingOf({ ...row, symbols: request.symbols });
}

export async function trainingById(db: Db, id: string): Promise<RecordedTraining | undefined> {
  const row = await store.selectTraining(db, id);
  return row === undefined ? undefined : trainingOf(row);
}

/** Newest first; the cursor is the training's id. Throws `CursorError`. */
export async function listTrainings(db: Db, { first, after }: PageQuery): Promise<Page<RecordedTraining>> {
  if (after !== undefined && (await store.selectTraining(db, after)) === undefined) throw new CursorError();
  return pageOfRows(await store.selectTrainings(db, after, first + 1), first, (row) => row.id, trainingOf);
}

/** The training that made a model. */
export async function trainingOfModel(db: Db, modelId: string): Promise<RecordedTraining | undefined> {
  const row = await store.selectTrainingOfModel(db, modelId);
  return row === undefined ? undefined : trainingOf(row);
}

export const openTrainings = store.selectOpenTrainings;

/** Once its bars are read: the command names those that there were, for later ones would make it another training. */
export const beginTraining = async (db: Db, { id, request }: RecordedTraining, { from, to }: TriedBars): Promise<boolean> =>
  await store.updateOpenTraining(db, id, { state: 'running', progress: 0, command: trainingCommand({ ...request, from, to }) });

export const trainingProgress = async (db: Db, id: string, progress: number): Promise<boolean> =>
  await store.updateOpenTraining(db, id, { state: 'running', progress });

export const failTraining = async (db: Db, id: string, error: string, at: Instant): Promise<boolean> =>
  await store.updateOpenTraining(db, id, { state: 'failed', error, finished_at: new Date(at) });

export const abortTraining = async (db: Db, id: string, at: Instant): Promise<boolean> =>
  await store.updateOpenTraining(db, id, { state: 'aborted', finished_at: new Date(at) });

const done = (modelId: string, reused: boolean, at: Instant) =>
  ({ state: 'done', progress: 1, model_id: modelId, reused, finished_at: new Date(at) }) as const;

/** Ends a training with the model that was made of the same content before; false where there is none. */
export async function reuseModel(db: Db, id: string, contentKey: string, at: Instant): Promise<boolean> {
  const same = await store.selectModelOfContent(db, contentKey);
  return same !== undefined && (await store.updateOpenTraining(db, id, done(same.id, true, at)));
}

/**
 * Writes down the model, the version of the strategy that carries it, that something was tried on these bars, and the end of the training: all in the caller's transaction, or
 * nothing where the training has ended otherwise. Throws an Error in one sentence where the same model is carried by another module already.
 */
export async function finishTraining(
  trx: Trx,
  training: RecordedTraining,
  prepared: PreparedTraining,
  found: EvaluatedStrategy,
  at: Instant,
): Promise<void> {
  if (!(await store.lockOpenTraining(trx, training.id))) return;
  const { manifest, module } = found;
  await saveVersion(trx, { module, name: manifest.strategy.name, source: carriedNote(found) }, at);
  const isNew = await store.insertModel(trx, rowOf(training, prepared, found, at));
  if (!isNew) await checkSameModule(trx, found);
  const { bars, dataHash } = prepared;
  // Folds show what a backtest would: whoever trains until they please has tried as often. It has no Sharpe ratio of its own.
  if (isNew)
    await recordTrials(trx, { source: training.id, part: 0, version: module.version, bars, dataHash, moments: momentsOf([null]), at });
  await store.updateOpenTraining(trx, training.id, done(manifest.id, !isNew, at));
}

async function checkSameModule(trx: Trx, { manifest }: EvaluatedStrategy): Promise<void> {
  const there = await store.selectModel(trx, manifest.id);
  if (there === undefined) throw new Error('Invariant: a module or a content that is there has its model');
  if (there.version === manifest.strategy.version) return;
  throw new Error(
    `This gives the model ${manifest.id.slice(0, 12)} again, and the module ${there.version.slice(0, 12)} of ${there.strategy_name} carries it already: a model is carried by one module. Change its features, label or parameters.`,
  );
}

/** What stands where others have their source. */
const carriedNote = ({ manifest: { strategy, id } }: EvaluatedStrategy): string =>
  `// ${strategy.name}, compiled together with the model ${id}.\n// Its files can be downloaded from the page of the model.\n`;

function rowOf(
  { request, createdBy }: RecordedTraining,
  { bars, contentKey, request: { dataset } }: PreparedTraining,
  { manifest, model, module, evaluation, reference }: EvaluatedStrategy,
  at: Instant,
): ModelRow {
  return {
    id: manifest.id,
    version: module.version,
    strategy_name: manifest.strategy.name,
    state: 'candidate',
    frozen: false,
    manifest: new TextDecoder().decode(writeManifest(manifest)),
    bytes: Buffer.from(model),
    label: labelText(dataset.label),
    symbols: JSON.stringify(request.symbols),
    timeframe: request.timeframe,
    dataset_hash: manifest.dataset.hash,
    from_at: new Date(bars.from),
    to_at: new Date(bars.to),
    evaluation: JSON.stringify(evaluation),
    reference: JSON.stringify(reference),
    content_key: contentKey,
    parent: manifest.parent,
    notes: manifest.notes,
    expires_at: new Date(at + request.lifeDays * DAY_MS),
    created_at: new Date(at),
    created_by: createdBy,
  };
}

/** A text a training that differs after each change. */
export const trainingMarks = async (db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> =>
  new Map((await store.selectTrainingMarks(db, ids)).map(({ id, state, progress }) => [id, `${state} ${progress}`]));

const trainingOf = (row: TrainingRow): RecordedTraining => ({
  id: row.id,
  state: row.state,
  progress: row.progress,
  strategyName: row.strategy_name,
  request: readTrainingRequest(row.request),
  symbols: row.symbols as readonly string[],
  timeframe: row.timeframe,
  modelId: row.model_id ?? undefined,
  reused: row.reused,
  error: row.error ?? undefined,
  command: row.command,
  createdAt: instantFromMs(row.created_at.getTime()),
  createdBy: row.created_by,
  finishedAt: row.finished_at === null ? undefined : instantFromMs(row.finished_at.getTime()),
});
