import { availableParallelism } from 'node:os';
import { openKillableWorker, type KillableWorker } from '../killable-worker.ts';
import { boostingRequest, forestRequest } from './learning.ts';
import type { BoostingParameters, ForestParameters } from './parameters.ts';
import type { Samples } from './samples.ts';
import type { TrainedModel, TrainingProgress, TrainingRequest } from './training.ts';
import type { Opened, TrainingMessage } from './training-thread.ts';

export interface TrainingPoolOptions {
  /** Threads: 1 to 64; as many as there are processors when absent. The model does not depend on it. */
  readonly threads?: number;
  /** Milliseconds that a training may take; an hour when absent. */
  readonly deadlineMs?: number;
}

export interface TrainingOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

const DEADLINE_MS = 3_600_000;
const HEAP_MB_MAX = 1024;
const THREADS_MAX = 64;

/** Threads that train one model after another, away from the caller's. They stay warm; after a training that was ended they are made anew. */
export class TrainingPool {
  private readonly module: WebAssembly.Module;
  private readonly options: TrainingPoolOptions;
  private readonly threads: number;
  private workers: readonly KillableWorker[] = [];
  private tail: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  /** Takes the module of `compute/build/learning.wasm`. Throws a RangeError for a number of threads that is none. */
  constructor(module: WebAssembly.Module, options: TrainingPoolOptions = {}) {
    const threads = options.threads ?? Math.min(availableParallelism(), THREADS_MAX);
    if (!Number.isInteger(threads) || threads < 1 || threads > THREADS_MAX)
      throw new RangeError(`Training: threads is ${threads}, but must be a whole number from 1 to ${THREADS_MAX}.`);
    this.module = module;
    this.options = options;
    this.threads = threads;
  }

  /** As `Learning.boost`: rejects with what that throws, with the signal's reason, or with a WorkerLost at the deadline. */
  async boost(samples: Samples, parameters: BoostingParameters, held?: Samples, options: TrainingOptions = {}): Promise<TrainedModel> {
    return this.train(boostingRequest(samples, parameters, held), options);
  }

  /** As `Learning.growForest`, likewise. */
  async growForest(samples: Samples, parameters: ForestParameters, options: TrainingOptions = {}): Promise<TrainedModel> {
    return this.train(forestRequest(samples, parameters), options);
  }

  /** One training has all threads; others wait. */
  private train(request: TrainingRequest, options: TrainingOptions): Promise<TrainedModel> {
    const mine = this.tail.then(() => this.trainNow(request, options));
    this.tail = mine.catch(() => undefined);
    return mine;
  }

  private async trainNow(request: TrainingRequest, { signal, onProgress }: TrainingOptions): Promise<TrainedModel> {
    if (this.isClosed) throw new Error('Training: the pool is closed: open another one.');
    signal?.throwIfAborted();
    const workers = this.liveWorkers();
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => undefined);
    const onAbort = (): void => aborted.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    let isWhole = false;
    try {
      const trained = await Promise.race([aborted.promise, this.runOn(workers, request, onProgress)]);
      isWhole = true;
      return trained;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      // A thread in the midst of a training, or asleep in one whose leader is gone, does not come back.
      if (!isWhole) await this.endWorkers();
    }
  }

  private async runOn(
    [leader, ...helpers]: readonly KillableWorker[],
    request: TrainingRequest,
    onProgress: ((progress: TrainingProgress) => void) | undefined,
  ): Promise<TrainedModel> {
    if (leader === undefined) throw new Error('Invariant: a pool has a thread');
    const { module, threads } = this;
    const opened = (await this.ask(leader, { kind: 'open', module, request, threads })) as Opened;
    const helping = helpers.map((worker, index) => this.ask(worker, { kind: 'help', module, opened, thread: index + 1 }));
    const leading = this.ask(leader, { kind: 'lead' }, onProgress) as Promise<TrainedModel>;
    // Whoever fails first ends it: a leader waits for helpers, and they for it.
    const [trained] = await Promise.all([leading, ...helping]);
    return trained;
  }

  private ask(worker: KillableWorker, message: TrainingMessage, onProgress?: (progress: TrainingProgress) => void): Promise<unknown> {
    const { deadlineMs = DEADLINE_MS } = this.options;
    const late = `The training took longer than ${deadlineMs / 1000} s and was ended: train fewer trees, or allow it more time.`;
    const report = onProgress === undefined ? undefined : (value: unknown) => onProgress(value as TrainingProgress);
    return worker.request(message, { deadlineMs, late, ...(report === undefined ? {} : { onProgress: report }) });
  }

  private liveWorkers(): readonly KillableWorker[] {
    if (this.workers.length === this.threads && this.workers.every((worker) => worker.isAlive())) return this.workers;
    const file = new URL('training-thread.ts', import.meta.url);
    this.workers = Array.from({ length: this.threads }, () => openKillableWorker(file, HEAP_MB_MAX));
    return this.workers;
  }

  private async endWorkers(): Promise<void> {
    const workers = this.workers;
    this.workers = [];
    await Promise.all(workers.map((worker) => worker.close()));
  }

  /** Ends the threads, and a training that runs. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.endWorkers();
  }
}
