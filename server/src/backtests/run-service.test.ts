import { compileBuiltIn, compileStrategy, DEFAULT_BACKTEST_OPTIONS } from '@tidemark/compute';
import type { BarSeries } from '@tidemark/compute/types';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import { badgesOf } from './badges.ts';
import { commandOf } from './job.ts';
import type { BacktestJob } from './job.ts';
import { openRunService } from './run-service.ts';
import type { RunService } from './run-service.ts';
import { createRun, runById } from './service.ts';

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

withTestDatabases('run service', (openDatabase) => {
  let database: TestDatabase;
  let runs: RunService;
  const failures: string[] = [];
  const open = (): Promise<RunService> =>
    openRunService({
      db: database.db,
      bars: ({ symbol }) => Promise.resolve(symbol === 'ALDR' ? SERIES : { ...SERIES, length: 0 }),
      now,
      report: (what, error) => failures.push(`${what}: ${String(error)}`),
    });
  beforeAll(async () => {
    database = await openDatabase();
    runs = await open();
  });
  afterAll(async () => {
    await runs.close();
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
    const [first, second] = [await runs.start(await job()), await runs.start(await job())];
    expect([await ended(first.id), await ended(second.id)]).toEqual(['done', 'done']);
    const [left, right] = [await runs.resultOf(first.id), await runs.resultOf(second.id)];
    expect(left).toEqual(right);
    expect(left === undefined ? [] : badgesOf(left)).toContain('fewer than 30 trades');
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
    const run = await runs.start(await job({ module: compiled.module, parameters: {} }));
    expect(await runs.abort(run.id)).toBe(true);
    expect((await runs.byId(run.id))?.state).toBe('aborted');
    expect(await runs.abort(run.id)).toBe(false);
  });

  test('what was under way when the process ended has failed after the restart', async () => {
    const { module, parameters, symbol } = await job();
    const run = {
      id: 'run-interrupted',
      strategyName: 'x',
      version: module.version,
      parameters,
      symbols: [symbol],
      from: undefined,
      to: undefined,
      command: '',
      createdAt: now(),
    };
    await createRun(database.db, run);
    const again = await open();
    expect(await runById(database.db, run.id)).toMatchObject({ state: 'failed', error: 'interrupted by a restart' });
    await again.close();
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
