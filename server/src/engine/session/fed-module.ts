import type { Slice, SliceWish } from '@tidemark/compute/types';
import type { StrategyConfig, Wished } from '../../strategies/strategy.ts';
import type { Action } from '../effects.ts';
import type { BarSlice } from '../events.ts';
import { sliceOf, wishesOf, warmingSlice } from '../strategy-slice.ts';

export type Ask = Extract<Action, { kind: 'AskStrategy' }>;

/** A strategy's module at work, in a thread of its own, with a deadline. Rejects when the module fails. */
export interface StrategyRunner {
  onBars(slice: Slice): Promise<readonly SliceWish[]>;
  close(): Promise<void>;
}

/** A module with what it has seen: slices go in one at a time, in order, and none twice. */
export interface FedModule {
  readonly config: StrategyConfig;
  readonly feedPast: (slices: readonly BarSlice[]) => Promise<void>;
  /** The answer to an ask; none where the module has seen these bars already. */
  readonly answer: (ask: Ask) => Promise<readonly Wished[]>;
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
      const targets = wishesOf(config.symbols, await runner.onBars(slice));
      seenMs = slice.atMs;
      return targets;
    },
    seenMs: () => seenMs,
    close: () => runner.close(),
  };
}

/** Field by field: a wish that was read from a journal and one that a module has just made. */
export const sameWishes = (left: readonly Wished[], right: readonly Wished[]): boolean =>
  left.length === right.length &&
  left.every((wish, index) => {
    const [ours, theirs] = [fieldsOf(wish), fieldsOf(right[index] ?? {})];
    return ours.size === theirs.size && [...ours].every(([name, value]) => theirs.get(name) === value);
  });

const fieldsOf = (wish: object): ReadonlyMap<string, unknown> => new Map(Object.entries(wish));
