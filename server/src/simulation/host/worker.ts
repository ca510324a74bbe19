import { parentPort, workerData } from 'node:worker_threads';
import { PLANTS } from '../plants/index.ts';
import type { RunOptions, RunResult } from '../run.ts';
import { shrink } from '../shrink.ts';
import { plantBug } from './planting.ts';
import type { Replay, SeedOutcome, ShrinkTask, Task, ThreadData } from './task.ts';

const { plant: plantName, lostAnswers: lost, place } = workerData as ThreadData;
const port = parentPort;
if (port === null) throw new Error('Invariant: a thread of the simulation has a parent');

const plant = plantName === undefined ? undefined : PLANTS.get(plantName);
if (plant !== undefined) plantBug(plant);
const { run: playDay } = await import('../run.ts');
const { lostAnswers } = await import('../lost-answers.ts');
const { openTier } = await import('./tier.ts');
const tier = await openTier(place);
const inModel = (options: RunOptions): Promise<RunResult> =>
  playDay(lost === undefined ? options : { ...options, plan: lostAnswers(lost) });
const run = (options: RunOptions): Promise<RunResult> => inModel({ ...options, openStore: tier.openStore });

async function outcome(seed: bigint, twice: boolean): Promise<SeedOutcome> {
  const startedAt = performance.now();
  const result = await run({ seed });
  const milliseconds = performance.now() - startedAt;
  const { happened: _happened, endedAt: _endedAt, counts, figures, ...rest } = result;
  const again = twice ? await run({ seed }) : undefined;
  const model = place.kind === 'model' ? undefined : await inModel({ seed });
  const violated = rest.violated ?? difference(result, again, model);
  const asInModel = model !== undefined && model.journalHash === result.journalHash;
  return { ...rest, violated, counts: [...counts], figures: [...figures], milliseconds, twice, asInModel };
}

/** One seed, one journal: whenever it is run, and wherever it is written down. */
function difference(result: RunResult, again: RunResult | undefined, model: RunResult | undefined): RunResult['violated'] {
  const words = (other: RunResult): string =>
    `${result.journalHash} (${result.entries} entries) and ${other.journalHash} (${other.entries})`;
  if (again !== undefined && again.journalHash !== result.journalHash)
    return { invariant: 'determinism', message: `the same seed gave the journals ${words(again)}` };
  if (model !== undefined && model.journalHash !== result.journalHash)
    return { invariant: 'tiers', message: `the same seed gave in ${place.kind} and in the model the journals ${words(model)}` };
  return undefined;
}

/** The longest that a repetition may go on after the time at which the first run failed. */
const GRACE_MS = 30_000;
const TRIES_MAX = 500;
/** Days on a real store take seconds. */
const REAL_TRIES_MAX = 40;

/** What is left out may let something else happen: that is looked at again, so often. */
const ROUNDS_MAX = 4;

/** The fewest acts and strikes with which the seed fails in the same way, and everything that then happens. */
async function replayOf(seed: bigint): Promise<Replay> {
  // What fails in the model too is made shorter there: a hundred times faster.
  const model = place.kind === 'model' ? undefined : await inModel({ seed });
  const play = model?.violated === undefined ? run : inModel;
  const triesMax = play === run && place.kind !== 'model' ? REAL_TRIES_MAX : TRIES_MAX;
  let shown = model?.violated === undefined ? await run({ seed }) : model;
  const { violated, endedAt } = shown;
  if (violated === undefined) return { seed, invariant: 'none', message: 'the seed does not fail', parts: [] };
  const stopAt = endedAt + GRACE_MS;
  const { invariant } = violated;
  let gone = new Set<string>();
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const names = [...new Set(shown.happened.map(({ name }) => name))];
    const before = gone;
    const fails = async (without: ReadonlySet<string>): Promise<boolean> =>
      (await play({ seed, without: new Set([...before, ...without]), stopAt })).violated?.invariant === invariant;
    const kept = new Set(await shrink(names, fails, triesMax));
    gone = new Set([...before, ...names.filter((name) => !kept.has(name))]);
    shown = await play({ seed, without: gone, stopAt });
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
