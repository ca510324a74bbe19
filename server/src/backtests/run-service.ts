import { randomUUID } from 'node:crypto';
import { runBacktestInWorker } from '@tidemark/compute';
import type { BarSeries } from '@tidemark/compute/types';
import type { Kysely } from 'kysely';
import type { BarQuery } from '../market-data/graphql.ts';
import { formatInstant, instant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { BacktestRuns } from './graphql.ts';
import { commandOf } from './job.ts';
import type { BacktestJob } from './job.ts';
import {
  abortRun,
  createRun,
  failInterruptedRuns,
  failRun,
  finishRun,
  listRuns,
  resultOfRun,
  runById,
  updateRunProgress,
} from './service.ts';
import type { BacktestTables, NewRun } from './service.ts';

export interface RunServiceOptions {
  readonly db: Kysely<BacktestTables>;
  readonly bars: (query: BarQuery) => Promise<BarSeries>;
  /** The wall clock. */
  readonly now: () => Instant;
  readonly report: (what: string, error: unknown) => void;
}

export interface RunService extends BacktestRuns {
  /** Aborts what runs, and resolves when that is written down. */
  close(): Promise<void>;
}

const PROGRESS_MS_MIN = 250;

/** Who listens to which run. */
function runListeners() {
  const listeners = new Map<string, Set<() => void>>();
  return {
    notify: (id: string) => listeners.get(id)?.forEach((listener) => listener()),
    add: (id: string, listener: () => void) => {
      const own = listeners.get(id) ?? new Set();
      own.add(listener);
      listeners.set(id, own);
      return () => {
        own.delete(listener);
        if (own.size === 0) listeners.delete(id);
      };
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Changes a run's record, then tells whoever follows it. */
type RecordChange = (id: string, change: () => Promise<boolean>) => Promise<void>;

/** Writes how far a run is, not more often than people can see. */
function progressOf(id: string, record: RecordChange, { db, now, report }: RunServiceOptions) {
  let writtenAtMs = 0;
  let last: Promise<void> = Promise.resolve();
  const failed = (error: unknown): void => report(`the progress of ${id} was not written`, error);
  return {
    note: (fraction: number): void => {
      if (now() - writtenAtMs < PROGRESS_MS_MIN) return;
      writtenAtMs = now();
      last = last.then(() => record(id, () => updateRunProgress(db, id, fraction))).catch(failed);
    },
    settled: () => last,
  };
}

async function execute(id: string, job: BacktestJob, signal: AbortSignal, record: RecordChange, options: RunServiceOptions): Promise<void> {
  const { db, bars, now } = options;
  const progress = progressOf(id, record, options);
  try {
    const { symbol, module, parameters } = job;
    const series = await bars({ symbol, timeframe: '1Day', from: job.from, to: job.to, last: undefined });
    if (series.length === 0) throw new Error(`There are no bars of ${symbol} in this span.`);
    await record(id, () => updateRunProgress(db, id, 0));
    const request = { module, parameters, series: [{ symbol, bars: series }], options: job.options };
    const result = await runBacktestInWorker(request, { signal, onProgress: progress.note });
    await progress.settled();
    const span = { from: instant(result.data.from), to: instant(result.data.to) };
    await record(id, () => finishRun(db, id, result, now(), commandOf({ ...job, ...span })));
  } catch (error) {
    await progress.settled();
    await record(id, () => (signal.aborted ? abortRun(db, id, now()) : failRun(db, id, messageOf(error), now())));
  }
}

const textOf = (at: Instant | undefined): string | undefined => (at === undefined ? undefined : formatInstant(at));

const newRun = (id: string, job: BacktestJob, createdAt: Instant): NewRun => ({
  id,
  strategyName: job.strategyName,
  version: job.module.version,
  parameters: job.parameters,
  symbols: [job.symbol],
  from: textOf(job.from),
  to: textOf(job.to),
  command: commandOf(job),
  createdAt,
});

interface RunningJob {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Backtests in worker threads, recorded in the database: they outlive the browser that started them, but not the process. */
export async function openRunService(options: RunServiceOptions): Promise<RunService> {
  const { db, now, report } = options;
  await failInterruptedRuns(db, now());
  const listeners = runListeners();
  const running = new Map<string, RunningJob>();
  const record: RecordChange = async (id, change) => {
    await change();
    listeners.notify(id);
  };
  return {
    list: (query) => listRuns(db, query),
    byId: (id) => runById(db, id),
    resultOf: (id) => resultOfRun(db, id),
    start: async (job) => {
      const id = `run-${randomUUID()}`;
      const run = await createRun(db, newRun(id, job, now()));
      const controller = new AbortController();
      const done = execute(id, job, controller.signal, record, options)
        .catch((error: unknown) => report(`the end of ${id} was not written`, error))
        .finally(() => running.delete(id));
      running.set(id, { controller, done });
      return run;
    },
    abort: async (id) => {
      const run = running.get(id);
      run?.controller.abort(new Error('aborted'));
      await run?.done;
      return run !== undefined;
    },
    onChange: listeners.add,
    close: async () => {
      for (const { controller } of running.values()) controller.abort(new Error('the server closes'));
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}
