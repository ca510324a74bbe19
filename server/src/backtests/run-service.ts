import { randomUUID } from 'node:crypto';
import { runBacktestInWorker } from '@tidemark/compute';
import type { BarSeries } from '@tidemark/compute/types';
import type { Kysely } from 'kysely';
import type { BarQuery } from '../market-data/graphql.ts';
import { formatInstant } from '../money/instant.ts';
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
import type { BacktestTables } from './service.ts';

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
    count: () => [...listeners.values()].reduce((total, own) => total + own.size, 0),
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Backtests in worker threads, recorded in the database: they outlive the browser that started them, but not the process. */
export async function openRunService({ db, bars, now, report }: RunServiceOptions): Promise<RunService> {
  await failInterruptedRuns(db, now());
  const listeners = runListeners();
  const running = new Map<string, { readonly controller: AbortController; readonly done: Promise<void> }>();

  const record = async (id: string, change: () => Promise<boolean>): Promise<void> => {
    await change();
    listeners.notify(id);
  };
  const noteProgress = (id: string) => {
    let writtenAtMs = 0;
    let last: Promise<void> = Promise.resolve();
    return {
      note: (fraction: number): void => {
        if (now() - writtenAtMs < PROGRESS_MS_MIN) return;
        writtenAtMs = now();
        last = last
          .then(() => record(id, () => updateRunProgress(db, id, fraction)))
          .catch((error: unknown) => report(`the progress of ${id} was not written`, error));
      },
      settled: () => last,
    };
  };
  const execute = async (id: string, job: BacktestJob, signal: AbortSignal): Promise<void> => {
    const progress = noteProgress(id);
    try {
      const series = await bars({ symbol: job.symbol, timeframe: '1Day', from: job.from, to: job.to, last: undefined });
      if (series.length === 0) throw new Error(`There are no bars of ${job.symbol} in this span.`);
      await record(id, () => updateRunProgress(db, id, 0));
      const { module, parameters, options } = job;
      const result = await runBacktestInWorker(
        { module, parameters, series: [{ symbol: job.symbol, bars: series }], options },
        { signal, onProgress: progress.note },
      );
      await progress.settled();
      await record(id, () => finishRun(db, id, result, now()));
    } catch (error) {
      await progress.settled();
      await record(id, () => (signal.aborted ? abortRun(db, id, now()) : failRun(db, id, messageOf(error), now())));
    }
  };
  const start = async (job: BacktestJob) => {
    const id = `run-${randomUUID()}`;
    const { strategyName, module, parameters, symbol, from, to } = job;
    const run = await createRun(db, {
      id,
      strategyName,
      version: module.version,
      parameters,
      symbols: [symbol],
      from: from === undefined ? undefined : formatInstant(from),
      to: to === undefined ? undefined : formatInstant(to),
      command: commandOf(job),
      createdAt: now(),
    });
    const controller = new AbortController();
    const done = execute(id, job, controller.signal)
      .catch((error: unknown) => report(`the end of ${id} was not written`, error))
      .finally(() => running.delete(id));
    running.set(id, { controller, done });
    return run;
  };
  return {
    list: (query) => listRuns(db, query),
    byId: (id) => runById(db, id),
    resultOf: (id) => resultOfRun(db, id),
    start,
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
