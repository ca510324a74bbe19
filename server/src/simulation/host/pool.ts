import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { isStopped, thenEnd, throwFirst } from './ending.ts';
import { takePlace } from './place.ts';
import type { StoreChoice } from './place.ts';
import type { Replay, SeedOutcome, ShrinkTask, Task, ThreadData, ThreadOptions } from './task.ts';

export interface RunWith extends ThreadOptions {
  /** In what days are written down; the model store where absent. */
  readonly store?: StoreChoice;
}

export interface PoolOptions extends RunWith {
  readonly from: bigint;
  readonly seeds: number;
  readonly threads: number;
  readonly onOutcome: (outcome: SeedOutcome) => void;
  /** True where the rest need not be run. */
  readonly enough?: () => boolean;
}

const CHUNK = 8;
/** A day's states live shortly: with room for them little is collected, and nothing grows old. */
const YOUNG_MB = 96;
/** One seed in a hundred is run twice. */
const TWICE_EVERY = 100;

interface Thread {
  /** The answer to a task. Rejects where the thread fails, and with an `AbortError` when it is to stop before that. */
  readonly ask: (task: Task | ShrinkTask) => Promise<unknown>;
}

/**
 * Gives work a thread that writes in a place of its own, and ends both, of which then nothing is left, however the work ended. Where the end fails too, what the
 * work failed with is told first.
 */
async function withThread<T>(
  { store = { kind: 'model' }, ...options }: RunWith,
  signal: AbortSignal,
  work: (thread: Thread) => Promise<T>,
) {
  const { place, remove } = await takePlace(store);
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: { ...options, place } satisfies ThreadData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const failed = once(worker, 'error').then(([error]: unknown[]) => {
    throw error;
  });
  failed.catch(() => undefined);
  const heard = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(worker, 'message', { signal }), failed])) as [unknown];
    return message;
  };
  const ask: Thread['ask'] = async (task) => {
    worker.postMessage(task);
    return await heard();
  };
  const use = async (): Promise<T> => {
    await heard();
    return await work({ ask });
  };
  return await thenEnd(use(), async () => {
    await worker.terminate();
    await remove();
  });
}

/** Runs seeds on threads; each takes the next few when it has done its own. Where one fails all are stopped, and its error is thrown when all have ended. */
export async function runSeeds({ from, seeds, threads, onOutcome, enough = () => false, ...options }: PoolOptions): Promise<void> {
  const chunk = (options.store?.kind ?? 'model') === 'model' ? CHUNK : 1;
  const stop = new AbortController();
  let next = 0;
  const serve = async ({ ask }: Thread): Promise<void> => {
    while (next < seeds && !enough()) {
      const first = BigInt.asUintN(64, from + BigInt(next));
      const task: Task = { kind: 'run', from: first, count: Math.min(chunk, seeds - next), twiceEvery: TWICE_EVERY };
      next += task.count;
      const outcomes = (await ask(task)) as readonly SeedOutcome[];
      // Another thread may have failed while they were on their way.
      stop.signal.throwIfAborted();
      outcomes.forEach(onOutcome);
    }
  };
  /** Whoever fails stops the others at once, and not when it has cleared away what is its own. */
  const serveOrStop = async (thread: Thread): Promise<void> => {
    try {
      await serve(thread);
    } catch (error) {
      stop.abort();
      throw error;
    }
  };
  const failures: unknown[] = [];
  const serving = async (): Promise<void> => {
    try {
      await withThread(options, stop.signal, serveOrStop);
    } catch (error) {
      if (!isStopped(error)) failures.push(error);
      stop.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(threads, Math.ceil(seeds / chunk))) }, serving));
  throwFirst(failures);
}

/** A failing seed, repeated with ever less of what happened in it; `undefined` where it did not fail again, or the signal stopped it. */
export async function shrunk(seed: bigint, options: RunWith, signal = new AbortController().signal): Promise<Replay | undefined> {
  try {
    return await withThread(options, signal, async ({ ask }) => (await ask({ kind: 'shrink', seed })) as Replay | undefined);
  } catch (error) {
    if (isStopped(error)) return undefined;
    throw error;
  }
}
