import { randomUUID } from 'node:crypto';
import type { JobHandlers, JobQueue, NewJob } from '../jobs/queue.ts';
import { openWatch } from '../jobs/watch-service.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import type { StudyPace } from './pace.ts';
import { abortStudy, createStudy, listStudies, openStudies, studyById, studyMarks, studyPace } from './service.ts';
import { commandOf } from './study-command.ts';
import type { RecordedStudy } from './study-record.ts';
import { endJob, openStudyWork, partJob, planJob } from './study-work-service.ts';
import type { PartsInCommon, StudySteps, StudyWork } from './study-work-service.ts';
import { writeRequest } from './study.ts';
import type { StudyJob, StudyKind } from './study.ts';

/** What the API needs of every kind of study. */
export interface Studies<K extends StudyKind> {
  list(query: PageQuery): Promise<Page<RecordedStudy<K>>>;
  byId(id: string): Promise<RecordedStudy<K> | undefined>;
  /** How quickly the newest of them were done, those of this version where there are any; `undefined` where none was. */
  pace(version: string | undefined): Promise<StudyPace | undefined>;
  /** Queues it and answers at once. */
  start(job: StudyJob): Promise<RecordedStudy<K>>;
  /** False where it has ended. */
  abort(id: string): Promise<boolean>;
  /** Called at each change of this study; returns the way to stop. */
  onChange(id: string, listener: () => void): () => void;
}

export interface StudyService<K extends StudyKind> extends Studies<K> {
  readonly handlers: JobHandlers;
  /** Sends what waits and has no job. Returns how many. */
  resume(): Promise<number>;
  close(): Promise<void>;
}

export interface StudyServiceOptions extends Omit<StudyWork, 'watch'> {
  readonly queue: Pick<JobQueue, 'ready' | 'send' | 'wake' | 'has'>;
}

type Open = Awaited<ReturnType<typeof openStudies>>[number];

/** Jobs of a study that is open: its plan, the parts that are missing, or its end. */
const jobsOf = (kind: StudyKind, { id, missing }: Open): readonly NewJob[] => {
  if (missing === undefined) return [planJob(kind, id)];
  return missing.length === 0 ? [endJob(kind, id)] : missing.map((part) => partJob(kind, id, part));
};

async function resume(kind: StudyKind, { db, queue }: StudyServiceOptions): Promise<number> {
  await queue.ready();
  let sent = 0;
  for (const open of await openStudies(db, kind)) {
    const jobs = jobsOf(kind, open);
    const there = await Promise.all(jobs.map((job) => queue.has(job)));
    const gone = jobs.filter((_, index) => there[index] !== true);
    if (gone.length > 0) await db.transaction().execute((transaction) => queue.send(gone, transaction));
    sent += gone.length;
  }
  return sent;
}

async function start<K extends StudyKind>(kind: K, job: StudyJob, { db, queue, now }: StudyServiceOptions): Promise<RecordedStudy<K>> {
  await queue.ready();
  const study = await db.transaction().execute(async (transaction) => {
    const id = `${kind}-${randomUUID()}`;
    await queue.send([planJob(kind, id)], transaction);
    const { strategyName, symbols, timeframe, module } = job;
    const about = { id, kind, strategyName, symbols, timeframe, version: module.version };
    return await createStudy(transaction, { ...about, request: writeRequest(job), command: commandOf(job), createdAt: now() });
  });
  queue.wake();
  return study;
}

/** Studies of a kind as jobs, in parts that any worker takes. */
export function openStudyService<K extends StudyKind, O extends PartsInCommon>(
  stepsFor: (work: StudyWork) => StudySteps<K, O>,
  options: StudyServiceOptions,
): StudyService<K> {
  const { db, now, report } = options;
  const watch = openWatch((ids) => studyMarks(db, ids), report);
  const work: StudyWork = { ...options, watch };
  const steps = stepsFor(work);
  const { kind } = steps;
  const { handlers, close } = openStudyWork(steps, work);
  return {
    handlers,
    list: (query) => listStudies(db, kind, query),
    byId: (id) => studyById(db, kind, id),
    pace: (version) => studyPace(db, kind, version),
    start: (job) => start(kind, job, options),
    abort: async (id) => {
      const aborted = await abortStudy(db, id, now());
      watch.notify(id);
      return aborted;
    },
    onChange: (id, listener) => watch.add(id, listener),
    resume: () => resume(kind, options),
    close: async () => {
      watch.close();
      await close();
    },
  };
}
