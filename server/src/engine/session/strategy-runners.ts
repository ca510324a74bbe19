import { formatInstant } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { StrategyConfig, Wished } from '../../strategies/strategy.ts';
import type { BarSlice } from '../events.ts';
import type { Feeding } from '../recorded-lives.ts';
import type { StrategySlot } from '../state.ts';
import type { Background } from './background.ts';
import { fedModule, sameWishes } from './fed-module.ts';
import type { Ask, FedModule, StrategyRunner } from './fed-module.ts';
import type { LatencyRecorder } from './latencies.ts';
import { SessionHalted } from './loop.ts';
import type { Loop } from './loop.ts';

export type { StrategyRunner } from './fed-module.ts';

/** Opens the module of a configured version. Rejects with a reason for people. */
export type OpenRunner = (config: StrategyConfig) => Promise<StrategyRunner>;

/** Closed bars of a strategy's symbols before now, oldest first: what its indicators need before its first decision. */
export type WarmUpHistory = (config: StrategyConfig) => Promise<readonly BarSlice[]>;

export interface RunnersOptions {
  readonly open: OpenRunner;
  readonly history: WarmUpHistory;
  readonly loop: () => Loop;
  readonly background: Background;
  readonly latencies: LatencyRecorder;
}

export interface Runners {
  /** Open a module for a strategy that was just enabled, and feed it the past. */
  readonly enable: (config: StrategyConfig) => void;
  readonly disable: (strategyId: string) => void;
  readonly ask: (ask: Ask) => void;
  /** Bars may have been missed until now: every module is fed them before it is asked again. */
  readonly catchUp: (until: Instant) => void;
  /** Rebuild a module after a restart: fed what it was fed, it must answer what it answered. */
  readonly rebuild: (config: StrategyConfig, life: readonly Feeding[]) => void;
  readonly close: () => Promise<void>;
}

const failure = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const RECONCILE_MS_MAX = 30_000;
const RECONCILE_STEP_MS = 50;

type Work = () => Promise<void>;
/** Does work for one strategy after what was asked of it before. */
type Enqueue = (strategyId: string, what: string, work: Work) => void;

interface Chains {
  readonly enqueue: Enqueue;
  /** Resolves when all that was enqueued is done. */
  readonly idle: () => Promise<void>;
}

/** One chain of work a strategy: what goes wrong in it goes to `fail`; strategies do not wait for each other. */
function openChains(loop: () => Loop, background: Background, fail: (strategyId: string, reason: string) => Promise<void>): Chains {
  const chains = new Map<string, Promise<void>>();
  const guarded = async (before: Promise<void>, strategyId: string, what: string, work: Work): Promise<void> => {
    await before;
    try {
      await work();
    } catch (error) {
      if (loop().halted() !== undefined || background.signal.aborted) throw error;
      await fail(strategyId, `${what}: ${failure(error)}`);
    }
  };
  return {
    enqueue: (strategyId, what, work) => {
      const done = guarded(chains.get(strategyId) ?? Promise.resolve(), strategyId, what, work);
      chains.set(
        strategyId,
        done.catch(() => undefined),
      );
      background.run(`strategy ${strategyId}: ${what}`, () => done);
    },
    idle: async () => void (await Promise.all(chains.values())),
  };
}

/** Fed what it was fed, a module must answer what it answered; the answer that was lost with the process is given now. */
async function relive(
  module: FedModule,
  life: readonly Feeding[],
  decide: (ask: Ask, targets: readonly Wished[]) => Promise<void>,
): Promise<void> {
  for (const feeding of life) {
    if (feeding.kind === 'past') {
      await module.feedPast(feeding.slices);
      continue;
    }
    const { ask, decided } = feeding;
    const targets = await module.answer(ask);
    if (decided === undefined) {
      // The gate sees whether it is still fresh.
      if (feeding === life.at(-1)) await decide(ask, targets);
    } else if (!sameWishes(targets, decided)) {
      throw new Error(`the module decides otherwise than it did at ${formatInstant(ask.at)}`);
    }
  }
}

/** Bars that closed while nobody listened: newer than what the module has seen, older than a question that still waits. */
function missedSlices(module: FedModule, slices: readonly BarSlice[], slot: StrategySlot | undefined): readonly BarSlice[] {
  const asked = slot?.signal?.at;
  const waiting =
    asked !== undefined && (slot?.lastDecisionAt === undefined || slot.lastDecisionAt < asked) ? asked : Number.POSITIVE_INFINITY;
  return slices.filter(({ at, bars: [first] }) => first !== undefined && first.startAt > module.seenMs() && at < waiting);
}

const CATCH_UP_MS_MAX = 60_000;
const CATCH_UP_FIRST_MS = 500;

/** The venue may not answer at once: it is asked for a while. A module with a hole in its past must not decide. */
async function patiently(background: Background, task: () => Promise<void>): Promise<void> {
  const startedAt = background.nowMs();
  for (let wait = CATCH_UP_FIRST_MS; ; wait *= 2) {
    try {
      return await task();
    } catch (error) {
      if (error instanceof SessionHalted) throw error;
      const goesOn = background.nowMs() - startedAt + wait <= CATCH_UP_MS_MAX && (await background.pause(wait));
      if (!goesOn) throw error;
    }
  }
}

/** Before the first reconcile every entry is denied: an old answer waits for it a while. */
async function untilReconciled(loop: () => Loop, background: Background): Promise<void> {
  for (let waited = 0; waited < RECONCILE_MS_MAX && !loop().state().reconciled; waited += RECONCILE_STEP_MS) {
    if (!(await background.pause(RECONCILE_STEP_MS))) return;
  }
}

export function openRunners({ open, history, loop, background, latencies }: RunnersOptions): Runners {
  const modules = new Map<string, FedModule>();
  const stop = async (strategyId: string): Promise<void> => {
    const module = modules.get(strategyId);
    modules.delete(strategyId);
    await module?.close();
  };
  const begin = async (config: StrategyConfig): Promise<FedModule> => {
    await stop(config.id);
    const module = fedModule(config, await open(config));
    modules.set(config.id, module);
    return module;
  };
  const decideFor =
    ({ config: { id: strategyId, version } }: FedModule) =>
    async (ask: Ask, targets: readonly Wished[]): Promise<void> => {
      await loop().dispatch({ kind: 'StrategyDecided', at: loop().state().now, decision: { strategyId, version, barAt: ask.at, targets } });
    };
  const warm = async (module: FedModule, slices: readonly BarSlice[]): Promise<void> => {
    await loop().dispatch({ kind: 'StrategyWarmed', at: loop().state().now, strategyId: module.config.id, slices });
    await module.feedPast(slices);
  };
  const feedMissed = async (module: FedModule, until?: Instant): Promise<void> => {
    const past = await history(module.config);
    const closed = until === undefined ? past : past.filter(({ at }) => at <= until);
    const slices = missedSlices(module, closed, loop().state().strategies.get(module.config.id));
    if (slices.length > 0) await warm(module, slices);
  };
  const { enqueue, idle } = openChains(loop, background, async (strategyId, reason) => {
    await stop(strategyId);
    await loop().dispatch({ kind: 'StrategyFailed', at: loop().state().now, strategyId, reason });
  });
  return {
    enable: (config) =>
      enqueue(config.id, 'warming up', async () => {
        const module = await begin(config);
        await warm(module, await history(config));
      }),
    disable: (strategyId) => enqueue(strategyId, 'stopping', () => stop(strategyId)),
    ask: (ask) =>
      enqueue(ask.strategyId, 'deciding', async () => {
        const module = modules.get(ask.strategyId);
        if (module === undefined) return;
        const startedAt = background.nowMs();
        const targets = await module.answer(ask);
        latencies.record('strategy', background.nowMs() - startedAt);
        await decideFor(module)(ask, targets);
      }),
    catchUp: (until) => {
      for (const [strategyId, module] of modules)
        enqueue(strategyId, 'catching up', () => patiently(background, () => feedMissed(module, until)));
    },
    rebuild: (config, life) =>
      enqueue(config.id, 'rebuilding', async () => {
        const module = await begin(config);
        await relive(module, life, async (ask, targets) => {
          await untilReconciled(loop, background);
          await decideFor(module)(ask, targets);
        });
        await feedMissed(module);
      }),
    close: async () => {
      await idle();
      await Promise.all([...modules.keys()].map(stop));
    },
  };
}
