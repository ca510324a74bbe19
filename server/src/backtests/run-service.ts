import { randomUUID } from 'node:crypto';
import type { JobHandlers, JobQueue, NewJob } from '../jobs/queue.ts';
import { openWatch } from '../jobs/watch-service.ts';
import type { Instant } from '../money/instant.ts';
import type { BacktestRuns } from './graphql.ts';
import { commandOf, instantText } from './job.ts';
import type { BacktestJob } from './job.ts';
import { writeRequest } from './request.ts';
import { runLost, workOutRun } from './run-work-service.ts';
import type { RunWork } from './run-work-service.ts';
import { abortRun, createRun, listRuns, openRuns, runById, runMarks, selectionOfRun } from './service.ts';
import type { NewRun } from './service.ts';

export interface RunServiceOptions extends Omit<RunWork, 'watch'> {
  readonly queue: Pick<JobQueue, 'ready' | 'send' | 'wake' | 'has'>;
}

export interface RunService extends BacktestRuns {
  /** What a worker does for runs. */
  readonly handlers: JobHandlers;
  /** Sends what waits and has no job: the queue does not come back from a backup with it. Returns how many. */
  resume(): Promise<number>;
  /** Stops following; what runs goes on. */
  close(): void;
}

export const RUN_JOB = 'backtest';
/** Somebody waits for it: before any part of a sweep. */
const RUN_PRIORITY = 10;

const jobFor = (run: string): NewJob => ({ kind: RUN_JOB, data: { run }, priority: RUN_PRIORITY });

const newRun = (id: string, job: BacktestJob, createdAt: Instant): NewRun => ({
  id,
  strategyName: job.strategyName,
  version: job.module.version,
  parameters: job.parameters,
  symbols: [job.symbol],
  from: instantText(job.from),
  to: instantText(job.to),
  command: commandOf(job),
  request: writeRequest(job),
  createdAt,
});

/** Backtests as jobs, recorded in the database: they outlive the browser that started them, and the process that works on them. */
export function openRunService(options: RunServiceOptions): RunService {
  const { db, queue, now, report } = options;
  const watch = openWatch((ids) => runMarks(db, ids), report);
  const work: RunWork = { ...options, watch };
  return {
    handlers: {
      work: { [RUN_JOB]: (job) => workOutRun(String(job.data['run']), job, work) },
      lost: { [RUN_JOB]: (data, reason) => runLost(String(data['run']), reason, work) },
    },
    resume: async () => {
      let sent = 0;
      for (const id of await openRuns(db)) {
        if (await queue.has(jobFor(id))) continue;
        await db.transaction().execute((transaction) => queue.send([jobFor(id)], transaction));
        sent += 1;
      }
      return sent;
    },
    list: (query) => listRuns(db, query),
    byId: (id) => runById(db, id),
    selectionOf: (id) => selectionOfRun(db, id),
    start: async (job) => {
      await queue.ready();
      const run = await db.transaction().execute(async (transaction) => {
        const id = `run-${randomUUID()}`;
        await queue.send([jobFor(id)], transaction);
        return await createRun(transaction, newRun(id, job, now()));
      });
      queue.wake();
      return run;
    },
    abort: async (id) => {
      const aborted = await abortRun(db, id, now());
      watch.notify(id);
      return aborted;
    },
    onChange: (id, listener) => watch.add(id, listener),
    close: () => watch.close(),
  };
}
