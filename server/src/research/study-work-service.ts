import type { Statistics } from '@tidemark/compute/statistics';
import type { Kysely } from 'kysely';
import { untilEnded } from '../jobs/life-service.ts';
import type { JobHandlers, JobQueue, NewJob, TakenJob } from '../jobs/queue.ts';
import type { Watch } from '../jobs/watch-service.ts';
import type { Instant } from '../money/instant.ts';
import { beginStudy, failStudy, finishStudy, partIsDone, reuseStudy, savePart, studyById } from './service.ts';
import type { ResearchTables, StudyEnd, StudyPlan, WorkedPart } from './service.ts';
import { openPools } from '../platform/pools.ts';
import type { Shared } from '../platform/pools.ts';
import type { StudySources } from './study-preparation-service.ts';
import type { RecordedStudy } from './study-record.ts';
import type { StudyKind } from './study.ts';

export interface StudyWork extends StudySources {
  readonly db: Kysely<ResearchTables>;
  readonly queue: Pick<JobQueue, 'ready' | 'send' | 'wake'>;
  readonly statistics: () => Promise<Statistics>;
  /** Threads that a study may use in this process. */
  readonly threads: number;
  /** The wall clock. */
  readonly now: () => Instant;
  readonly watch: Pick<Watch, 'add' | 'notify'>;
  readonly report: (what: string, error: unknown) => void;
}

/** What is particular to one kind of study. Errors in a sentence: they are shown. */
export interface StudySteps<K extends StudyKind, O extends PartsInCommon> {
  readonly kind: K;
  /** Reads the bars, and says in how many parts it is worked out. */
  plan(study: RecordedStudy<K>): Promise<StudyPlan>;
  /** Kept open from part to part. */
  open(study: RecordedStudy<K>): Promise<O>;
  part(study: RecordedStudy<K>, part: number, opened: O): Promise<WorkedPart>;
  /** After all parts. */
  end(study: RecordedStudy<K>, signal: AbortSignal): Promise<StudyEnd<K>>;
}

export interface PartsInCommon extends Shared {
  readonly bars: StudyPlan['bars'];
}

/** The kinds of its jobs. */
export const jobKinds = (kind: StudyKind) => ({ plan: kind, part: `${kind}-part`, end: `${kind}-end` }) as const;

export const planJob = (kind: StudyKind, sweep: string): NewJob => ({ kind: jobKinds(kind).plan, data: { sweep }, priority: 5 });
export const partJob = (kind: StudyKind, sweep: string, part: number): NewJob => ({ kind: jobKinds(kind).part, data: { sweep, part } });
export const endJob = (kind: StudyKind, sweep: string): NewJob => ({ kind: jobKinds(kind).end, data: { sweep }, priority: 5 });

/** Rejects with the signal's reason, when there is one. */
export const rejected = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

/** Sends a job a part; or takes the results of an earlier study of the same content. */
async function workOutPlan<K extends StudyKind, O extends PartsInCommon>(
  study: RecordedStudy<K>,
  steps: StudySteps<K, O>,
  { db, queue, now }: StudyWork,
): Promise<void> {
  if (study.state !== 'queued') return;
  const plan = await steps.plan(study);
  if (await reuseStudy(db, study.id, plan, now())) return;
  await queue.ready();
  await db.transaction().execute(async (transaction) => {
    if (!(await beginStudy(transaction, study.id, plan))) return;
    const jobs = Array.from({ length: plan.parts }, (_, part) => partJob(steps.kind, study.id, part));
    await queue.send(jobs, transaction);
  });
  queue.wake();
}

/** The last part that is written down sends the job that ends the study. */
async function save<K extends StudyKind>(
  study: RecordedStudy<K>,
  part: number,
  worked: WorkedPart & { readonly dataHash: string; readonly kind: K },
  { db, queue, now }: StudyWork,
): Promise<void> {
  await queue.ready();
  await db.transaction().execute(async (transaction) => {
    if (await savePart(transaction, { ...worked, study, part, at: now() })) await queue.send([endJob(worked.kind, study.id)], transaction);
  });
  queue.wake();
}

type Step<K extends StudyKind> = (study: RecordedStudy<K>, job: TakenJob, signal: AbortSignal) => Promise<void>;

/** Rejects, so that it is tried again, where this process closes or the database is away; what else fails fails the study. */
async function guarded<K extends StudyKind>(kind: K, job: TakenJob, step: Step<K>, work: StudyWork): Promise<void> {
  const { db, now, watch } = work;
  const id = String(job.data['sweep']);
  const study = await studyById(db, kind, id);
  if (study === undefined || (study.state !== 'queued' && study.state !== 'running')) return;
  const ended = untilEnded(id, async () => (await studyById(db, kind, id))?.state, work);
  try {
    await step(study, job, AbortSignal.any([job.signal, ended.signal]));
  } catch (error) {
    if (ended.signal.aborted) return;
    if (job.signal.aborted || (error instanceof Error && error.name === 'DatabaseUnavailable')) throw error;
    await failStudy(db, id, error instanceof Error ? error.message : String(error), now());
  } finally {
    ended.stop();
    watch.notify(id);
  }
}

/** The jobs of a kind of study: what it is made of, a part, and what comes of all parts. */
export function openStudyWork<K extends StudyKind, O extends PartsInCommon>(steps: StudySteps<K, O>, work: StudyWork) {
  const { db, now, watch } = work;
  const { kind } = steps;
  const kinds = jobKinds(kind);
  const pools = openPools<O>();
  const part: Step<K> = async (study, job, signal) => {
    const number = Number(job.data['part']);
    if (study.state !== 'running' || (await partIsDone(db, study.id, number))) return;
    await pools.use(
      study.id,
      () => steps.open(study),
      async (opened) => {
        const worked = await Promise.race([steps.part(study, number, opened), rejected(signal)]);
        await save(study, number, { ...worked, kind, dataHash: opened.bars.hash }, work);
      },
    );
  };
  const end: Step<K> = async (study, _job, signal) => {
    if (study.state !== 'running' || study.progress < 1) return;
    await finishStudy(db, study.id, await steps.end(study, signal), now());
  };
  const lost = async (data: TakenJob['data'], reason: string): Promise<void> => {
    const id = String(data['sweep']);
    await failStudy(db, id, `A part of it was begun again and again, and never came to its end: ${reason}`, now());
    watch.notify(id);
  };
  const handlers: JobHandlers = {
    work: {
      [kinds.plan]: (job) => guarded(kind, job, (study) => workOutPlan(study, steps, work), work),
      [kinds.part]: (job) => guarded(kind, job, part, work),
      [kinds.end]: (job) => guarded(kind, job, end, work),
    },
    lost: { [kinds.plan]: lost, [kinds.part]: lost, [kinds.end]: lost },
  };
  return { handlers, close: () => pools.close() };
}
