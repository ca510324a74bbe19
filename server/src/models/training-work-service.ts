import type { trainInWorker } from '@tidemark/compute/models';
import type { Kysely } from 'kysely';
import { untilEnded, writtenProgress } from '../jobs/life-service.ts';
import type { TakenJob } from '../jobs/queue.ts';
import type { Watch } from '../jobs/watch-service.ts';
import type { Instant } from '../money/instant.ts';
import type { ModelTables } from './store.ts';
import { prepareTraining } from './training-preparation-service.ts';
import type { TrainingSources } from './training-preparation-service.ts';
import { beginTraining, failTraining, finishTraining, reuseModel, trainingById, trainingProgress } from './training-record-service.ts';
import type { RecordedTraining } from './training-record-service.ts';

export interface TrainingWork extends TrainingSources {
  readonly db: Kysely<ModelTables>;
  /** Trains away from this thread. */
  readonly train: typeof trainInWorker;
  /** The wall clock. */
  readonly now: () => Instant;
  readonly watch: Pick<Watch, 'add' | 'notify'>;
  readonly report: (what: string, error: unknown) => void;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function train(training: RecordedTraining, signal: AbortSignal, work: TrainingWork): Promise<void> {
  const { db, now, watch } = work;
  const { id } = training;
  const prepared = await prepareTraining(training.request, work);
  await beginTraining(db, training, prepared.bars);
  if (await reuseModel(db, id, prepared.contentKey, now())) return;
  watch.notify(id);
  const progress = writtenProgress(id, (fraction) => trainingProgress(db, id, fraction), work);
  try {
    const found = await work.train(prepared.request, { signal, onProgress: progress.note });
    await progress.settled();
    await db.transaction().execute((transaction) => finishTraining(transaction, training, prepared, found, now()));
  } finally {
    await progress.settled();
  }
}

/**
 * Trains a model and writes down how it ended. Rejects, so that it is tried again, where this process closes or the database is away; a training that ended otherwise is left as
 * it is.
 */
export async function workOutTraining(id: string, { signal }: Pick<TakenJob, 'signal'>, work: TrainingWork): Promise<void> {
  const training = await trainingById(work.db, id);
  if (training === undefined || (training.state !== 'queued' && training.state !== 'running')) return;
  const ended = untilEnded(id, async () => (await trainingById(work.db, id))?.state, work);
  try {
    await train(training, AbortSignal.any([signal, ended.signal]), work);
  } catch (error) {
    if (ended.signal.aborted) return;
    if (signal.aborted || (error instanceof Error && error.name === 'DatabaseUnavailable')) throw error;
    await failTraining(work.db, id, messageOf(error), work.now());
  } finally {
    ended.stop();
    work.watch.notify(id);
  }
}

/** A training whose worker was lost again and again. */
export async function trainingLost(id: string, reason: string, { db, now, watch }: TrainingWork): Promise<void> {
  await failTraining(db, id, `It was begun again and again, and never came to its end: ${reason}`, now());
  watch.notify(id);
}
