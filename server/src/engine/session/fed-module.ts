import type { Slice, SliceTarget } from '@tidemark/compute/types';
import type { StrategyConfig, Target } from '../../strategies/strategy.ts';
import type { Action } from '../effects.ts';
import type { BarSlice } from '../events.ts';
import { sliceOf, targetsOf, warmingSlice } from '../strategy-slice.ts';

export type Ask = Extract<Action, { kind: 'AskStrategy' }>;

/** A strategy's module at work, in a thread of its own, with a deadline. Rejects when the module fails. */
export interface StrategyRunner {
  onBars(slice: Slice): Promise<readonly SliceTarget[]>;
  close(): Promise<void>;
}

/** A module with what it has seen: slices go in one at a time, in order, and none twice. */
export interface FedModule {
  readonly config: StrategyConfig;
  readonly feedPast: (slices: readonly BarSlice[]) => Promise<void>;
  /** The answer to an ask; none where the module has seen these bars already. */
  readonly answer: (ask: Ask) => Promise<readonly Target[]>;
  /** Start of the newest bars it has seen. */
  readonly seenMs: () => number;
  readonly close: () => Promise<void>;
}

export function fedModule(config: StrategyConfig, runner: StrategyRunner): FedModule {
  let seenMs = Number.NEGATIVE_INFINITY;
  return {
    config,
    feedPast: async (slices) => {
      for (const { bars } of slices) {
        const slice = warmingSlice(config.symbols, bars);
        if (slice.atMs <= seenMs) continue;
        await runner.onBars(slice);
        seenMs = slice.atMs;
      }
    },
    answer: async (ask) => {
      const slice = sliceOf(config.symbols, ask);
      if (slice.atMs <= seenMs) return [];
      const targets = targetsOf(config.symbols, await runner.onBars(slice));
      seenMs = slice.atMs;
      return targets;
    },
    seenMs: () => seenMs,
    close: () => runner.close(),
  };
}

export const sameTargets = (left: readonly Target[], right: readonly Target[]): boolean =>
  left.length === right.length &&
  left.every((target, index) => {
    const other = right[index];
    return other !== undefined && target.symbol === other.symbol && target.exposure === other.exposure && target.reason === other.reason;
  });
