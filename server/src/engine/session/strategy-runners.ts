import type { Slice, SliceTarget } from '@tidemark/compute/types';
import type { StrategyConfig, Target } from '../../strategies/strategy.ts';
import type { Action } from '../effects.ts';
import type { BarSlice } from '../events.ts';
import { sliceOf, targetsOf, warmingSlice } from '../strategy-slice.ts';
import type { Background } from './background.ts';
import type { LatencyRecorder } from './latencies.ts';
import type { Loop } from './loop.ts';

export type Ask = Extract<Action, { kind: 'AskStrategy' }>;

/** A strategy's module at work, in a thread of its own, with a deadline. Rejects when the module fails. */
export interface StrategyRunner {
  onBars(slice: Slice): Promise<readonly SliceTarget[]>;
  close(): Promise<void>;
}

/** Opens the module of a configured version. Rejects with a reason for people. */
export type OpenRunner = (config: StrategyConfig) => Promise<StrategyRunner>;

/** Closed bars of a strategy's symbols before now, oldest first: what its indicators need before its first decision. */
export type WarmUpHistory = (config: StrategyConfig) => Promise<readonly BarSlice[]>;

/** What a module was fed since it was enabled, as the journal has it. */
export interface RecordedLife {
  readonly warmUp: readonly BarSlice[];
  readonly asks: readonly { readonly ask: Ask; readonly decided: readonly Target[] | undefined }[];
}

export interface RunnersOptions {
  readonly open: OpenRunner;
  readonly history: WarmUpHistory;
  readonly loop: () => Loop;
  readonly background: Background;
  readonly latencies: LatencyRecorder;
}

export interface Runners {
  /** Open a module for a strategy that was just enabled, and feed it the past. */
  enable(config: StrategyConfig): void;
  disable(strategyId: string): void;
  ask(ask: Ask): void;
  /** Rebuild a module after a restart: fed what it was fed, it must answer what it answered. */
  rebuild(config: StrategyConfig, life: RecordedLife): void;
  close(): Promise<void>;
}

interface Running {
  readonly config: StrategyConfig;
  readonly runner: StrategyRunner;
  /** Start of the newest bars that the module has seen: it sees none twice. */
  seenMs: number;
}

const failure = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const sameTargets = (left: readonly Target[], right: readonly Target[]): boolean =>
  left.length === right.length &&
  left.every((target, index) => {
    const other = right[index];
    return other !== undefined && target.symbol === other.symbol && target.exposure === other.exposure && target.reason === other.reason;
  });

/** One chain of work a strategy: its module sees slices one at a time and in order; strategies do not wait for each other. */
export function openRunners({ open, history, loop, background, latencies }: RunnersOptions): Runners {
  const chains = new Map<string, Promise<void>>();
  const running = new Map<string, Running>();

  const fail = async (strategyId: string, reason: string): Promise<void> => {
    await stop(strategyId);
    await loop().dispatch({ kind: 'StrategyFailed', at: loop().state().now, strategyId, reason });
  };
  const stop = async (strategyId: string): Promise<void> => {
    const known = running.get(strategyId);
    running.delete(strategyId);
    await known?.runner.close();
  };
  /** Work for one strategy after what was asked of it before; what goes wrong in it pauses that strategy. */
  const enqueue = (strategyId: string, what: string, work: () => Promise<void>): void => {
    const before = chains.get(strategyId) ?? Promise.resolve();
    const guarded = async (): Promise<void> => {
      await before;
      try {
        await work();
      } catch (error) {
        if (loop().halted() !== undefined || background.signal.aborted) throw error;
        await fail(strategyId, `${what}: ${failure(error)}`);
      }
    };
    const done = guarded();
    chains.set(
      strategyId,
      done.catch(() => undefined),
    );
    background.run(`strategy ${strategyId}: ${what}`, () => done);
  };

  const feedPast = async (each: Running, slices: readonly BarSlice[]): Promise<void> => {
    for (const { bars } of slices) {
      const slice = warmingSlice(each.config.symbols, bars);
      if (slice.atMs <= each.seenMs) continue;
      await each.runner.onBars(slice);
      each.seenMs = slice.atMs;
    }
  };
  const begin = async (config: StrategyConfig): Promise<Running> => {
    await stop(config.id);
    const each: Running = { config, runner: await open(config), seenMs: Number.NEGATIVE_INFINITY };
    running.set(config.id, each);
    return each;
  };
  const answer = async (each: Running, ask: Ask): Promise<readonly Target[]> => {
    const slice = sliceOf(each.config.symbols, ask);
    if (slice.atMs <= each.seenMs) return [];
    const targets = targetsOf(each.config.symbols, await each.runner.onBars(slice));
    each.seenMs = slice.atMs;
    return targets;
  };
  const decide = async (each: Running, ask: Ask, targets: readonly Target[]): Promise<void> => {
    const decision = { strategyId: each.config.id, version: each.config.version, barAt: ask.at, targets };
    await loop().dispatch({ kind: 'StrategyDecided', at: loop().state().now, decision });
  };
  const relive = async (each: Running, { warmUp, asks }: RecordedLife): Promise<void> => {
    await feedPast(each, warmUp);
    for (const { ask, decided } of asks) {
      const targets = await answer(each, ask);
      if (decided === undefined) {
        // The answer was lost with the process: it is given now, and the gate sees whether it is still fresh.
        if (ask === asks.at(-1)?.ask) await decide(each, ask, targets);
      } else if (!sameTargets(targets, decided)) {
        throw new Error(`the module decides otherwise than it did at ${new Date(ask.at).toISOString()}`);
      }
    }
  };
  return {
    enable: (config) =>
      enqueue(config.id, 'warming up', async () => {
        const each = await begin(config);
        const slices = await history(config);
        await loop().dispatch({ kind: 'StrategyWarmed', at: loop().state().now, strategyId: config.id, slices });
        await feedPast(each, slices);
      }),
    disable: (strategyId) => enqueue(strategyId, 'stopping', () => stop(strategyId)),
    ask: (ask) =>
      enqueue(ask.strategyId, 'deciding', async () => {
        const each = running.get(ask.strategyId);
        if (each === undefined) return;
        const startedAt = performance.now();
        const targets = await answer(each, ask);
        latencies.record('strategy', performance.now() - startedAt);
        await decide(each, ask, targets);
      }),
    rebuild: (config, life) => enqueue(config.id, 'rebuilding', async () => relive(await begin(config), life)),
    close: async () => {
      await Promise.all(chains.values());
      await Promise.all([...running.keys()].map(stop));
    },
  };
}
