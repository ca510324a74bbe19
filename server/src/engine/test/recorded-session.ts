import { compileBuiltIn, openStrategy, openStrategyWorker } from '@tidemark/compute';
import type { StrategyModule } from '@tidemark/compute';
import type { JournalEntry } from '../../journal/journal.ts';
import type { StrategyConfig } from '../../strategies/strategy.ts';
import type { OpenRunner } from '../session/strategy-runners.ts';
import { ALDER, FLIPPER, openWorld, quiet } from './session-world.ts';
import type { World } from './session-world.ts';

/** Two strategies of one module that turn often, so that a few days hold many decisions. */
const PARAMETERS = { fast: 1, slow: 2, direction: 'longshort' };

export interface RecordedTrading {
  readonly world: World;
  readonly module: StrategyModule;
  readonly configs: readonly StrategyConfig[];
  /** The same module, in this thread: quicker than a thread of its own. */
  readonly open: OpenRunner;
  readonly entries: () => Promise<readonly JournalEntry[]>;
}

const DAYS = [
  [100, 100],
  [100, 99],
  [99, 101],
  [101, 98],
  [98, 103],
  [103, 99],
  [99, 104],
  [104, 97],
  [97, 102],
  [102, 98],
] as const;

export async function everyEntry({ journal }: Pick<World, 'journal'>): Promise<readonly JournalEntry[]> {
  return await journal.read(0, 100_000);
}

/**
 * A session over the simulated exchange that trades a real module: with a restart, a restart after a day that nobody heard, a strategy that is configured
 * anew, and one that is stopped and started.
 */
export async function recordTrading(): Promise<RecordedTrading> {
  const module = await compileBuiltIn('sma-crossover');
  const world = await openWorld({
    openRunner: async ({ parameters, symbols }) => await openStrategyWorker(module, { parameters, symbols, deadlineMs: 30_000 }),
  });
  const base = { ...FLIPPER, version: module.version, source: 'sma-crossover', parameters: PARAMETERS };
  const configs: readonly StrategyConfig[] = [
    { ...base, id: 'crossing', name: 'Crossing' },
    { ...base, id: 'slower', name: 'Slower', parameters: { ...PARAMETERS, slow: 3 } },
  ];
  const at = () => world.session.state().now;
  const by = 'user:test';
  await world.session.command({ kind: 'InstrumentListed', at: at(), instrument: ALDER });
  for (const config of configs) {
    await world.session.command({ kind: 'StrategyCreated', at: at(), by, config });
    await world.session.command({ kind: 'StrategyEnabled', at: at(), by, strategyId: config.id });
  }
  await quiet(world);
  for (const [index, [first, close]] of DAYS.entries()) {
    await world.day(first, close, index !== 5);
    if (index === 3 || index === 5) {
      await world.restart();
      await quiet(world);
    }
    if (index === 6) {
      await world.session.command({ kind: 'StrategyDisabled', at: at(), by, strategyId: 'slower', reason: 'a look' });
      await world.session.command({ kind: 'StrategyEnabled', at: at(), by, strategyId: 'slower' });
      const [config] = configs;
      if (config !== undefined)
        await world.session.command({
          kind: 'StrategyConfigured',
          at: at(),
          by,
          config: { ...config, parameters: { ...PARAMETERS, slow: 3 } },
        });
      await quiet(world);
    }
  }
  await quiet(world);
  const open: OpenRunner = async ({ parameters, symbols }) => {
    const instance = openStrategy(module, { parameters, symbols });
    return await Promise.resolve({
      onBars: async (slice) => await Promise.resolve(instance.onBars(slice)),
      close: async () => await Promise.resolve(),
    });
  };
  return { world, module, configs, open, entries: async () => await everyEntry(world) };
}
