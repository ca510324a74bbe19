import { parentPort, workerData } from 'node:worker_threads';
import { PLANTS } from '../plants/index.ts';
import type { RunOptions, RunResult } from '../run.ts';
import { shrink } from '../shrink.ts';
import { violatedIn } from './compared.ts';
import type { Played } from './compared.ts';
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
const openStore = await openTier(place);
const inModel = (options: RunOptions): Promise<RunResult> =>
  playDay(lost === undefined ? options : { ...options, plan: lostAnswers(lost) });
const run = (options: RunOptions): Promise<RunResult> => inModel({ ...options, openStore });

/** With what a day of this thread's store is compared. */
interface With {
  readonly again?: boolean;
  readonly model?: boolean;
}
const besides = async (options: RunOptions, { again = false, model = false }: With): Promise<Omit<Played, 'result'>> => ({
  again: again ? await run(options) : undefined,
  model: model ? await inModel(options) : undefined,
});
const playedWith = async (options: RunOptions, compared: With): Promise<Played> => ({
  result: await run(options),
  ...(await besides(options, compared)),
});

const isModel = place.kind === 'model';

async function outcome(seed: bigint, twice: boolean): Promise<SeedOutcome> {
  const startedAt = performance.now();
  const result = await run({ seed });
  const milliseconds = performance.now() - startedAt;
  const others = await besides({ seed }, { again: twice, model: !isModel });
  const asInModel = others.model?.journalHash === result.journalHash;
  const asAgain = others.again?.journalHash === result.journalHash;
  const violated = violatedIn({ result, ...others });
  const { happened: _happened, endedAt: _endedAt, counts, figures, ...rest } = result;
  return { ...rest, violated, counts: [...counts], figures: [...figures], milliseconds, twice: asAgain, asInModel };
}

/** The longest that a repetition may go on after the time at which the first run failed. */
const GRACE_MS = 30_000;

/** What is left out may let something else happen: that is looked at again, so often. */
const ROUNDS_MAX = 4;

/** A way to play a day in which it may fail. */
interface Way {
  readonly play: (options: RunOptions) => Promise<Played>;
  readonly triesMax: number;
}

/** Days on a real store take seconds. */
const TRIES_MAX = 500;
const HERE_TRIES_MAX = isModel ? TRIES_MAX : 40;
const inModelAlone = async (options: RunOptions): Promise<Played> => ({
  result: await inModel(options),
  again: undefined,
  model: undefined,
});
/** The cheap ones first: what fails in the model is made shorter there, a hundred times faster; what is found by a comparison alone, by comparing. */
const WAYS: readonly Way[] = [
  ...(isModel ? [] : [{ play: inModelAlone, triesMax: TRIES_MAX }]),
  { play: async (options) => await playedWith(options, {}), triesMax: HERE_TRIES_MAX },
  ...(isModel ? [] : [{ play: async (options: RunOptions) => await playedWith(options, { model: true }), triesMax: HERE_TRIES_MAX }]),
  { play: async (options) => await playedWith(options, { again: true }), triesMax: HERE_TRIES_MAX },
];

/** The failing seed made short, in the first way in which it fails; `undefined` where it fails in none. */
async function replayOf(seed: bigint): Promise<Replay | undefined> {
  for (const way of WAYS) {
    const first = await way.play({ seed });
    const violated = violatedIn(first);
    if (violated !== undefined) return await shortened(seed, way, first.result, violated);
  }
  return undefined;
}

/** The fewest acts and strikes with which the seed fails in the same way, and everything that then happens. */
async function shortened(
  seed: bigint,
  { play, triesMax }: Way,
  first: RunResult,
  violated: NonNullable<RunResult['violated']>,
): Promise<Replay> {
  const { invariant } = violated;
  const stopAt = first.endedAt + GRACE_MS;
  let { message } = violated;
  let { happened } = first;
  let gone = new Set<string>();
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const names = [...new Set(happened.map(({ name }) => name))];
    const before = gone;
    const fails = async (without: ReadonlySet<string>): Promise<boolean> =>
      violatedIn(await play({ seed, without: new Set([...before, ...without]), stopAt }))?.invariant === invariant;
    const kept = new Set(await shrink(names, fails, triesMax));
    gone = new Set([...before, ...names.filter((name) => !kept.has(name))]);
    const shown = await play({ seed, without: gone, stopAt });
    ({ happened } = shown.result);
    message = violatedIn(shown)?.message ?? message;
    if (happened.every(({ name }) => kept.has(name))) break;
  }
  return { seed, invariant, message, parts: happened };
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
