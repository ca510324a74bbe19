import { trainInWorker } from '@tidemark/compute/models';
import type { BarSeries } from '@tidemark/compute/types';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { BarColumns } from '../market-data/bar.ts';
import type { BarQuery } from '../market-data/graphql.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { openJobQueue } from '../platform/job-queue.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import { changeModel } from './life-service.ts';
import { DAY_MS } from './model.ts';
import type { RetrainingStanding } from './retraining.ts';
import { openRetrainings } from './retraining-service.ts';
import type { RetrainingService } from './retraining-service.ts';
import { modelById } from './service.ts';
import { openTrainingService } from './training-service.ts';
import type { TrainingService } from './training-service.ts';
import type { TrainingRequest } from './training.ts';

const START_MS = Date.parse('2018-01-01T00:00:00Z');
const LEARNT = 260;
const STORED = 300;
const PATIENCE = { timeout: 400_000, interval: 50 };
const close = (row: number): number => 100 + 8 * Math.sin(row / 11) + 5 * Math.sin(row / 7);
const bar = (row: number): Instant => instantFromMs(START_MS + row * DAY_MS);

/** Daily bars between two instants, both included. */
function series({ symbol, timeframe, from = bar(0), to = bar(STORED - 1) }: BarQuery): BarColumns {
  const rows = Array.from({ length: STORED }, (_, row) => row).filter((row) => bar(row) >= from && bar(row) <= to);
  const column = (read: (row: number) => number): Float64Array => Float64Array.from(rows, read);
  const columns: BarSeries = {
    length: rows.length,
    startAtMs: column((row) => bar(row)),
    open: column(close),
    high: column((row) => close(row) + 1),
    low: column((row) => close(row) - 1),
    close: column(close),
    volume: column(() => 1_000),
  };
  return { ...columns, symbol, timeframe };
}

const REQUEST: TrainingRequest = {
  flags: { strategy: 'ml-direction', model: 'logistic', features: 'return_5,rsi_14', split: 'k-fold:3', seed: '0', notes: '' },
  symbols: ['ALDR'],
  timeframe: '1Day',
  from: bar(0),
  to: bar(LEARNT - 1),
  lifeDays: 91,
};

withTestDatabases('proposals to train again', (openDatabase) => {
  let database: TestDatabase;
  let queue: JobQueue;
  let trainings: TrainingService;
  let retrainings: RetrainingService;
  let model = '';
  let created = bar(0);
  /** Days after the first model was trained. */
  let day = 0;
  let drift: RetrainingStanding['drift'];
  let present = bar(0);
  const failures: string[] = [];
  const now = (): Instant => instantFromMs(created + day * DAY_MS);
  const trained = async (id: string): Promise<string> => {
    await vi.waitFor(async () => expect((await trainings.byId(id))?.state).toBe('done'), PATIENCE);
    return (await trainings.byId(id))?.modelId ?? '';
  };
  const statesOf = async (): Promise<readonly string[]> => (await retrainings.list({ first: 50 })).nodes.map(({ node }) => node.state);

  beforeAll(async () => {
    database = await openDatabase();
    const report = (what: string, error: unknown): void => void failures.push(`${what}: ${String(error)}`);
    queue = openJobQueue({ database, report });
    const shared = { db: database.db, queue, bars: (query: BarQuery) => Promise.resolve(series(query)), now };
    trainings = openTrainingService({ ...shared, report, version: 'test', train: trainInWorker });
    retrainings = openRetrainings({ ...shared, driftOf: () => Promise.resolve(drift), healthMin: 50, present: () => present });
    await queue.work(trainings.handlers, 1);
    created = instantFromMs(Date.parse('2018-10-01T00:00:00Z'));
    model = await trained((await trainings.start({ ...REQUEST, retrainDays: 20 }, 'user:ann')).id);
  });
  afterAll(async () => {
    await queue.close();
    trainings.close();
    await database.close();
    expect(failures).toEqual([]);
  });

  test('nothing is proposed while nothing is the matter, nor while there are no newer bars that are over', async () => {
    present = bar(STORED);
    day = 19;
    expect(await retrainings.look([model])).toEqual([]);
    day = 20;
    // The bar after the last that was learnt begins, and is not over: its close is the venue's future.
    present = instantFromMs(bar(LEARNT + 1) - 1);
    expect(await retrainings.look([model])).toEqual([]);
    expect(await retrainings.look([])).toEqual([]);
  });

  test('it is proposed once, also where two servers look at the same time, and dismissed with a reason', async () => {
    present = bar(LEARNT + 10);
    await Promise.all([retrainings.look([model]), retrainings.look([model])]);
    const [open] = await retrainings.look([model]);
    expect(await statesOf()).toEqual(['open']);
    expect(open).toMatchObject({ modelId: model, reason: 'scheduled', newBars: 10, newestAt: bar(LEARNT + 9), proposedAt: now() });
    expect(await retrainings.openOf(model)).toEqual(open);
    const id = open?.id ?? '';
    const done = await retrainings.dismiss(id, { by: 'user:bob', reason: 'not yet' });
    expect(done).toMatchObject({ ok: true, retraining: { state: 'dismissed', by: 'user:bob', because: 'not yet', endedAt: now() } });
    expect(await retrainings.dismiss(id, { by: 'user:ann', reason: 'again' })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('dismissed already') as string,
    });
    expect(await retrainings.start(id, 'user:ann')).toMatchObject({ ok: false });
    expect(await retrainings.dismiss('nobody', { by: 'user:ann', reason: 'why' })).toBeUndefined();
    expect(await retrainings.start('nobody', 'user:ann')).toBeUndefined();
  });

  test('what was dismissed rests for 30 days, and another reason does not', async () => {
    day = 49;
    expect(await retrainings.look([model])).toEqual([]);
    drift = { health: 12, worst: 'meanShift', decidedAt: now() };
    const [open] = await retrainings.look([model]);
    expect(open).toMatchObject({ reason: 'drift', evidence: expect.stringContaining('12.0 of 100') as string });
    expect(await retrainings.dismiss(open?.id ?? '', { by: 'user:bob', reason: 'a split, no drift' })).toMatchObject({ ok: true });
    day = 50;
    expect(await retrainings.look([model])).toMatchObject([{ reason: 'scheduled' }]);
  });

  test('what is started is trained by the recipe of the model over its newer bars, once, as its child; then nothing more is proposed of it', async () => {
    const open = await retrainings.openOf(model);
    // Bars that came since it was proposed are learnt from too.
    present = bar(LEARNT + 20);
    const both = await Promise.all([retrainings.start(open?.id ?? '', 'user:ann'), retrainings.start(open?.id ?? '', 'user:bob')]);
    expect(both.filter((one) => one?.ok === true)).toHaveLength(1);
    expect((await trainings.list({ first: 10 })).nodes).toHaveLength(2);
    const [started] = both.flatMap((one) => (one?.ok === true ? [one] : []));
    expect(started?.training.request).toEqual({
      ...REQUEST,
      retrainDays: 20,
      to: bar(LEARNT + 19),
      flags: { ...REQUEST.flags, parent: model, notes: `Follows ${model.slice(0, 12)}, proposed by schedule` },
    });
    const child = await trained(started?.training.id ?? '');
    expect(await modelById(database.db, child)).toMatchObject({ parent: model, to: bar(LEARNT + 19), state: 'candidate' });
    day = 100;
    expect(await retrainings.look([model])).toEqual([]);
    // The child is looked at by itself; it knows all bars but those that came since.
    expect((await retrainings.look([model, child])).map(({ modelId }) => modelId)).toEqual([]);
    present = bar(STORED);
    expect((await retrainings.look([model, child])).map(({ modelId }) => modelId)).toEqual([child]);
    expect(await changeModel(database.db, child, 'retire', { by: 'user:ann', reason: 'no better', at: now() })).toMatchObject({ ok: true });
    day = 101;
    // Its proposal has nothing to follow, and the parent has no successor any more.
    expect((await retrainings.look([model, child])).map(({ modelId }) => modelId)).toEqual([model]);
    expect(await statesOf()).toEqual(['open', 'obsolete', 'started', 'dismissed', 'dismissed']);
  });

  test('a model that is retired while its proposal waits has no successor', async () => {
    const open = await retrainings.openOf(model);
    expect(await changeModel(database.db, model, 'retire', { by: 'user:ann', reason: 'the end', at: now() })).toMatchObject({ ok: true });
    expect(await retrainings.start(open?.id ?? '', 'user:ann')).toMatchObject({
      ok: false,
      problem: expect.stringContaining('retired') as string,
    });
    expect(await retrainings.look([model])).toEqual([]);
    expect((await retrainings.list({ first: 1 })).nodes[0]?.node).toMatchObject({ state: 'obsolete', because: 'The model was retired.' });
    expect((await retrainings.list({ first: 9, state: 'dismissed' })).nodes).toHaveLength(2);
  });

  test('the database itself keeps what became of them', async () => {
    const { db } = database;
    await expect(db.deleteFrom('retrainings').execute()).rejects.toThrow('is kept');
    await expect(db.updateTable('retrainings').set({ because: 'another' }).where('state', '=', 'dismissed').execute()).rejects.toThrow(
      'is kept',
    );
  });
});
