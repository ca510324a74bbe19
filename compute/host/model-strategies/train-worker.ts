import { copySeries } from '../backtest-worker.ts';
import { openKillableWorker } from '../killable-worker.ts';
import type { EvaluatedStrategy, TrainRequest } from './train.ts';

export interface TrainWorkerOptions {
  /** Fraction done, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Aborting ends the worker at once and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the training may take; two hours when absent. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 7_200_000;
const HEAP_MB_MAX = 4096;

/**
 * `trainAndEvaluate` in a thread of its own, with all that it compiles, which is ended at the deadline or when the signal aborts. Rejects with what the training throws, told
 * in its own words, or with the signal's reason.
 */
export async function trainInWorker(request: TrainRequest, options: TrainWorkerOptions = {}): Promise<EvaluatedStrategy> {
  const { onProgress, signal, deadlineMs = DEADLINE_MS } = options;
  signal?.throwIfAborted();
  const worker = openKillableWorker(new URL('train-thread.ts', import.meta.url), HEAP_MB_MAX);
  const aborted = Promise.withResolvers<never>();
  // Whoever waits hears of it; where the training ended first, nobody does.
  aborted.promise.catch(() => undefined);
  const onAbort = (): void => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const late = `The training took longer than ${deadlineMs / 1000} s and was ended: take fewer trees, features or symbols.`;
    // A clone takes the whole memory behind a column: only the bars in question go over.
    const own = { ...request, series: request.series.map((each) => copySeries(each)) };
    const work = worker.request(own, { deadlineMs, late, onProgress: (fraction) => onProgress?.(Number(fraction)) });
    return (await Promise.race([work, aborted.promise])) as EvaluatedStrategy;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.close();
  }
}
