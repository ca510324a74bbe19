import { availableParallelism } from 'node:os';
import { WorkerLost, openKillableWorker, type KillableWorker } from '../killable-worker.ts';
import { checkNumber } from '../statistics-input.ts';
import { boostingRequest, forestRequest } from './learning.ts';
import type { BoostingParameters, ForestParameters } from './parameters.ts';
import type { CheckedSamples, Samples } from './samples.ts';
import type { TrainedModel, TrainingProgress, TrainingRequest } from './training.ts';
import type { Opened, TrainingMessage } from './training-thread.ts';

export interface TrainingPoolOptions {
  /** Threads: 1 to 64; as many as there are processors when absent. The model does not depend on it. */
  readonly threads?: number;
  /** Milliseconds that a training may take from when its turn comes: 1 to 2^31 − 1, the longest that a timer waits; an hour when absent. */
  readonly deadlineMs?: number;
}

export interface TrainingOptions {
  /** Ends the training, while it waits for its turn as well. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

const DEADLINE_MS = 3_600_000;
const HEAP_MB_MAX = 1024;
const THREADS_MAX = 64;
const DEADLINE_MS_MAX = 2 ** 31 - 1;

/** In memory that threads share: each would else get a copy of all columns. */
function withSharedColumns(request: TrainingRequest): TrainingRequest {
  const shared = (samples: CheckedSamples): CheckedSamples => ({ ...samples, columns: samples.columns.map(sharedCopy) });
  return { ...request, samples: shared(request.samples), held: request.held === undefined ? undefined : shared(request.held) };
}

function sharedCopy(column: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
  copy.set(column);
  return copy;
}

/** Threads that train one model after another, away from the caller's. They stay warm; after a training that was ended they are made anew. */
export class TrainingPool {
  private readonly module: WebAssembly.Module;
  private readonly threads: number;
  private readonly deadlineMs: number;
  private workers: readonly KillableWorker[] = [];
  private tail: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  /** Takes the module of `compute/build/learning.wasm`. Throws a ParameterError for options out of bounds. */
  constructor(module: WebAssembly.Module, options: TrainingPoolOptions = {}) {
    const { threads = Math.min(availableParallelism(), THREADS_MAX), deadlineMs = DEADLINE_MS } = options;
    this.module = module;
    this.threads = checkNumber('Training', 'threads', threads, { min: 1, max: THREADS_MAX, whole: true });
    this.deadlineMs = checkNumber('Training', 'deadlineMs', deadlineMs, { min: 1, max: DEADLINE_MS_MAX });
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
  private async train(request: TrainingRequest, { signal, onProgress }: TrainingOptions): Promise<TrainedModel> {
    signal?.throwIfAborted();
    const ended = Promise.withResolvers<never>();
    ended.promise.catch(() => undefined);
    const onAbort = (): void => ended.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const mine = this.tail.then(() => {
      signal?.throwIfAborted();
      return this.trainNow(request, ended, onProgress);
    });
    this.tail = mine.catch(() => undefined);
    try {
      return await Promise.race([ended.promise, mine]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  private async trainNow(
    request: TrainingRequest,
    ended: PromiseWithResolvers<never>,
    onProgress: TrainingOptions['onProgress'],
  ): Promise<TrainedModel> {
    const timer = setTimeout(() => ended.reject(new WorkerLost(this.lateness())), this.deadlineMs);
    let isWhole = false;
    try {
      const workers = await this.liveWorkers();
      const trained = await Promise.race([ended.promise, this.runOn(workers, request, onProgress)]);
      isWhole = true;
      return trained;
    } finally {
      clearTimeout(timer);
      // A thread in the midst of a training, or asleep in one whose leader is gone, does not come back.
      if (!isWhole) await this.endWorkers();
    }
  }

  private async runOn(
    [leader, ...helpers]: readonly KillableWorker[],
    asked: TrainingRequest,
    onProgress: TrainingOptions['onProgress'],
  ): Promise<TrainedModel> {
    if (leader === undefined) throw new Error('Invariant: a pool has a thread');
    const { module, threads } = this;
    const request = withSharedColumns(asked);
    const opened = (await this.ask(leader, { kind: 'open', module, request, threads })) as Opened;
    const helping = helpers.map((worker, index) => this.ask(worker, { kind: 'help', module, request, opened, thread: index + 1 }));
    const leading = this.ask(leader, { kind: 'lead' }, onProgress) as Promise<TrainedModel>;
    // Whoever fails first ends it: a leader waits for helpers, and they for it.
    const [trained] = await Promise.all([leading, ...helping]);
    return trained;
  }

  private ask(worker: KillableWorker, message: TrainingMessage, onProgress?: TrainingOptions['onProgress']): Promise<unknown> {
    const report = onProgress === undefined ? undefined : (value: unknown) => onProgress(value as TrainingProgress);
    const limits = { deadlineMs: this.deadlineMs, late: this.lateness() };
    return worker.request(message, report === undefined ? limits : { ...limits, onProgress: report });
  }

  private lateness(): string {
    return `The training took longer than ${this.deadlineMs / 1000} s and was ended: train fewer trees, or allow it more time.`;
  }

  private async liveWorkers(): Promise<readonly KillableWorker[]> {
    if (!this.workers.every((worker) => worker.isAlive())) await this.endWorkers();
    // Asked last: whoever closes the pool would not learn of threads that are made afterwards.
    if (this.isClosed) throw new Error('Training: the pool is closed: open another one.');
    if (this.workers.length > 0) return this.workers;
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
