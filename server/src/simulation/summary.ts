import { FAULT_NAMES } from './faults.ts';
import type { FaultName } from './faults.ts';
import type { SeedOutcome } from './host/task.ts';

/** What many seeds have come to. */
export interface Summary {
  readonly seeds: number;
  readonly failures: readonly SeedOutcome[];
  readonly counts: ReadonlyMap<string, number>;
  /** What the store has met. */
  readonly figures: ReadonlyMap<string, number>;
  /** Fault points that fired less often than so many seeds should make them. */
  readonly seldom: readonly FaultName[];
  readonly slowest: SeedOutcome | undefined;
  readonly steps: number;
  readonly orders: number;
  readonly executions: number;
  readonly starts: number;
  readonly twice: number;
  /** Days that gave the same journal in the model store. */
  readonly asInModel: number;
}

/** Each fault point must fire once in so many seeds, at least. */
const SEEDS_A_FIRING = 100;

export interface Tally {
  readonly add: (outcome: SeedOutcome) => void;
  readonly summary: () => Summary;
}

export function openTally(): Tally {
  const failures: SeedOutcome[] = [];
  const counts = new Map<string, number>();
  const figures = new Map<string, number>();
  let slowest: SeedOutcome | undefined;
  const sums = { seeds: 0, steps: 0, orders: 0, executions: 0, starts: 0, twice: 0, asInModel: 0 };
  return {
    add: (outcome) => {
      sums.seeds += 1;
      sums.steps += outcome.steps;
      sums.orders += outcome.orders;
      sums.executions += outcome.executions;
      sums.starts += outcome.starts;
      sums.twice += outcome.twice ? 1 : 0;
      sums.asInModel += outcome.asInModel ? 1 : 0;
      for (const [name, count] of outcome.counts) counts.set(name, (counts.get(name) ?? 0) + count);
      for (const [name, count] of outcome.figures) figures.set(name, (figures.get(name) ?? 0) + count);
      if (outcome.violated !== undefined) failures.push(outcome);
      if (slowest === undefined || outcome.milliseconds > slowest.milliseconds) slowest = outcome;
    },
    summary: () => {
      const least = Math.floor(sums.seeds / SEEDS_A_FIRING);
      const seldom = FAULT_NAMES.filter((name) => (counts.get(name) ?? 0) < least);
      return { ...sums, failures, counts, figures, seldom, slowest };
    },
  };
}
