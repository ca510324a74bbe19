import { Worker } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import { fromPlainError, type WorkerMessage } from './worker-protocol.ts';

/** The worker is gone: it was ended at its deadline, it crashed, or it was closed. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost';
}

export interface RequestOptions {
  readonly deadlineMs: number;
  /** What is said when the deadline passes. */
  readonly late: string;
  readonly transfer?: readonly Transferable[];
  readonly onProgress?: (value: unknown) => void;
}

/** A thread whose code is not trusted: one request at a time, and whoever takes too long is ended. */
export interface KillableWorker {
  readonly isAlive: () => boolean;
  /** Rejects with what the worker threw, or with {@link WorkerLost}. */
  request(message: unknown, options: RequestOptions): Promise<unknown>;
  close(because?: Error): Promise<void>;
}

interface Running {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((value: unknown) => void) | undefined;
}

const START_MS_MAX = 60_000;

export function openKillableWorker(file: URL, heapMbMax: number): KillableWorker {
  // What it would print when it crashes is said in the error instead. Nobody reads it: a stream that is read keeps the process alive
  // for as long as the worker lives, unref or not.
  const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: heapMbMax }, stderr: true });
  let lost: Error | undefined;
  let running: Running | undefined;
  let tail: Promise<unknown> = Promise.resolve();
  const ready = Promise.withResolvers<undefined>();
  // Whoever asks learns of it; nobody may be asking.
  ready.promise.catch(() => undefined);

  const close = async (because: Error = new WorkerLost('The worker was closed')): Promise<void> => {
    lost ??= because;
    ready.reject(lost);
    running?.reject(lost);
    await worker.terminate();
  };
  const onMessage = (message: WorkerMessage): void => {
    if (message.kind === 'ready') ready.resolve(undefined);
    else if (message.kind === 'progress') running?.onProgress?.(message.value);
    else if (message.kind === 'answer') running?.resolve(message.value);
    else running?.reject(fromPlainError(message.error));
  };
  const onLost = (message: string): void => {
    lost ??= new WorkerLost(message);
    ready.reject(lost);
    running?.reject(lost);
  };
  worker.on('message', onMessage);
  worker.on('error', (error) => onLost(`The worker crashed: ${error instanceof Error ? error.message : String(error)}`));
  worker.on('exit', () => onLost('The worker ended'));
  worker.unref();

  const withDeadline = async <T>(work: Promise<T>, deadlineMs: number, late: string): Promise<T> => {
    // The timer keeps the process alive while somebody waits; the resting worker does not.
    const timer = setTimeout(() => {
      close(new WorkerLost(late)).catch(onLost);
    }, deadlineMs);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  };
  const runOne = async (message: unknown, options: RequestOptions): Promise<unknown> => {
    await withDeadline(ready.promise, START_MS_MAX, 'The worker did not start');
    if (lost !== undefined) throw lost;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    running = { resolve, reject, onProgress: options.onProgress };
    worker.postMessage(message, options.transfer ?? []);
    return withDeadline(promise, options.deadlineMs, options.late).finally(() => {
      running = undefined;
    });
  };
  const request = (message: unknown, options: RequestOptions): Promise<unknown> => {
    const mine = tail.then(() => runOne(message, options));
    tail = mine.catch(() => undefined);
    return mine;
  };
  return { isAlive: () => lost === undefined, request, close };
}
