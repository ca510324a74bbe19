import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { BarColumns } from '../market-data/bar.ts';
import type { BarQuery } from '../market-data/graphql.ts';
import { TIMEFRAME_MS } from '../market-data/validate-bar.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { CursorError, pageOfRows } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { restsUntil, retrainingReasons, successorRequest } from './retraining.ts';
import type { Retraining, RetrainingReason, RetrainingStanding, RetrainingState } from './retraining.ts';
import * as retrainings from './retraining-store.ts';
import type { RetrainingRow } from './retraining-store.ts';
import type { ModelTables } from './store.ts';
import { modelById } from './service.ts';
import { trainingOfModel } from './training-record-service.ts';
import type { RecordedTraining } from './training-record-service.ts';
import { queueTraining } from './training-service.ts';
import { readTrainingRequest } from './training.ts';
import type { TrainingRequest } from './training.ts';

type Db = Kysely<ModelTables>;

export interface RetrainingListQuery extends PageQuery {
  readonly state?: RetrainingState | undefined;
}

export type Started =
  | { readonly ok: true; readonly retraining: Retraining; readonly training: RecordedTraining }
  | { readonly ok: false; readonly problem: string };
export type Dismissed = { readonly ok: true; readonly retraining: Retraining } | { readonly ok: false; readonly problem: string };

/** What the API needs of proposals to train again. */
export interface Retrainings {
  /** Newest first; the cursor is the id. Throws `CursorError`. */
  list(query: RetrainingListQuery): Promise<Page<Retraining>>;
  /** The one of this model that nobody has decided about. */
  openOf(modelId: string): Promise<Retraining | undefined>;
  /** Queues the training. `undefined` where there is no such proposal. `by` as in the journal. */
  start(id: string, by: string): Promise<Started | undefined>;
  dismiss(id: string, who: { readonly by: string; readonly reason: string }): Promise<Dismissed | undefined>;
}

export interface RetrainingService extends Retrainings {
  /** Proposes what should be trained again of these models, and ends what was overtaken. Resolves with what is open then. */
  look(modelIds: readonly string[]): Promise<readonly Retraining[]>;
}

export interface RetrainingOptions {
  readonly db: Db;
  readonly queue: Pick<JobQueue, 'ready' | 'send' | 'wake'>;
  readonly bars: (query: BarQuery) => Promise<BarColumns>;
  /** As last measured where the model works. */
  readonly driftOf: (modelId: string) => Promise<RetrainingStanding['drift']>;
  readonly healthMin: number;
  /** The venue's time: later bars are its future, and nothing learns from them. */
  readonly present: () => Instant;
  /** The wall clock. */
  readonly now: () => Instant;
}

/** Bars that a model has not learnt from. */
interface NewBars {
  /** Of the symbol with the fewest. */
  readonly count: number;
  /** Start of the newest that all symbols have. */
  readonly newestAt: Instant;
}

/** `undefined` where a symbol has none that is over. */
async function newBarsOf(
  { symbols, timeframe }: Pick<TrainingRequest, 'symbols' | 'timeframe'>,
  learntTo: Instant,
  { bars, present }: RetrainingOptions,
): Promise<NewBars | undefined> {
  const span = { timeframe, from: instantFromMs(learntTo + 1), to: instantFromMs(present() - TIMEFRAME_MS[timeframe]), last: undefined };
  if (span.from > span.to) return undefined;
  const found = await Promise.all(symbols.map((symbol) => bars({ ...span, symbol })));
  const count = Math.min(...found.map(({ length }) => length));
  if (count === 0) return undefined;
  return { count, newestAt: instantFromMs(Math.min(...found.map(({ startAtMs }) => startAtMs.at(-1) ?? 0))) };
}

/** Ends open proposals whose model was retired or has a successor. */
async function endOvertaken(db: Db, now: Instant): Promise<void> {
  for (const { id, model_state: modelState } of await retrainings.selectOvertaken(db)) {
    const because = modelState === 'retired' ? 'The model was retired.' : 'The model has a successor.';
    const ended = { state: 'obsolete', ended_at: new Date(now), by_person: null, because, training_id: null } as const;
    await retrainings.endRetraining(db, id, ended);
  }
}

/** Proposes one, where a reason holds that does not rest. */
async function proposeFor(
  standing: Awaited<ReturnType<typeof retrainings.selectStandings>>[number],
  decided: ReadonlyMap<RetrainingReason, Instant>,
  options: RetrainingOptions,
): Promise<void> {
  const { db, driftOf, healthMin, now } = options;
  const request = readTrainingRequest(standing.request);
  const model = { createdAt: instantFromMs(standing.created_at.getTime()), expiresAt: instantFromMs(standing.expires_at.getTime()) };
  const rests = { model, everyDays: request.retrainDays, drift: await driftOf(standing.id), healthMin };
  const found = retrainingReasons(rests, now()).find(({ reason }) => {
    const endedAt = decided.get(reason);
    return endedAt === undefined || now() >= restsUntil(endedAt);
  });
  if (found === undefined) return;
  const fresh = await newBarsOf(request, instantFromMs(standing.to_at.getTime()), options);
  if (fresh === undefined) return;
  await retrainings.insertRetraining(db, {
    id: `retraining-${randomUUID()}`,
    model_id: standing.id,
    ...found,
    new_bars: fresh.count,
    newest_at: new Date(fresh.newestAt),
    state: 'open',
    proposed_at: new Date(now()),
    ended_at: null,
    by_person: null,
    because: null,
    training_id: null,
  });
}

async function look(modelIds: readonly string[], options: RetrainingOptions): Promise<readonly Retraining[]> {
  const { db, now } = options;
  await endOvertaken(db, now());
  const open = new Set((await retrainings.selectOpen(db)).map((row) => row.model_id));
  const asked = modelIds.filter((id) => !open.has(id));
  if (asked.length > 0) {
    const decided = await retrainings.selectDecided(db, asked);
    for (const standing of await retrainings.selectStandings(db, asked)) {
      const own = decided.filter((row) => row.model_id === standing.id);
      const ends = own.flatMap((row) => (row.ended_at === null ? [] : [[row.reason, instantFromMs(row.ended_at.getTime())] as const]));
      await proposeFor(standing, new Map(ends), options);
    }
  }
  return (await retrainings.selectOpen(db)).map(retrainingOf);
}

const over = ({ state }: Pick<RetrainingRow, 'state'>): string => `It is ${state} already: nothing changes any more.`;

async function start(id: string, by: string, options: RetrainingOptions): Promise<Started | undefined> {
  const { db, queue, now } = options;
  const row = await retrainings.selectRetraining(db, id);
  if (row === undefined) return undefined;
  const [model, made] = [await modelById(db, row.model_id), await trainingOfModel(db, row.model_id)];
  if (row.state !== 'open') return { ok: false, problem: over(row) };
  if (model === undefined || made === undefined)
    throw new Error(`Invariant: the model ${row.model_id} and its training are never taken out`);
  if (model.state === 'retired') return { ok: false, problem: 'The model was retired: nothing follows it. Train another.' };
  const fresh = await newBarsOf(made.request, model.to, options);
  if (fresh === undefined) return { ok: false, problem: 'There are no bars that it has not learnt from: store newer ones first.' };
  const request = successorRequest(made.request, { modelId: model.id, reason: row.reason }, fresh.newestAt);
  await queue.ready();
  const training = await db.transaction().execute(async (trx) => {
    const queued = await queueTraining(trx, queue, { request, by, at: now() });
    const ended = { state: 'started', ended_at: new Date(now()), by_person: by, because: null, training_id: queued.id } as const;
    if (!(await retrainings.endRetraining(trx, id, ended))) throw new EndedMeanwhile();
    return queued;
  });
  queue.wake();
  return { ok: true, retraining: await again(db, id), training };
}

/** Somebody else decided in between: nothing is queued. */
class EndedMeanwhile extends Error {
  override readonly name = 'EndedMeanwhile';
}

async function again(db: Db, id: string): Promise<Retraining> {
  const row = await retrainings.selectRetraining(db, id);
  if (row === undefined) throw new Error(`Invariant: the proposal ${id} is kept`);
  return retrainingOf(row);
}

async function dismiss(
  id: string,
  { by, reason }: { readonly by: string; readonly reason: string },
  { db, now }: RetrainingOptions,
): Promise<Dismissed | undefined> {
  const ended = { state: 'dismissed', ended_at: new Date(now()), by_person: by, because: reason, training_id: null } as const;
  const isEnded = await retrainings.endRetraining(db, id, ended);
  const row = await retrainings.selectRetraining(db, id);
  if (row === undefined) return undefined;
  return isEnded ? { ok: true, retraining: retrainingOf(row) } : { ok: false, problem: over(row) };
}

/** Proposals to train a model again: the server makes them, people decide. */
export function openRetrainings(options: RetrainingOptions): RetrainingService {
  const { db } = options;
  return {
    look: (modelIds) => look(modelIds, options),
    list: async ({ first, after, state }) => {
      if (after !== undefined && (await retrainings.selectRetraining(db, after)) === undefined) throw new CursorError();
      const rows = await retrainings.selectRetrainings(db, { state, after, limit: first + 1 });
      return pageOfRows(rows, first, (row) => row.id, retrainingOf);
    },
    openOf: async (modelId) => {
      const row = await retrainings.selectOpenOf(db, modelId);
      return row === undefined ? undefined : retrainingOf(row);
    },
    start: async (id, by) => {
      try {
        return await start(id, by, options);
      } catch (error) {
        if (!(error instanceof EndedMeanwhile)) throw error;
        return { ok: false, problem: over(await again(db, id)) };
      }
    },
    dismiss: (id, who) => dismiss(id, who, options),
  };
}

const retrainingOf = (row: RetrainingRow): Retraining => ({
  id: row.id,
  modelId: row.model_id,
  reason: row.reason,
  evidence: row.evidence,
  newBars: row.new_bars,
  newestAt: instantFromMs(row.newest_at.getTime()),
  state: row.state,
  proposedAt: instantFromMs(row.proposed_at.getTime()),
  endedAt: row.ended_at === null ? undefined : instantFromMs(row.ended_at.getTime()),
  by: row.by_person ?? undefined,
  because: row.because ?? undefined,
  trainingId: row.training_id ?? undefined,
});
