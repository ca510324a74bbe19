import { parentPort, workerData } from 'node:worker_threads';
import type { RunResult } from '../run.ts';
import type { SeedOutcome, Task, ThreadOptions } from './task.ts';

const { tier } = workerData as ThreadOptions;
const port = parentPort;
if (port === null) throw new Error('Invariant: a thread of the simulation has a parent');

const { run } = await import('../run.ts');

async function outcome(seed: bigint, twice: boolean): Promise<SeedOutcome> {
  const startedAt = performance.now();
  const result = await run({ seed });
  const again = twice ? await run({ seed }) : undefined;
  return { ...plain(result, again), milliseconds: (performance.now() - startedAt) / (twice ? 2 : 1), twice };
}

function plain(result: RunResult, again: RunResult | undefined): Omit<SeedOutcome, 'milliseconds' | 'twice'> {
  const { happened: _happened, counts, ...rest } = result;
  const differs = again !== undefined && again.journalHash !== result.journalHash;
  const violated = differs
    ? { invariant: 'determinism', message: `the same seed gave the journals ${result.journalHash} and ${again.journalHash}` }
    : rest.violated;
  return { ...rest, violated, counts: [...counts] };
}

port.on('message', ({ from, count, twiceEvery }: Task) => {
  const work = async (): Promise<void> => {
    const outcomes: SeedOutcome[] = [];
    for (let index = 0n; index < BigInt(count); index += 1n) {
      const seed = BigInt.asUintN(64, from + index);
      outcomes.push(await outcome(seed, twiceEvery > 0 && seed % BigInt(twiceEvery) === 0n));
    }
    port.postMessage(outcomes);
  };
  work().catch((error: unknown) => {
    throw error;
  });
});
port.postMessage({ ready: tier });
