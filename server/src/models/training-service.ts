import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { JobHandlers, JobQueue, NewJob } from '../jobs/queue.ts';
import { openWatch } from '../jobs/watch-service.ts';
import type { Instant } from '../money/instant.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import type { ModelTables } from './service.ts';
import { abortTraining, createTraining, listTrainings, openTrainings, trainingById, trainingMarks } from './training-record-service.ts';
import type { RecordedTraining } from './training-record-service.ts';
import { trainingLost, workOutTraining } from './training-work-service.ts';
import type { TrainingWork } from './training-work-service.ts';
import type { TrainingRequest } from './training.ts';

/** What the API needs of trainings. */
export interface Trainings {
  list(query: PageQuery): Promise<Page<RecordedTraining>>;
  byId(id: string): Promise<RecordedTraining | undefined>;
  /** Queues it and answers at once. `by` as in the journal. */
  start(request: TrainingRequest, by: string): Promise<RecordedTraining>;
  /** False where it has ended. */
  abort(id: string): Promise<boolean>;
  /** Called at each change of this training; returns the way to stop. */
  onChange(id: string, listener: () => void): () => void;
}

export interface TrainingService extends Trainings {
  readonly handlers: JobHandlers;
  /** Sends what waits and has no job. Returns how many. */
  resume(): Promise<number>;
  close(): void;
}

export interface TrainingServiceOptions extends Omit<TrainingWork, 'watch'> {
  readonly queue: Pick<JobQueue, 'ready' | 'send' | 'wake' | 'has'>;
}

export const TRAINING_JOB = 'training';
/** Before the parts of a sweep, after a backtest: it takes minutes, and somebody waits for it. */
const TRAINING_PRIORITY = 7;

const jobFor = (training: string): NewJob => ({ kind: TRAINING_JOB, data: { training }, priority: TRAINING_PRIORITY });

/** A training that waits, with its job: both in the caller's transaction, which begins after `ready` of the queue and ends before its `wake`. */
export async function queueTraining(
  trx: Transaction<ModelTables>,
  queue: Pick<JobQueue, 'send'>,
  asked: { readonly request: TrainingRequest; readonly by: string; readonly at: Instant },
): Promise<RecordedTraining> {
  const id = `training-${randomUUID()}`;
  await queue.send([jobFor(id)], trx);
  return await createTraining(trx, { id, ...asked });
}

/** Trainings as jobs, recorded in the database: they outlive the browser that started them, and the process that works on them. */
export function openTrainingService(options: TrainingServiceOptions): TrainingService {
  const { db, queue, now, report } = options;
  const watch = openWatch((ids) => trainingMarks(db, ids), report);
  const work: TrainingWork = { ...options, watch };
  return {
    handlers: {
      work: { [TRAINING_JOB]: (job) => workOutTraining(String(job.data['training']), job, work) },
      lost: { [TRAINING_JOB]: (data, reason) => trainingLost(String(data['training']), reason, work) },
    },
    list: (query) => listTrainings(db, query),
    byId: (id) => trainingById(db, id),
    start: async (request, by) => {
      await queue.ready();
      const training = await db.transaction().execute((transaction) => queueTraining(transaction, queue, { request, by, at: now() }));
      queue.wake();
      return training;
    },
    abort: async (id) => {
      const aborted = await abortTraining(db, id, now());
      watch.notify(id);
      return aborted;
    },
    onChange: (id, listener) => watch.add(id, listener),
    resume: async () => {
      await queue.ready();
      let sent = 0;
      for (const id of await openTrainings(db)) {
        if (await queue.has(jobFor(id))) continue;
        await db.transaction().execute((transaction) => queue.send([jobFor(id)], transaction));
        sent += 1;
      }
      return sent;
    },
    close: () => watch.close(),
  };
}
