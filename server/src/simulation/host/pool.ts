import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
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
  readonly ask: (task: Task | ShrinkTask) => Promise<unknown>;
  readonly end: () => Promise<void>;
}

/** Each thread writes in a place of its own, of which nothing is left when it has ended. */
async function openThread({ store = { kind: 'model' }, ...options }: RunWith): Promise<Thread> {
  const { place, remove } = await takePlace(store);
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: { ...options, place } satisfies ThreadData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const end = async (): Promise<void> => {
    await worker.terminate();
    await remove();
  };
  const failed = once(worker, 'error').then(([error]: unknown[]) => {
    throw error;
  });
  failed.catch(() => undefined);
  const heard = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(worker, 'message'), failed])) as [unknown];
    return message;
  };
  try {
    await heard();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    ask: async (task) => {
      worker.postMessage(task);
      return await heard();
    },
    end,
  };
}

/** Runs seeds on threads; each takes the next few when it has done its own. */
export async function runSeeds({ from, seeds, threads, onOutcome, enough = () => false, ...options }: PoolOptions): Promise<void> {
  const chunk = (options.store?.kind ?? 'model') === 'model' ? CHUNK : 1;
  let next = 0;
  const serve = async (): Promise<void> => {
    const thread = await openThread(options);
    try {
      while (next < seeds && !enough()) {
        const first = BigInt.asUintN(64, from + BigInt(next));
        const task: Task = { kind: 'run', from: first, count: Math.min(chunk, seeds - next), twiceEvery: TWICE_EVERY };
        next += task.count;
        for (const outcome of (await thread.ask(task)) as readonly SeedOutcome[]) onOutcome(outcome);
      }
    } finally {
      await thread.end();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(threads, Math.ceil(seeds / chunk))) }, serve));
}

/** A failing seed, repeated with ever less of what happened in it. */
export async function shrunk(seed: bigint, options: RunWith): Promise<Replay> {
  const thread = await openThread(options);
  try {
    return (await thread.ask({ kind: 'shrink', seed })) as Replay;
  } finally {
    await thread.end();
  }
}
