import type { Happening, RunResult } from '../run.ts';
import type { Place } from './place.ts';

/** What every thread of a simulation is told at its start. */
export interface ThreadOptions {
  /** A planted bug that the thread's code has. */
  readonly plant: string | undefined;
  /** Instead of any day, one with so many orders, of which no answer comes back. */
  readonly lostAnswers?: number;
}

export interface ThreadData extends ThreadOptions {
  /** Where it writes days down; nobody else writes there. */
  readonly place: Place;
}

/** Some seeds to run, one after another. */
export interface Task {
  readonly kind: 'run';
  readonly from: bigint;
  readonly count: number;
  /** Every so many-th seed is run twice, and must give the same journal. */
  readonly twiceEvery: number;
}

/** One seed's outcome as it crosses between threads. */
export interface SeedOutcome extends Omit<RunResult, 'counts' | 'figures' | 'happened' | 'endedAt'> {
  readonly counts: readonly (readonly [string, number])[];
  readonly figures: readonly (readonly [string, number])[];
  readonly milliseconds: number;
  /** The day was played twice, and gave the same journal. */
  readonly twice: boolean;
  /** The day was played in the model store too, and gave the same journal. */
  readonly asInModel: boolean;
}

/** One seed that failed, to be repeated with as little as possible. */
export interface ShrinkTask {
  readonly kind: 'shrink';
  readonly seed: bigint;
}

/** What is left of a failing seed (`undefined` is told where it does not fail again), in the order in which it happened. */
export interface Replay {
  readonly seed: bigint;
  readonly invariant: string;
  readonly message: string;
  readonly parts: readonly Happening[];
}
