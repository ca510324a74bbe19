import { compileBuiltIn, compileStrategy, DEFAULT_BACKTEST_OPTIONS } from '@tidemark/compute';
import { openStatistics } from '@tidemark/compute/statistics';
import type { BarSeries } from '@tidemark/compute/types';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { JobQueue } from '../jobs/queue.ts';
import { instantFromMs } from '../money/instant.ts';
import { openJobQueue } from '../platform/job-queue.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import { saveVersion, versionByHash } from '../strategies/service.ts';
import { badgesOf } from './badges.ts';
import { commandOf } from './job.ts';
import type { BacktestJob } from './job.ts';
import { writeRequest } from './request.ts';
import { openRunService, RUN_JOB } from './run-service.ts';
import type { RunService } from './run-service.ts';
import { createRun, resultOfRun, runById } from './service.ts';

const ROWS = 500;
const column = (read: (row: number) => number): Float64Array => Float64Array.from({ length: ROWS }, (_, row) => read(row));
const close = (row: number): number => 100 + 10 * Math.sin(row / 9);
const SERIES: BarSeries = {
  length: ROWS,
  startAtMs: column((row) => Date.parse('2020-01-01T00:00:00Z') + row * 86_400_000),
  open: column(close),
  high: column((row) => close(row) + 1),
  low: column((row) => close(row) - 1),
  close: column(close),
  volume: column(() => 1_000),
};
const now = () => instantFromMs(Date.now());

async function job(change: Partial<BacktestJob> = {}): Promise<BacktestJob> {
  const module = await compileBuiltIn('sma-crossover');
  return {
    module,
    strategyName: 'sma-crossover',
    strategyFlag: 'sma-crossover',
    parameters: { fast: 5, slow: 20, direction: 'long' },
    symbol: 'ALDR',
    from: undefined,
    to: undefined,
    options: DEFAULT_BACKTEST_OPTIONS,
    ...change,
  };
}

/** A run's record, but for its id and request. */
async function start() {
  const { module, parameters, symbol } = await job();
  return { module, strategyName: 'x', parameters, symbols: [symbol], from: undefined, to: undefined, command: '', createdAt: now() };
}

withTestDatabases('run service', (openDatabase) => {
  let database: TestDatabase;
  let runs: RunService;
  const failures: string[] = [];
  let queue: JobQueue;
  let read = 0;
  const open = (): RunService =>
    openRunService({
      db: database.db,
      queue,
      statistics: openStatistics,
      moduleOf: async (version) => (await versionByHash(database.db, version))?.module,
      bars: ({ symbol }) => {
        read += 1;
        return Promise.resolve(symbol === 'ALDR' ? SERIES : { ...SERIES, length: 0, startAtMs: new Float64Array(0) });
      },
      now,
      report: (what, error) => failures.push(`${what}: ${String(error)}`),
    });
  beforeAll(async () => {
    database = await openDatabase();
    queue = openJobQueue({ database, report: (what, error) => failures.push(`${what}: ${String(error)}`) });
    runs = open();
    await saveVersion(database.db, { module: await compileBuiltIn('sma-crossover'), name: 'sma-crossover', source: '' }, now());
    await queue.work(runs.handlers, 2);
  });
  afterAll(async () => {
    await queue.close();
    runs.close();
    await database.close();
    expect(failures).toEqual([]);
  });

  const ended = async (id: string): Promise<string | undefined> => {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const look = async (): Promise<void> => {
      const state = (await runs.byId(id))?.state;
      if (state !== 'queued' && state !== 'running') resolve(state);
    };
    const stop = runs.onChange(id, () => void look());
    await look();
    const state = await promise;
    stop();
    return state;
  };

  test('the same job gives the same result, and the result its badges', async () => {
    const first = await runs.start(await job());
    expect(await ended(first.id)).toBe('done');
    const second = await runs.start(await job());
    expect(await ended(second.id)).toBe('done');
    expect((await runs.byId(second.id))?.reusedFrom).toBe(first.id);
    const selection = await runs.selectionOf(first.id);
    // The first of all: nothing to deflate by.
    expect(selection).toMatchObject({ trials: 1, strategyVersion: (await job()).module.version, pbo: null });
    expect(selection?.dsr).toBe(selection?.psr);
    expect(await runs.selectionOf(second.id)).toEqual(selection);
    const third = await runs.start(await job({ parameters: { fast: 6, slow: 21, direction: 'long' } }));
    expect(await ended(third.id)).toBe('done');
    const later = await runs.selectionOf(third.id);
    expect(later?.trials).toBe(2);
    expect((later?.dsr ?? 1) <= (later?.psr ?? 0)).toBe(true);
    // Told once: what comes later does not change it.
    expect(await runs.selectionOf(first.id)).toEqual(selection);
    const [left, right] = [await resultOfRun(database.db, first.id), await resultOfRun(database.db, second.id)];
    expect(left).toEqual(right);
    expect(left === undefined ? [] : badgesOf(left, await openStatistics())).toContain('fewer than 30 trades');
  });

  test('a run that cannot be done says why', async () => {
    const run = await runs.start(await job({ symbol: 'NONE' }));
    expect(await ended(run.id)).toBe('failed');
    expect((await runs.byId(run.id))?.error).toContain('no bars of NONE');
  });

  test('a strategy that never ends is aborted at once, and its record says so', async () => {
    const source = `import { Strategy } from 'tidemark';
export default class Endless extends Strategy {
  constructor() { super('endless', 'Endless', 'Never answers.'); }
  onBar(symbol: i32): void { let n: u64 = 0; while (true) { n++; if (n == 0) break; } }
}
`;
    const compiled = await compileStrategy(source);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
    await saveVersion(database.db, { module: compiled.module, name: 'endless', source }, now());
    const run = await runs.start(await job({ module: compiled.module, parameters: {} }));
    await vi.waitFor(async () => expect((await runs.byId(run.id))?.state).toBe('running'), { timeout: 20_000 });
    expect(await runs.abort(run.id)).toBe(true);
    expect((await runs.byId(run.id))?.state).toBe('aborted');
    expect(await runs.abort(run.id)).toBe(false);
    // The thread is free again for the next.
    expect(await ended((await runs.start(await job({ parameters: { fast: 3, slow: 9, direction: 'long' } }))).id)).toBe('done');
  });

  test('a run without a job, as after a restore, is sent again at the start', async () => {
    const { module, ...rest } = await start();
    const id = 'run-restored';
    const given = await job();
    await createRun(database.db, { ...rest, id, version: module.version, request: writeRequest(given) });
    expect(await runs.resume()).toBe(1);
    expect(await ended(id)).toBe('done');
    expect(await runs.resume()).toBe(0);
  });

  test('a run whose worker was lost again and again has failed, and says so', async () => {
    const { module, ...rest } = await start();
    await createRun(database.db, { ...rest, id: 'run-lost', version: module.version, request: '{}' });
    await runs.handlers.lost[RUN_JOB]?.({ run: 'run-lost' }, 'job heartbeat timeout');
    expect(await runById(database.db, 'run-lost')).toMatchObject({
      state: 'failed',
      error: 'It was begun again and again, and never came to its end: job heartbeat timeout',
    });
  });

  test('while the process closes, a run goes on waiting', async () => {
    const { module, ...rest } = await start();
    const id = 'run-kept';
    const parameters = { fast: 7, slow: 30, direction: 'long' };
    await createRun(database.db, { ...rest, parameters, id, version: module.version, request: writeRequest(await job()) });
    const closing = AbortSignal.abort(new Error('the process closes'));
    await expect(runs.handlers.work[RUN_JOB]?.({ data: { run: id }, retries: 0, signal: closing })).rejects.toThrow('closes');
    expect((await runById(database.db, id))?.state).toMatch(/queued|running/);
    await runs.handlers.work[RUN_JOB]?.({ data: { run: id }, retries: 1, signal: new AbortController().signal });
    expect((await runById(database.db, id))?.state).toBe('done');
    const before = read;
    await runs.handlers.work[RUN_JOB]?.({ data: { run: id }, retries: 2, signal: new AbortController().signal });
    expect(read).toBe(before);
  });
});

test('the command names everything that the result depends on', async () => {
  const options = {
    ...DEFAULT_BACKTEST_OPTIONS,
    cash: 50_000,
    slippageBps: 2,
    wholeUnits: true,
    size: { kind: 'units', units: 10 },
  } as const;
  expect(commandOf(await job({ from: instantFromMs(Date.parse('2020-01-01')), options }))).toBe(
    'npx tidemark backtest --strategy sma-crossover --symbols ALDR --from 2020-01-01T00:00:00Z --param fast=5 --param slow=20 --param direction=long --cash 50000 --commission-rate 0.001 --slippage-bps 2 --fill next-open --size units:10 --whole-units',
  );
});
