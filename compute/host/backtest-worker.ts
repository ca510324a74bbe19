import { availableParallelism } from 'node:os';
import type { BacktestJob } from './backtest-thread.ts';
import { dataHashesOf } from './backtest.ts';
import { openKillableWorker } from './killable-worker.ts';
import type { BacktestRequest } from './kernel-run.ts';
import { cutSeries, type SymbolSeries } from './timeline.ts';
import { StrategyTrap, type BarSeries, type BacktestResult } from './types.ts';

export interface BacktestWorkerOptions {
  /** Fraction done, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Aborting ends the worker at once and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the backtest may take once it runs; 120,000 when absent. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 120_000;
const HEAP_MB_MAX = 2048;

/** As many backtests at once as there are processors; others wait their turn. */
let free = availableParallelism();
const waiting: (() => void)[] = [];

async function takeTurn(): Promise<void> {
  if (free > 0) {
    free -= 1;
    return;
  }
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
  });
}

function giveTurn(): void {
  const next = waiting.shift();
  if (next === undefined) free += 1;
  else next();
}

/** Copies whose memory may move to the worker: only the bars in question, not what they are cut from. */
export function copySeries({ symbol, bars }: SymbolSeries, from?: number, to?: number): SymbolSeries {
  const cut = cutSeries(bars, from, to);
  const copy: BarSeries = {
    length: cut.length,
    startAtMs: cut.startAtMs.slice(),
    open: cut.open.slice(),
    high: cut.high.slice(),
    low: cut.low.slice(),
    close: cut.close.slice(),
    volume: cut.volume.slice(),
  };
  return { symbol, bars: copy };
}

async function runInWorker(request: BacktestRequest, options: BacktestWorkerOptions): Promise<BacktestResult> {
  const { onProgress, signal, deadlineMs = DEADLINE_MS } = options;
  signal?.throwIfAborted();
  const series = request.series.map((each) => copySeries(each, request.from, request.to));
  const job: BacktestJob = { request: { ...request, series }, hashes: dataHashesOf(request) };
  const transfer = series.flatMap(({ bars }) =>
    [bars.startAtMs, bars.open, bars.high, bars.low, bars.close, bars.volume].map(({ buffer }) => buffer as ArrayBuffer),
  );
  const worker = openKillableWorker(new URL('backtest-thread.ts', import.meta.url), HEAP_MB_MAX);
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const late = `The backtest took longer than ${deadlineMs / 1000} s and was ended`;
    const work = worker.request(job, { deadlineMs, late, transfer, onProgress: (fraction) => onProgress?.(Number(fraction)) });
    return (await Promise.race([work, aborted.promise])) as BacktestResult;
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkerLost') throw new StrategyTrap(error.message, { cause: error });
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.close();
  }
}

/**
 * `runBacktest` in a thread of its own, which is ended at the deadline or when the signal aborts. A caller's bars stay the caller's.
 * Rejects with `ParameterError`, `StrategyTrap`, or the signal's reason.
 */
export async function runBacktestInWorker(request: BacktestRequest, options: BacktestWorkerOptions = {}): Promise<BacktestResult> {
  await takeTurn();
  try {
    return await runInWorker(request, options);
  } finally {
    giveTurn();
  }
}
