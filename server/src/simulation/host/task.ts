/** In which store the journal of a run is kept. */
export const TIERS = ['model'] as const;
export type Tier = (typeof TIERS)[number];

/** What every thread of a simulation is told at its start. */
export interface ThreadOptions {
  readonly tier: Tier;
  /** A planted bug that the thread's code has. */
  readonly plant: string | undefined;
  readonly databaseUrl: string | undefined;
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
export interface SeedOutcome {
  readonly seed: bigint;
  readonly violated: { readonly invariant: string; readonly message: string } | undefined;
  readonly journalHash: string;
  readonly entries: number;
  readonly steps: number;
  readonly orders: number;
  readonly executions: number;
  readonly starts: number;
  readonly counts: readonly (readonly [string, number])[];
  readonly milliseconds: number;
  readonly twice: boolean;
}

/** One seed that failed, to be repeated with as little as possible. */
export interface ShrinkTask {
  readonly kind: 'shrink';
  readonly seed: bigint;
}

/** What is left of a failing seed, in the order in which it happened. */
export interface Replay {
  readonly seed: bigint;
  readonly invariant: string;
  readonly message: string;
  readonly parts: readonly { readonly name: string; readonly at: number }[];
}
