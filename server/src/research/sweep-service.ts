import { randomUUID } from 'node:crypto';
import { instantText, optionWords, spanWords } from '../backtests/job.ts';
import type { JobHandlers, JobQueue, NewJob } from '../jobs/queue.ts';
import { openWatch } from '../jobs/watch-service.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import { abortSweep, createSweep, listSweeps, openSweeps, partsOf, sweepById, sweepMarks } from './service.ts';
import type { RecordedSweep } from './service.ts';
import { endJob, openSweepWork, partJob, planJob } from './sweep-work-service.ts';
import type { SweepWork } from './sweep-work-service.ts';
import { openSurface } from './surface.ts';
import type { Surface } from './surface.ts';
import { setsAPart, setsOf, writeSweepRequest } from './sweep.ts';
import type { SweepJob } from './sweep.ts';

/** What the API needs of sweeps. */
export interface Sweeps {
  list(query: PageQuery): Promise<Page<RecordedSweep>>;
  byId(id: string): Promise<RecordedSweep | undefined>;
  /** Queues it and answers at once. */
  start(job: SweepJob): Promise<RecordedSweep>;
  /** False where it has ended. */
  abort(id: string): Promise<boolean>;
  /** The best of each place of two parameters, of what is done so far. */
  surface(id: string, x: string, y: string): Promise<Surface>;
  /** Called at each change of this sweep; returns the way to stop. */
  onChange(id: string, listener: () => void): () => void;
}

export interface SweepService extends Sweeps {
  readonly handlers: JobHandlers;
  /** Sends what waits and has no job. Returns how many. */
  resume(): Promise<number>;
  close(): Promise<void>;
}

export interface SweepServiceOptions extends Omit<SweepWork, 'watch'> {
  readonly queue: Pick<JobQueue, 'ready' | 'send' | 'wake' | 'has'>;
}

/** The command that runs the same sweep over a file of the bars. Nothing of it is counted among the trials of the database. */
function commandOf(job: SweepJob): string {
  const { grid, where, method, samples } = job.space;
  const words = [
    'npx tidemark sweep --csv bars.csv --strategy',
    job.strategyFlag,
    ...grid.flatMap((axis) => ['--grid', axis]),
    ...(where === undefined ? [] : ['--where', `'${where}'`]),
    ...(method === 'grid' ? [] : ['--method', method, '--samples', String(samples)]),
    ...spanWords({ parameters: job.parameters, from: instantText(job.from), to: instantText(job.to) }),
    ...optionWords(job.options),
  ];
  return words.join(' ');
}

/** Jobs of a sweep that is open: its plan, the parts that are missing, or its end. */
const jobsOf = ({ id, missing }: { readonly id: string; readonly missing: readonly number[] | undefined }): readonly NewJob[] => {
  if (missing === undefined) return [planJob(id)];
  return missing.length === 0 ? [endJob(id)] : missing.map((part) => partJob(id, part));
};

async function surfaceOf(db: SweepServiceOptions['db'], id: string, x: string, y: string): Promise<Surface> {
  const sweep = await sweepById(db, id);
  if (sweep?.size === undefined || sweep.bars === undefined) return [];
  const { space, parameters, options, symbols } = sweep.request;
  const sets = setsOf(space, parameters, options.seed);
  const length = setsAPart(sweep.size, sweep.bars * symbols.length);
  const surface = openSurface(sets.axes, x, y);
  for await (const { part, figures } of partsOf(db, sweep.reusedFrom ?? id)) {
    surface.add(sets.part(part * length, (part + 1) * length), figures);
  }
  return surface.cells();
}

/** Sweeps as jobs, in parts that any worker takes. */
export function openSweepService(options: SweepServiceOptions): SweepService {
  const { db, queue, now, report } = options;
  const watch = openWatch((ids) => sweepMarks(db, ids), report);
  const work = openSweepWork({ ...options, watch });
  return {
    handlers: work.handlers,
    list: (query) => listSweeps(db, query),
    byId: (id) => sweepById(db, id),
    start: async (job) => {
      await queue.ready();
      const sweep = await db.transaction().execute(async (transaction) => {
        const id = `sweep-${randomUUID()}`;
        await queue.send([planJob(id)], transaction);
        const { strategyName, symbols, timeframe, module } = job;
        const request = writeSweepRequest(job);
        const about = { id, strategyName, symbols, timeframe, version: module.version };
        return await createSweep(transaction, { ...about, request, command: commandOf(job), createdAt: now() });
      });
      queue.wake();
      return sweep;
    },
    abort: async (id) => {
      const aborted = await abortSweep(db, id, now());
      watch.notify(id);
      return aborted;
    },
    surface: (id, x, y) => surfaceOf(db, id, x, y),
    onChange: (id, listener) => watch.add(id, listener),
    resume: async () => {
      await queue.ready();
      let sent = 0;
      for (const open of await openSweeps(db)) {
        const jobs = jobsOf(open);
        const there = await Promise.all(jobs.map((job) => queue.has(job)));
        const gone = jobs.filter((_, index) => there[index] !== true);
        if (gone.length > 0) await db.transaction().execute((transaction) => queue.send(gone, transaction));
        sent += gone.length;
      }
      return sent;
    },
    close: async () => {
      watch.close();
      await work.close();
    },
  };
}
