import { DEFAULT_BACKTEST_OPTIONS, runSweep, SweepPool } from '@tidemark/compute';
import type { SweepRow } from '@tidemark/compute';
import { equalBlocks, overfittingOf, ReturnBlocks } from '@tidemark/compute/optimisation';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { instant } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import { trialsOn } from '../trials/service.ts';
import { jobKinds } from './study-work-service.ts';
import type { StudyJob } from './study.ts';
import { openSweepService } from './sweep-service.ts';
import type { SweepService } from './sweep-service.ts';
import { setsOf } from './sweep.ts';
import { openStudyWorld, SERIES, SPAN } from './test/study-world.ts';
import type { StudyWorld } from './test/study-world.ts';

const SPACE = { grid: ['fast=2..180', 'slow=5..400'], where: 'fast<slow', method: 'grid' } as const;
const SWEEP_JOBS = jobKinds('sweep');
const still = new AbortController().signal;

withTestDatabases('sweeps', (openDatabase) => {
  let world: StudyWorld;
  let sweeps: SweepService;

  const job = (change: Partial<StudyJob> = {}): StudyJob => world.job(change);
  const ended = (id: string): Promise<string | undefined> => world.ended(sweeps, id);
  const countTrials = (): Promise<number> => world.countTrials();

  beforeAll(async () => {
    world = await openStudyWorld(openDatabase);
    sweeps = openSweepService(world.options);
    await world.queue.work(sweeps.handlers, 2);
  });
  afterAll(async () => {
    await world.queue.close();
    await sweeps.close();
    await world.close();
    expect(world.failures).toEqual([]);
  });

  test('a sweep in parts finds what one in a single piece finds, counts each set once, and says how lucky its best is', async () => {
    const { id } = await sweeps.start(job());
    expect(await ended(id)).toBe('done');
    const sweep = await sweeps.byId(id);
    const sets = setsOf(SPACE, { direction: 'long' }, 0);
    const whole: SweepRow[] = [];
    const backtest = {
      module: world.module,
      parameters: { direction: 'long' },
      series: [{ symbol: 'ALDR', bars: SERIES }],
      options: DEFAULT_BACKTEST_OPTIONS,
    };
    for await (const chunk of runSweep({ backtest, axes: sets.axes, sets: sets.part(0, sets.size) })) whole.push(...chunk.rows());
    expect(sweep).toMatchObject({ size: 179 * 396, sets: whole.length, refused: 0, progress: 1, bars: SERIES.length });
    const ranked = whole
      .map((row, order) => ({ ...row, order }))
      .sort((a, b) => (b.sharpe ?? -Infinity) - (a.sharpe ?? -Infinity) || a.order - b.order);
    const expected = ranked
      .slice(0, 100)
      .map(({ set: [fast, slow], order: _order, ...figures }) => ({ parameters: { fast, slow }, ...figures }));
    expect(sweep?.summary?.best).toEqual(expected);
    expect(await countTrials()).toBe(whole.length);
    const { selection } = sweep?.summary ?? {};
    expect(selection?.trials).toBe(whole.length);
    const ratios = whole.flatMap(({ sharpe }) => (sharpe === null ? [] : [sharpe / Math.sqrt(252)]));
    const mean = ratios.reduce((sum, each) => sum + each, 0) / ratios.length;
    const variance = ratios.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (ratios.length - 1);
    expect(selection?.sharpeVariance).toBeCloseTo(variance, 12);
    // Bailey and López de Prado: the maximum of so many is above what one needs, and takes from its probability.
    expect(selection?.dsr ?? 1).toBeLessThan(selection?.psr ?? 0);
  });

  test('the same sweep is not worked out again, and a single part that comes twice counts once', async () => {
    const before = await countTrials();
    const [first] = (await sweeps.list({ first: 1 })).nodes;
    const { id } = await sweeps.start(job());
    expect(await ended(id)).toBe('done');
    expect((await sweeps.byId(id))?.reusedFrom).toBe(first?.node.id);
    const other = await sweeps.start(job({ space: { ...SPACE, grid: ['fast=2..20', 'slow=5..40'] } }));
    expect(await ended(other.id)).toBe('done');
    const counted = await countTrials();
    expect(counted).toBeGreaterThan(before);
    await world.database.db.updateTable('sweeps').set({ state: 'running' }).where('id', '=', other.id).execute();
    await sweeps.handlers.work[SWEEP_JOBS.part]?.({ data: { sweep: other.id, part: 0 }, retries: 1, signal: still });
    expect(await countTrials()).toBe(counted);
    expect((await sweeps.byId(other.id))?.progress).toBe(1);
    await world.database.db.updateTable('sweeps').set({ state: 'done' }).where('id', '=', other.id).execute();
  });

  test('a space that is none, a parameter that is unknown, and bars that are not there are told', async () => {
    const wrong = await sweeps.start(job({ space: { ...SPACE, grid: ['fast=9..2'] } }));
    const unknown = await sweeps.start(job({ space: { grid: ['speed=2..9'], method: 'grid' } }));
    const nowhere = await sweeps.start(job({ symbols: ['NONE'] }));
    expect([await ended(wrong.id), await ended(unknown.id), await ended(nowhere.id)]).toEqual(['failed', 'failed', 'failed']);
    expect((await sweeps.byId(wrong.id))?.error).toContain('ends before it begins');
    expect((await sweeps.byId(unknown.id))?.error).toContain('speed');
    expect((await sweeps.byId(nowhere.id))?.error).toContain('no 1Day bars of NONE');
  });

  test('an aborted sweep ends at once, and its parts are left', async () => {
    const slow = job({
      space: { grid: ['fast=2..300', 'slow=2..900'], method: 'grid' },
      options: { ...DEFAULT_BACKTEST_OPTIONS, cash: 5_000 },
    });
    const { id } = await sweeps.start(slow);
    await vi.waitFor(async () => expect((await sweeps.byId(id))?.state).toBe('running'), { timeout: 20_000 });
    expect(await sweeps.abort(id)).toBe(true);
    expect(await sweeps.abort(id)).toBe(false);
    expect((await sweeps.byId(id))?.state).toBe('aborted');
    // The line is free: what comes later is not behind it.
    const next = await sweeps.start(job({ space: { ...SPACE, grid: ['fast=3..9', 'slow=11..30'] } }));
    expect(await ended(next.id)).toBe('done');
  });

  test('bars that change under way end a sweep: half of it would be of other bars', async () => {
    const { id } = await sweeps.start(
      job({ space: { ...SPACE, grid: ['fast=4..9', 'slow=12..33'] }, options: { ...DEFAULT_BACKTEST_OPTIONS, cash: 7_000 } }),
    );
    expect(await ended(id)).toBe('done');
    await world.database.db.updateTable('sweeps').set({ state: 'running', chunks_done: 0 }).where('id', '=', id).execute();
    await sql`delete from sweep_chunks where sweep_id = ${id}`.execute(world.database.db);
    world.bars = { ...SERIES, volume: SERIES.volume.map(() => 999) };
    // Another process's threads: nothing of the first is warm here.
    const fresh = openSweepService({ ...world.options, threads: 1 });
    await fresh.handlers.work[SWEEP_JOBS.part]?.({ data: { sweep: id, part: 0 }, retries: 0, signal: still });
    world.bars = SERIES;
    await fresh.close();
    expect(await sweeps.byId(id)).toMatchObject({ state: 'failed', error: expect.stringContaining('bars have changed') as string });
  });

  test('a sweep without jobs, as after a restore, goes on with the parts that are missing', async () => {
    const { id } = await sweeps.start(
      job({ space: { ...SPACE, grid: ['fast=5..30', 'slow=61..80'] }, options: { ...DEFAULT_BACKTEST_OPTIONS, cash: 9_000 } }),
    );
    expect(await ended(id)).toBe('done');
    const before = await sweeps.byId(id);
    await sql`delete from sweep_chunks where sweep_id = ${id} and chunk = 0`.execute(world.database.db);
    await world.database.db
      .updateTable('sweeps')
      .set((eb) => ({ state: 'running', summary: null, chunks_done: eb('chunks_done', '-', 1), sets: 0 }))
      .where('id', '=', id)
      .execute();
    const counted = await countTrials();
    expect(await sweeps.resume()).toBe(1);
    world.queue.wake();
    expect(await ended(id)).toBe('done');
    expect((await sweeps.byId(id))?.summary?.best).toEqual(before?.summary?.best);
    // Its trials were counted when it was first there.
    expect(await countTrials()).toBe(counted);
    expect(await sweeps.resume()).toBe(0);
  });

  test('the overfitting of a sweep in parts is that of all sets at once; one that is too large says why there is none', async () => {
    const space = { ...SPACE, grid: ['fast=2..40', 'slow=5..90'] };
    const { id } = await sweeps.start(job({ space }));
    expect(await ended(id)).toBe('done');
    const { overfitting } = (await sweeps.byId(id))?.summary ?? {};
    const sets = setsOf(space, { direction: 'long' }, 0);
    const backtest = { module: world.module, parameters: { direction: 'long' }, series: [{ symbol: 'ALDR', bars: SERIES }] };
    const pool = new SweepPool(
      { backtest: { ...backtest, options: DEFAULT_BACKTEST_OPTIONS }, axes: sets.axes, sets: [] },
      { threads: 1, chunk: 97 },
    );
    const returns = new ReturnBlocks(equalBlocks(SERIES.length, 12));
    for await (const chunk of pool.moments(sets.part(0, sets.size), returns.bounds)) returns.add(chunk);
    await pool.close();
    const expected = overfittingOf(returns);
    expect(expected.pbo).not.toBeNull();
    expect(overfitting).toEqual(expected);
    const large = (await sweeps.list({ first: 100 })).nodes.find(({ node }) => node.size === 179 * 396);
    expect(large?.node.summary?.overfitting).toEqual({ reason: 'sweeps of more than 20,000 sets are not cross-validated' });
  });

  test('trials are of all spans that share a bar, and are never taken out', async () => {
    const all = await countTrials();
    const oneDay = { ...SPAN, to: SPAN.from };
    expect((await trialsOn(world.database.db, oneDay)).sets).toBe(all);
    expect((await trialsOn(world.database.db, { ...SPAN, symbols: ['ALDR', 'OTHER'] })).sets).toBe(all);
    expect((await trialsOn(world.database.db, { ...SPAN, symbols: ['OTHER'] })).sets).toBe(0);
    expect(
      (await trialsOn(world.database.db, { ...SPAN, from: instant('2030-01-01T00:00:00Z'), to: instant('2031-01-01T00:00:00Z') })).sets,
    ).toBe(0);
    expect((await trialsOn(world.database.db, { ...SPAN, timeframe: '1Hour' })).sets).toBe(0);
    await expect(world.database.db.deleteFrom('trials').execute()).rejects.toThrow('only ever added');
    await expect(world.database.db.updateTable('trials').set({ sets: 0 }).execute()).rejects.toThrow('only ever added');
  });
});
