import { runWalkForwardCommand } from '@tidemark/compute/optimisation';
import type { WalkForwardCommand } from '@tidemark/compute/optimisation';
import { DEFAULT_BACKTEST_OPTIONS, varianceOf } from '@tidemark/compute';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import { trialsOn } from '../trials/service.ts';
import { jobKinds } from './study-work-service.ts';
import type { StudyJob, WalkSpec } from './study.ts';
import { openSweepService } from './sweep-service.ts';
import type { SweepService } from './sweep-service.ts';
import { setsOf } from './sweep.ts';
import { openStudyWorld, SERIES, SPAN } from './test/study-world.ts';
import type { StudyWorld } from './test/study-world.ts';
import { openWalkForwardService } from './walk-forward-service.ts';
import type { WalkForwardService } from './walk-forward-service.ts';

const SPACE = { grid: ['fast=2..20:3', 'slow=10..60:10'], where: 'fast<slow', method: 'grid' } as const;
const SETS = [...setsOf(SPACE, { direction: 'long' }, 0).part(0, 100)].length;
const WALK: WalkSpec = { windows: { train: 400, test: 150, mode: 'rolling' }, selection: { choose: 'peak' } };
/** (1200 − 400) ÷ 150, the last one shorter. */
const WINDOWS = 6;
const JOBS = jobKinds('walk-forward');
const still = new AbortController().signal;

withTestDatabases('walk-forwards', (openDatabase) => {
  let world: StudyWorld;
  let walks: WalkForwardService;
  let sweeps: SweepService;

  const job = (change: Partial<StudyJob> = {}): StudyJob => world.job({ space: SPACE, walk: WALK, ...change });
  const ended = (id: string): Promise<string | undefined> => world.ended(walks, id);
  const run = async (change: Partial<StudyJob> = {}) => {
    const { id } = await walks.start(job(change));
    expect(await ended(id), (await walks.byId(id))?.error).toBe('done');
    const walk = await walks.byId(id);
    const result = walk === undefined ? undefined : await walks.resultOf(walk);
    if (walk?.summary === undefined || result === undefined) throw new Error('Invariant: one that is done has its results');
    return { id, walk, summary: walk.summary, result };
  };

  beforeAll(async () => {
    world = await openStudyWorld(openDatabase);
    walks = openWalkForwardService(world.options);
    sweeps = openSweepService(world.options);
    const handlers = [walks.handlers, sweeps.handlers];
    await world.queue.work(
      {
        work: Object.assign({}, ...handlers.map(({ work }) => work)) as SweepService['handlers']['work'],
        lost: Object.assign({}, ...handlers.map(({ lost }) => lost)) as SweepService['handlers']['lost'],
      },
      2,
    );
  });
  afterAll(async () => {
    await world.queue.close();
    await walks.close();
    await sweeps.close();
    await world.close();
    expect(world.failures).toEqual([]);
  });

  test('a window a job gives what the command line gives in one go, to the bit, and counts every set of every window', async () => {
    const { walk, summary, result } = await run();
    const command: WalkForwardCommand = {
      strategy: 'sma-crossover',
      param: ['direction=long'],
      series: [{ symbol: 'ALDR', bars: SERIES }],
      grid: [...SPACE.grid],
      where: SPACE.where,
      train: '400',
      test: '150',
      threads: '1',
      commissionRate: String(DEFAULT_BACKTEST_OPTIONS.commissionRate),
    };
    const { result: expected } = await runWalkForwardCommand(command);
    expect(result).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(result.folds).toHaveLength(WINDOWS);
    expect(summary).toMatchObject({ windows: WINDOWS, efficiency: expected.efficiency, joined: expected.joined });
    expect(summary.selection).toMatchObject({ trials: SETS, psr: expected.significance.psr, dsr: expected.significance.dsr });
    expect(walk).toMatchObject({ progress: 1, sets: SETS * (WINDOWS + 1), refused: 0, size: 42 });
    expect(walk.command).toContain('walk-forward');
    expect(walk.command).toContain('--train 400 --test 150');
    expect(await world.countTrials()).toBe(SETS * (WINDOWS + 1));
    // The bars of the first window alone: its own sets and those of no other window that begins later than it ends.
    const first = { ...SPAN, to: SPAN.from };
    expect((await trialsOn(world.database.db, first)).sets).toBe(SETS);
    // The first traded bar: windows 1 and 2 choose by it, hindsight trades it, and window 0 has never seen it.
    const traded = instantFromMs(SERIES.startAtMs[400] ?? Number.NaN);
    expect((await trialsOn(world.database.db, { ...SPAN, from: traded, to: traded })).sets).toBe(3 * SETS);
    // Only ratios over all that is traded tell how ratios scatter: those of windows are of fewer bars.
    expect((await trialsOn(world.database.db, first)).sharpes).toBe(0);
    const ratios = await trialsOn(world.database.db, SPAN);
    expect(ratios.sharpes).toBe(SETS);
    expect(varianceOf(ratios)).toBeCloseTo(result.significance.sharpeVariance ?? Number.NaN, 14);
    expect(ratios.mean).not.toBe(0);
  });

  test('the same is not worked out again; earlier trials count, as --trials-before does', async () => {
    const counted = await world.countTrials();
    const again = await run();
    expect(again.walk.reusedFrom).toMatch(/^walk-forward-/);
    expect(await world.countTrials()).toBe(counted);
    const other = await run({ walk: { ...WALK, selection: { choose: 'plateau', objective: 'total_return', constraint: 'trades>=1' } } });
    expect(other.walk.reusedFrom).toBeUndefined();
    expect(other.result.search).toMatchObject({ objective: 'total_return', constraint: 'trades>=1', choose: 'plateau' });
    expect(other.result.significance.trials).toBe(counted + SETS);
    expect(other.walk.command).toContain("--objective 'total_return' --constraint 'trades>=1' --choose plateau");
  });

  test('a part that comes twice counts once, and one that is missing is made up for', async () => {
    const { id, result } = await run({ options: { ...DEFAULT_BACKTEST_OPTIONS, cash: 9_000 } });
    const counted = await world.countTrials();
    const { db } = world.database;
    await db.updateTable('sweeps').set({ state: 'running' }).where('id', '=', id).execute();
    await walks.handlers.work[JOBS.part]?.({ data: { sweep: id, part: 0 }, retries: 1, signal: still });
    expect(await walks.byId(id)).toMatchObject({ progress: 1, sets: SETS * (WINDOWS + 1) });
    // As after a crash and a restore: a window and the end are gone, and so are their jobs.
    await sql`delete from sweep_chunks where sweep_id = ${id} and chunk = 2`.execute(db);
    await sql`delete from walk_forward_results where sweep_id = ${id}`.execute(db);
    await db
      .updateTable('sweeps')
      .set((eb) => ({ summary: null, chunks_done: eb('chunks_done', '-', 1) }))
      .where('id', '=', id)
      .execute();
    expect(await walks.resume()).toBe(1);
    world.queue.wake();
    expect(await ended(id)).toBe('done');
    const again = await walks.byId(id);
    const found = again && (await walks.resultOf(again));
    const chosen = (of: typeof found) => of?.folds.map(({ selection }) => selection);
    expect(chosen(found)).toEqual(chosen(result));
    expect(found?.equity).toEqual(result.equity);
    expect(await world.countTrials()).toBe(counted);
    expect(await walks.resume()).toBe(0);
  });

  test('an aborted one ends at once, and what comes later is not behind it', async () => {
    const space = { grid: ['fast=2..90', 'slow=100..400'], method: 'grid' } as const;
    const { id } = await walks.start(job({ space, walk: { ...WALK, windows: { train: 500, test: 2, mode: 'anchored' } } }));
    await vi.waitFor(async () => expect((await walks.byId(id))?.state).toBe('running'), { timeout: 20_000 });
    expect(await walks.abort(id)).toBe(true);
    expect(await walks.abort(id)).toBe(false);
    expect((await walks.byId(id))?.state).toBe('aborted');
    await run({ options: { ...DEFAULT_BACKTEST_OPTIONS, cash: 7_000 } });
  });

  test.each([
    ['windows that do not fit', { walk: { ...WALK, windows: { train: 1_200, test: 5, mode: 'rolling' } } }, 'none is left to test'],
    ['more sets than are tried', { space: { grid: ['fast=2..300', 'slow=2..900'], method: 'grid' } }, 'at most 10,000,000 are tried'],
    ['no set', { space: { ...SPACE, where: 'fast>slow+100' } }, 'no set to try'],
    ['no bars', { symbols: ['NONE'] }, 'no 1Day bars of NONE'],
  ] as const)('%s are told', async (name, change, message) => {
    const more =
      name === 'more sets than are tried' ? { walk: { ...WALK, windows: { train: 400, test: 15, mode: 'rolling' as const } } } : {};
    const { id } = await walks.start(job({ ...change, ...more }));
    expect(await ended(id)).toBe('failed');
    expect((await walks.byId(id))?.error).toContain(message);
  });

  test('a sweep and a walk-forward of one search know each other, and nothing else does', async () => {
    const { id } = await sweeps.start(world.job({ space: SPACE }));
    expect(await world.ended(sweeps, id)).toBe('done');
    const sweep = await sweeps.byId(id);
    const [listed] = (await walks.list({ first: 1 })).nodes;
    expect(await walks.byId(id)).toBeUndefined();
    expect(listed?.node.id).not.toBe(id);
    if (sweep === undefined) throw new Error('Invariant: a sweep that was started is there');
    const walk = await sweeps.walkForwardOf(sweep);
    expect(walk?.request).toMatchObject({ space: SPACE, options: DEFAULT_BACKTEST_OPTIONS });
    if (walk === undefined) return;
    expect((await walks.sweepOf(walk))?.id).toBe(id);
    const other = await sweeps.start(world.job({ space: { ...SPACE, grid: ['fast=2..20:3', 'slow=10..50:10'] } }));
    expect(await world.ended(sweeps, other.id)).toBe('done');
    const apart = await sweeps.byId(other.id);
    expect(apart === undefined ? 'gone' : await sweeps.walkForwardOf(apart)).toBeUndefined();
  });
});
