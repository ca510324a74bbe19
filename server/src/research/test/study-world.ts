import { compileBuiltIn, DEFAULT_BACKTEST_OPTIONS } from '@tidemark/compute';
import { openStatistics } from '@tidemark/compute/statistics';
import type { BarSeries, StrategyModule } from '@tidemark/compute/types';
import { expect, vi } from 'vitest';
import type { JobQueue } from '../../jobs/queue.ts';
import { instantFromMs } from '../../money/instant.ts';
import { openJobQueue } from '../../platform/job-queue.ts';
import type { TestDatabase } from '../../platform/test-database.ts';
import { saveVersion, versionByHash } from '../../strategies/service.ts';
import { trialsOn } from '../../trials/service.ts';
import type { Studies, StudyServiceOptions } from '../study-service.ts';
import type { StudyJob, StudyKind } from '../study.ts';

const ROWS = 1_200;
const DAY_MS = 86_400_000;
const START_MS = Date.parse('2018-01-01T00:00:00Z');
const column = (read: (row: number) => number): Float64Array => Float64Array.from({ length: ROWS }, (_, row) => read(row));
const close = (row: number): number => 100 + 8 * Math.sin(row / 23) + 5 * Math.sin(row / 7) + row / 60;

/** For tests: bars of ALDR. */
export const SERIES: BarSeries = {
  length: ROWS,
  startAtMs: column((row) => START_MS + row * DAY_MS),
  open: column(close),
  high: column((row) => close(row) + 1),
  low: column((row) => close(row) - 1),
  close: column(close),
  volume: column(() => 1_000),
};
export const SPAN = {
  symbols: ['ALDR'],
  timeframe: '1Day',
  from: instantFromMs(START_MS),
  to: instantFromMs(START_MS + (ROWS - 1) * DAY_MS),
};

/** For tests: a database with a strategy, a queue, and bars that can be changed. */
export interface StudyWorld {
  readonly database: TestDatabase;
  readonly queue: JobQueue;
  readonly module: StrategyModule;
  readonly options: StudyServiceOptions;
  /** What was reported: nothing is expected. */
  readonly failures: readonly string[];
  bars: BarSeries;
  job(change?: Partial<StudyJob>): StudyJob;
  /** Waits until it has ended; in which state. */
  ended(studies: Studies<StudyKind>, id: string): Promise<string | undefined>;
  countTrials(): Promise<number>;
  close(): Promise<void>;
}

const now = () => instantFromMs(Date.now());

export async function openStudyWorld(openDatabase: () => Promise<TestDatabase>): Promise<StudyWorld> {
  const database = await openDatabase();
  const module = await compileBuiltIn('sma-crossover');
  await saveVersion(database.db, { module, name: 'sma-crossover', source: '' }, now());
  const failures: string[] = [];
  const report = (what: string, error: unknown): void => void failures.push(`${what}: ${String(error)}`);
  const queue = openJobQueue({ database, report });
  const world: StudyWorld = {
    database,
    queue,
    module,
    failures,
    bars: SERIES,
    options: {
      db: database.db,
      queue,
      statistics: openStatistics,
      threads: 2,
      now,
      report,
      bars: ({ symbol }) => Promise.resolve(symbol === 'ALDR' ? world.bars : { ...world.bars, length: 0 }),
      moduleOf: async (version) => (await versionByHash(database.db, version))?.module,
    },
    job: (change = {}) => ({
      module,
      strategyName: 'sma-crossover',
      strategyFlag: 'sma-crossover',
      parameters: { direction: 'long' },
      space: { grid: ['fast=2..180', 'slow=5..400'], where: 'fast<slow', method: 'grid' },
      symbols: ['ALDR'],
      timeframe: '1Day',
      from: undefined,
      to: undefined,
      options: DEFAULT_BACKTEST_OPTIONS,
      ...change,
    }),
    ended: async (studies, id) => {
      const state = async (): Promise<string | undefined> => (await studies.byId(id))?.state;
      await vi.waitFor(async () => expect(await state()).toMatch(/done|failed|aborted/), { timeout: 50_000, interval: 50 });
      return await state();
    },
    countTrials: async () => (await trialsOn(database.db, SPAN)).sets,
    close: async () => {
      await queue.close();
      await database.close();
    },
  };
  return world;
}
