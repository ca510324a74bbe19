import { openKillableWorker } from '../killable-worker.ts';
import type { SweepOverfitting } from './overfitting.ts';

export interface OverfittingJob {
  /** Where blocks begin, and where the last ends: see `equalBlocks`. */
  readonly bounds: readonly number[];
  /** A row a set, as `SweepPool.moments` gives them. */
  readonly moments: Float64Array<ArrayBuffer>;
}

const DEADLINE_MS = 600_000;
const HEAP_MB_MAX = 1024;

/** `overfittingOf` in a thread of its own: it takes seconds for many sets. The rows move there. Rejects with the signal's reason, or as a worker that is lost does. */
export async function overfittingInWorker(job: OverfittingJob, signal: AbortSignal): Promise<SweepOverfitting> {
  signal.throwIfAborted();
  const worker = openKillableWorker(new URL('overfitting-thread.ts', import.meta.url), HEAP_MB_MAX);
  const onAbort = (): void => void worker.close(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const late = `The cross-validation took longer than ${DEADLINE_MS / 1000} s and was ended`;
    return (await worker.request(job, { deadlineMs: DEADLINE_MS, late, transfer: [job.moments.buffer] })) as SweepOverfitting;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await worker.close();
  }
}
