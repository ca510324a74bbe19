import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SeedOutcome, Task, ThreadOptions } from './task.ts';

export interface PoolOptions extends ThreadOptions {
  readonly from: bigint;
  readonly seeds: number;
  readonly threads: number;
  readonly onOutcome: (outcome: SeedOutcome) => void;
  /** True where the rest need not be run. */
  readonly enough?: () => boolean;
}

const CHUNK = 8;
/** One seed in a hundred is run twice. */
const TWICE_EVERY = 100;

/** Runs seeds on threads; each takes the next few when it has done its own. */
export async function runSeeds({ from, seeds, threads, onOutcome, enough = () => false, ...options }: PoolOptions): Promise<void> {
  let next = 0;
  const serve = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: options satisfies ThreadOptions });
    const failed = once(worker, 'error').then(([error]: unknown[]) => {
      throw error;
    });
    const heard = async (): Promise<unknown> => {
      const [message] = (await Promise.race([once(worker, 'message'), failed])) as [unknown];
      return message;
    };
    try {
      await heard();
      while (next < seeds && !enough()) {
        const task: Task = { from: BigInt.asUintN(64, from + BigInt(next)), count: Math.min(CHUNK, seeds - next), twiceEvery: TWICE_EVERY };
        next += task.count;
        worker.postMessage(task);
        for (const outcome of (await heard()) as readonly SeedOutcome[]) onOutcome(outcome);
      }
    } finally {
      failed.catch(() => undefined);
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(threads, Math.ceil(seeds / CHUNK))) }, serve));
}
