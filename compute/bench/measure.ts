/** Something to be timed. Whatever `prepare` does before each run is not. */
export interface Work {
  readonly name: string;
  prepare?(): void | Promise<void>;
  run(): unknown;
}

export interface Plan {
  /** Timed runs of each work, at most. */
  readonly rounds: number;
  /** Runs before them, at most: for code that is not optimised yet and memory that nobody touched yet. */
  readonly warmUps: number;
  /** A work that has taken as long is left out of further rounds; it has one timed run at least. */
  readonly budgetMs: number;
}

/** One entry a timed run, in nanoseconds: elapsed, and of all threads of the process together. */
export interface Samples {
  readonly wallNs: readonly number[];
  readonly cpuNs: readonly number[];
}

export interface Clock {
  wallNs(): number;
  cpuNs(): number;
}

export const CLOCK: Clock = {
  wallNs: () => Number(process.hrtime.bigint()),
  cpuNs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) * 1000;
  },
};

interface Tally {
  readonly wallNs: number[];
  readonly cpuNs: number[];
  spentNs: number;
}

/**
 * Runs the works in turn, round after round, so that what disturbs the machine disturbs them all alike. Works of a promise are awaited.
 * Answers the samples in the order of the works.
 */
export async function measure(works: readonly Work[], plan: Plan, clock: Clock = CLOCK): Promise<readonly Samples[]> {
  const tallies = works.map((): Tally => ({ wallNs: [], cpuNs: [], spentNs: 0 }));
  const budgetNs = plan.budgetMs * 1e6;
  for (let round = -plan.warmUps; round < plan.rounds; round += 1) {
    for (const [index, work] of works.entries()) {
      const tally = tallies[index];
      if (tally === undefined || isDone(tally, round, budgetNs)) continue;
      await runOnce(work, tally, round >= 0, clock);
    }
  }
  return tallies.map(({ wallNs, cpuNs }) => ({ wallNs, cpuNs }));
}

/** A slow work warms up once, for a quarter of its budget at most, and is timed once at least. */
function isDone({ wallNs, spentNs }: Tally, round: number, budgetNs: number): boolean {
  if (round < 0) return spentNs > budgetNs / 4;
  return wallNs.length > 0 && spentNs > budgetNs;
}

async function runOnce(work: Work, tally: Tally, isTimed: boolean, clock: Clock): Promise<void> {
  await work.prepare?.();
  const cpuFrom = clock.cpuNs();
  const wallFrom = clock.wallNs();
  const pending = work.run();
  if (pending instanceof Promise) await pending;
  const wallNs = clock.wallNs() - wallFrom;
  const cpuNs = clock.cpuNs() - cpuFrom;
  tally.spentNs += wallNs;
  if (!isTimed) return;
  tally.wallNs.push(wallNs);
  tally.cpuNs.push(cpuNs);
}
