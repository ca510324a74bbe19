import { parentPort, workerData } from 'node:worker_threads';
import { PLANTS } from '../plants/index.ts';
import type { RunOptions, RunResult } from '../run.ts';
import { shrink } from '../shrink.ts';
import { plantBug } from './planting.ts';
import type { Replay, SeedOutcome, ShrinkTask, Task, ThreadOptions } from './task.ts';

const { plant: plantName, lostAnswers: lost } = workerData as ThreadOptions;
const port = parentPort;
if (port === null) throw new Error('Invariant: a thread of the simulation has a parent');

const plant = plantName === undefined ? undefined : PLANTS.get(plantName);
if (plant !== undefined) plantBug(plant);
const { run: play } = await import('../run.ts');
const { lostAnswers } = await import('../lost-answers.ts');
const run = (options: RunOptions): Promise<RunResult> => play(lost === undefined ? options : { ...options, plan: lostAnswers(lost) });

async function outcome(seed: bigint, twice: boolean): Promise<SeedOutcome> {
  const startedAt = performance.now();
  const result = await run({ seed });
  const again = twice ? await run({ seed }) : undefined;
  return { ...plain(result, again), milliseconds: (performance.now() - startedAt) / (twice ? 2 : 1), twice };
}

function plain(result: RunResult, again: RunResult | undefined): Omit<SeedOutcome, 'milliseconds' | 'twice'> {
  const { happened: _happened, endedAt: _endedAt, counts, ...rest } = result;
  const differs = again !== undefined && again.journalHash !== result.journalHash;
  const violated = differs
    ? { invariant: 'determinism', message: `the same seed gave the journals ${result.journalHash} and ${again.journalHash}` }
    : rest.violated;
  return { ...rest, violated, counts: [...counts] };
}

/** The longest that a repetition may go on after the time at which the first run failed. */
const GRACE_MS = 30_000;
const TRIES_MAX = 500;

/** What is left out may let something else happen: that is looked at again, so often. */
const ROUNDS_MAX = 4;

/** The fewest acts and strikes with which the seed fails in the same way, and everything that then happens. */
async function replayOf(seed: bigint): Promise<Replay> {
  let shown = await run({ seed });
  const { violated, endedAt } = shown;
  if (violated === undefined) return { seed, invariant: 'none', message: 'the seed does not fail', parts: [] };
  const stopAt = endedAt + GRACE_MS;
  const { invariant } = violated;
  let gone = new Set<string>();
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const names = [...new Set(shown.happened.map(({ name }) => name))];
    const before = gone;
    const fails = async (without: ReadonlySet<string>): Promise<boolean> =>
      (await run({ seed, without: new Set([...before, ...without]), stopAt })).violated?.invariant === invariant;
    const kept = new Set(await shrink(names, fails, TRIES_MAX));
    gone = new Set([...before, ...names.filter((name) => !kept.has(name))]);
    shown = await run({ seed, without: gone, stopAt });
    if (shown.happened.every(({ name }) => kept.has(name))) break;
  }
  return { seed, invariant, message: shown.violated?.message ?? '', parts: shown.happened };
}

port.on('message', (task: Task | ShrinkTask) => {
  const work = async (): Promise<void> => {
    if (task.kind === 'shrink') {
      port.postMessage(await replayOf(task.seed));
      return;
    }
    const { from, count, twiceEvery } = task;
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
port.postMessage({ ready: true });
