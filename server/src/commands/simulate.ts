import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { CANDIDATES, shortest } from '../simulation/shortest.ts';
import { openTally } from '../simulation/summary.ts';
import type { Summary } from '../simulation/summary.ts';
import { STORE_KINDS } from '../simulation/host/place.ts';
import type { StoreChoice, StoreKind } from '../simulation/host/place.ts';
import type { Replay, SeedOutcome } from '../simulation/host/task.ts';
import { Interrupted, interruptible } from './signals.ts';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface SimulateOptions {
  readonly seeds?: number;
  readonly from?: bigint;
  readonly plant?: string;
  readonly store: StoreKind;
  readonly threads: number;
  readonly json?: boolean;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of one or more.');
  return Number(text);
}

function parseSeed(text: string): bigint {
  if (!/^\d{1,20}$/.test(text) || BigInt(text) >= 1n << 64n)
    throw new InvalidArgumentError('A seed is a whole number from 0 to 18446744073709551615.');
  return BigInt(text);
}

function parseStore(text: string): StoreKind {
  const found = STORE_KINDS.find((kind) => kind === text);
  if (found === undefined) throw new InvalidArgumentError(`A store is one of ${STORE_KINDS.join(', ')}.`);
  return found;
}

const NO_SERVER =
  '--store postgres needs a PostgreSQL server: set DATABASE_URL, like postgres://user@host:5432/name. The run makes schemas of its own in that database, and drops them.';

function storeOf({ store }: SimulateOptions, { environment }: Terminal): StoreChoice {
  if (store !== 'postgres') return { kind: store };
  // A variable that is set to nothing names no server either.
  const { DATABASE_URL: url = '' } = environment;
  if (url === '') throw new UsageError(NO_SERVER);
  return { kind: 'postgres', url };
}

const FAILURES_SHOWN = 50;
const PROGRESS_EVERY = 500;
const REAL_PROGRESS_EVERY = 10;

const sorted = (counts: ReadonlyMap<string, number>) => Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));

function figuresOf(store: StoreKind, summary: Summary, seconds: number, replay: (seed: bigint) => string) {
  const { failures, counts, figures, slowest, seldom, ...sums } = summary;
  return {
    store,
    ...sums,
    seconds: Math.round(seconds * 10) / 10,
    daysASecond: Math.round((sums.seeds / seconds) * 10) / 10,
    faults: sorted(counts),
    storeFigures: sorted(figures),
    seldom,
    slowest: slowest === undefined ? null : { seed: String(slowest.seed), milliseconds: Math.round(slowest.milliseconds) },
    failures: failures.map(({ seed, violated }) => ({ seed: String(seed), ...violated, replay: replay(seed) })),
  };
}

const STORES: Readonly<Record<StoreKind, string>> = {
  model: 'a model of a disk',
  embedded: 'the embedded journal in files, and tables in the embedded database',
  postgres: 'PostgreSQL, the journal and its tables',
};

function storeLines({ store, asInModel, seeds, storeFigures }: ReturnType<typeof figuresOf>): readonly string[] {
  const lines = [`store: ${STORES[store]}`];
  if (store === 'model') return lines;
  return [
    ...lines,
    `${asInModel} of ${seeds} days gave the same journal as in the model store; what the store met:`,
    ...Object.entries(storeFigures).map(([name, count]) => `  ${name.padEnd(44)} ${count}`),
  ];
}

function text(shown: ReturnType<typeof figuresOf>): string {
  const lines = [
    `${shown.seeds} days in ${shown.seconds} s (${shown.daysASecond} a second): ${shown.orders} orders, ${shown.executions} executions, ${shown.starts} starts of the process, ${shown.steps} steps checked`,
    `${shown.twice} seeds were run twice and gave the same journal`,
    ...storeLines(shown),
    `slowest seed: ${shown.slowest === null ? 'none' : `${shown.slowest.seed}, ${shown.slowest.milliseconds} ms`}`,
    'fault points, and how often each fired:',
    ...Object.entries(shown.faults).map(([name, count]) => `  ${name.padEnd(24)} ${count}`),
  ];
  for (const failure of shown.failures.slice(0, FAILURES_SHOWN))
    lines.push(`seed ${failure.seed} FAILED ${failure.message ?? ''}`, `  ${failure.replay}`);
  if (shown.seldom.length > 0) lines.push(`these fault points fired too seldom to prove anything: ${shown.seldom.join(', ')}`);
  lines.push(shown.failures.length === 0 ? 'no invariant was violated' : `${shown.failures.length} seeds violated an invariant`);
  return `${lines.join('\n')}\n`;
}

export function addSimulate(program: Command, terminal: Terminal): void {
  program
    .command('simulate')
    .description('Trade simulated days against an adversarial broker, clock and disk, and check every invariant after each step')
    .option('--seeds <n>', 'how many days (default: 1000; 2000 at most with a planted bug; 20 on a real store)', parseCount)
    .option('--from <seed>', 'the first seed; the others follow it (default: 1)', parseSeed)
    .option('--plant <bug>', 'plant a bug, and show which invariant finds it, with the shortest day that does')
    .option('--store <store>', 'in what the days are written down: model, embedded or postgres', parseStore, 'model')
    .option('--threads <n>', 'threads', parseCount, 2)
    .option('--json', 'print figures as JSON')
    .addHelpText(
      'after',
      `
Every seed is a trading day of its own: which symbols, orders, strategies and faults it has follows from the seed alone, so that a failing one can
be repeated by its number. Exit code 1 when an invariant was violated, or when a fault point fired too seldom.

The store is a model of a disk, or the product's own: the embedded journal in a temporary folder, with its tables in the embedded database; or
PostgreSQL at DATABASE_URL, in schemas that the run makes and drops. Faults act on the real files and connections, and each day must give the same
journal as in the model. Days take seconds there: ask for fewer seeds (default: 20).

Examples:
  tidemark simulate --seeds 10000
  tidemark simulate --seeds 1 --from 4711
  tidemark simulate --plant blind-retry
  tidemark simulate --store embedded --seeds 50`,
    )
    .action(async (options: SimulateOptions) => {
      const store = storeOf(options, terminal);
      await interruptible(async (signal) => await simulate(options, store, terminal, signal));
    });
}

async function simulate(options: SimulateOptions, store: StoreChoice, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { runSeeds, shrunk } = await import('../simulation/host/pool.ts');
  const { PLANTS } = await import('../simulation/plants/index.ts');
  const { seeds = seedsFor(options), from = 1n, threads, plant } = options;
  if (plant !== undefined && !PLANTS.has(plant))
    throw new UsageError(`No planted bug is named ${plant}. There are: ${[...PLANTS.keys()].join(', ')}`);
  const tally = openTally();
  const onOutcome = (outcome: SeedOutcome): void => {
    tally.add(outcome);
    const { seeds: done, failures } = tally.summary();
    if (outcome.violated !== undefined && failures.length <= FAILURES_SHOWN)
      terminal.err.write(`seed ${outcome.seed}: ${outcome.violated.message}\n`);
    if (done % (store.kind === 'model' ? PROGRESS_EVERY : REAL_PROGRESS_EVERY) === 0)
      terminal.err.write(`${done} of ${seeds} days, ${failures.length} violated an invariant\n`);
  };
  const startedAt = performance.now();
  const enough = (): boolean => signal.aborted || (plant !== undefined && tally.summary().failures.length >= CANDIDATES);
  await runSeeds({ plant, store, seeds, from, threads, onOutcome, enough });
  const seconds = (performance.now() - startedAt) / MS;
  const summary = tally.summary();
  const replay = await shortest(summary.failures, async (seed) => await shrunk(seed, { plant, store }, signal), signal);
  const told = replay !== undefined ? replayText(replay) : summary.failures.length === 0 || signal.aborted ? '' : NOT_AGAIN;
  const shown = {
    ...figuresOf(store.kind, summary, seconds, commandOf(options)),
    replay: replay === undefined ? null : plainReplay(replay),
  };
  terminal.out.write(options.json === true ? `${JSON.stringify(shown)}\n` : `${text(shown)}${told}`);
  if (signal.aborted) throw new Interrupted(`Stopped after ${summary.seeds} of ${seeds} days; nothing of them is left behind`);
  conclude(summary, seeds, plant);
}

const SEEDS = 1_000;
const PLANTED_SEEDS = 2_000;
const REAL_SEEDS = 20;
const seedsFor = ({ store, plant }: SimulateOptions): number =>
  store !== 'model' ? REAL_SEEDS : plant === undefined ? SEEDS : PLANTED_SEEDS;
const MS = 1_000;

const commandOf =
  ({ plant, store }: SimulateOptions) =>
  (seed: bigint): string =>
    [
      'tidemark simulate --seeds 1',
      `--from ${seed}`,
      ...(plant === undefined ? [] : [`--plant ${plant}`]),
      ...(store === 'model' ? [] : [`--store ${store}`]),
    ].join(' ');

const plainReplay = ({ seed, invariant, message, parts }: Replay) => ({
  seed: String(seed),
  invariant,
  message,
  events: parts.map(({ name, at }) => ({ at: new Date(at).toISOString(), name })),
});

const NOT_AGAIN = 'no failing seed failed again when it was repeated: what it met follows from more than the seed\n';

function replayText({ seed, message, parts }: Replay): string {
  const lines = parts.map(({ name, at }) => `  ${new Date(at).toISOString().slice(11, 23)} ${name}`);
  return `seed ${seed} fails with ${parts.length} of what happened in it:\n${lines.join('\n')}\n  ${message}\n`;
}

/** Without a planted bug nothing may be found; with one, something must be. */
function conclude(summary: Summary, seeds: number, plant: string | undefined): void {
  if (plant !== undefined) {
    if (summary.failures.length === 0) throw new Error(`The planted bug ${plant} was not found in ${seeds} simulated days`);
    return;
  }
  if (summary.failures.length > 0) throw new Error(`${summary.failures.length} of ${seeds} simulated days violated an invariant`);
  if (summary.seldom.length > 0) throw new Error(`Fault points that fired too seldom: ${summary.seldom.join(', ')}`);
}
