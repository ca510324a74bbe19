import { availableParallelism } from 'node:os';
import { openStatistics } from '@tidemark/compute/statistics';
import type { Statistics } from '@tidemark/compute/statistics';
import type { Kysely } from 'kysely';
import { openRunService } from '../../backtests/run-service.ts';
import type { RunService } from '../../backtests/run-service.ts';
import type { JobHandlers, JobQueue } from '../../jobs/queue.ts';
import type { BarQuery } from '../../market-data/graphql.ts';
import type { Instant } from '../../money/instant.ts';
import type { Database } from '../../platform/database.ts';
import { openSweepService } from '../../research/sweep-service.ts';
import type { SweepService } from '../../research/sweep-service.ts';
import { openWalkForwardService } from '../../research/walk-forward-service.ts';
import type { WalkForwardService } from '../../research/walk-forward-service.ts';
import { versionByHash } from '../../strategies/service.ts';
import type { StoredBars } from './stored-bars.ts';

export interface ResearchParts {
  readonly db: Kysely<Database>;
  readonly queue: JobQueue;
  readonly stored: StoredBars;
  readonly now: () => Instant;
  readonly report: (what: string, error: unknown) => void;
}

/** Everything that is worked out as jobs: for the API, which asks for it, and for workers, which do it. */
export interface Research {
  readonly runs: RunService;
  readonly sweeps: SweepService;
  readonly walkForwards: WalkForwardService;
  readonly jobs: JobHandlers;
  /** Sends jobs for what waits and has none. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open();
    opened.catch(() => (opened = undefined));
    return opened;
  };
}

export function openResearch({ db, queue, stored, now, report }: ResearchParts): Research {
  const shared = {
    db,
    queue,
    now,
    report,
    bars: (query: BarQuery) => stored.read(query),
    moduleOf: async (version: string) => (await versionByHash(db, version))?.module,
  };
  const statistics = once<Statistics>(openStatistics);
  const runs = openRunService({ ...shared, statistics });
  const studies = { ...shared, statistics, threads: availableParallelism() };
  const sweeps = openSweepService(studies);
  const walkForwards = openWalkForwardService(studies);
  return {
    runs,
    sweeps,
    walkForwards,
    jobs: {
      work: { ...runs.handlers.work, ...sweeps.handlers.work, ...walkForwards.handlers.work },
      lost: { ...runs.handlers.lost, ...sweeps.handlers.lost, ...walkForwards.handlers.lost },
    },
    resume: async () => {
      await runs.resume();
      await sweeps.resume();
      await walkForwards.resume();
      queue.wake();
    },
    close: async () => {
      runs.close();
      await sweeps.close();
      await walkForwards.close();
    },
  };
}
