import { availableParallelism } from 'node:os';
import { openStatistics } from '@tidemark/compute/statistics';
import type { Statistics } from '@tidemark/compute/statistics';
import { trainInWorker } from '@tidemark/compute/models';
import type { Kysely } from 'kysely';
import { openRunService } from '../../backtests/run-service.ts';
import type { RunService } from '../../backtests/run-service.ts';
import type { JobHandlers, JobQueue } from '../../jobs/queue.ts';
import type { BarQuery } from '../../market-data/graphql.ts';
import type { Instant } from '../../money/instant.ts';
import type { Database } from '../../platform/database.ts';
import { openTrainingService } from '../../models/training-service.ts';
import type { TrainingService } from '../../models/training-service.ts';
import { openSweepService } from '../../research/sweep-service.ts';
import type { SweepService } from '../../research/sweep-service.ts';
import { versionByHash } from '../../strategies/service.ts';
import type { StoredBars } from './stored-bars.ts';

export interface ResearchParts {
  readonly db: Kysely<Database>;
  readonly queue: JobQueue;
  readonly stored: StoredBars;
  /** Of the program: part of what it trains. */
  readonly version: string;
  readonly now: () => Instant;
  readonly report: (what: string, error: unknown) => void;
}

/** Everything that is worked out as jobs: for the API, which asks for it, and for workers, which do it. */
export interface Research {
  readonly runs: RunService;
  readonly sweeps: SweepService;
  readonly trainings: TrainingService;
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

export function openResearch({ db, queue, stored, version, now, report }: ResearchParts): Research {
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
  const sweeps = openSweepService({ ...shared, statistics, threads: availableParallelism() });
  const trainings = openTrainingService({ ...shared, version, train: trainInWorker });
  return {
    runs,
    sweeps,
    trainings,
    jobs: {
      work: { ...runs.handlers.work, ...sweeps.handlers.work, ...trainings.handlers.work },
      lost: { ...runs.handlers.lost, ...sweeps.handlers.lost, ...trainings.handlers.lost },
    },
    resume: async () => {
      await runs.resume();
      await sweeps.resume();
      await trainings.resume();
      queue.wake();
    },
    close: async () => {
      runs.close();
      trainings.close();
      await sweeps.close();
    },
  };
}
