import { trainInWorker } from '@tidemark/compute/models';
import type { TrainRequest } from '@tidemark/compute/models';
import type { BarSeries } from '@tidemark/compute/types';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newProposal } from '../approvals/proposal.ts';
import type { ProposalChange } from '../approvals/service.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { instantFromMs } from '../money/instant.ts';
import { openJobQueue } from '../platform/job-queue.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import { versionByHash } from '../strategies/service.ts';
import { trialsOn } from '../trials/service.ts';
import { changeModel, projectChampions } from './life-service.ts';
import { lineOf } from './model.ts';
import { changesOfModel, modelById, modelOfVersion, watchedModels } from './service.ts';
import { createTraining } from './training-record-service.ts';
import { openTrainingService, TRAINING_JOB } from './training-service.ts';
import type { TrainingService } from './training-service.ts';
import type { TrainingRequest } from './training.ts';

const ROWS = 260;
const DAY_MS = 86_400_000;
const START_MS = Date.parse('2018-01-01T00:00:00Z');
const column = (read: (row: number) => number): Float64Array => Float64Array.from({ length: ROWS }, (_, row) => read(row));
const close = (row: number): number => 100 + 8 * Math.sin(row / 11) + 5 * Math.sin(row / 7);
const SERIES: BarSeries = {
  length: ROWS,
  startAtMs: column((row) => START_MS + row * DAY_MS),
  open: column(close),
  high: column((row) => close(row) + 1),
  low: column((row) => close(row) - 1),
  close: column(close),
  volume: column(() => 1_000),
};
const FLAT: BarSeries = { ...SERIES, open: column(() => 100), high: column(() => 101), low: column(() => 99), close: column(() => 100) };
const SPAN = { symbols: ['ALDR'], timeframe: '1Day', from: instantFromMs(START_MS), to: instantFromMs(START_MS + (ROWS - 1) * DAY_MS) };
const now = () => instantFromMs(Date.now());
const PATIENCE = { timeout: 400_000, interval: 100 };

const FLAGS = { strategy: 'ml-direction', model: 'logistic', features: 'return_5,rsi_14', split: 'k-fold:3', seed: '0', notes: '' };
const asked = (change: Partial<TrainingRequest> = {}): TrainingRequest => ({
  flags: FLAGS,
  symbols: ['ALDR'],
  timeframe: '1Day',
  from: undefined,
  to: undefined,
  lifeDays: 91,
  ...change,
});

withTestDatabases('trainings', (openDatabase) => {
  let database: TestDatabase;
  let queue: JobQueue;
  let trainings: TrainingService;
  const trained: TrainRequest[] = [];
  const failures: string[] = [];
  const report = (what: string, error: unknown): void => void failures.push(`${what}: ${String(error)}`);
  const bars: Readonly<Record<string, BarSeries>> = { ALDR: SERIES, FLAT };
  const state = async (id: string): Promise<string | undefined> => (await trainings.byId(id))?.state;
  const ended = async (id: string): Promise<string | undefined> => {
    await vi.waitFor(async () => expect(await state(id)).toMatch(/done|failed|aborted/), PATIENCE);
    return await state(id);
  };

  beforeAll(async () => {
    database = await openDatabase();
    queue = openJobQueue({ database, report });
    trainings = openTrainingService({
      db: database.db,
      queue,
      now,
      report,
      version: 'test',
      bars: ({ symbol }) => Promise.resolve(bars[symbol] ?? { ...SERIES, length: 0 }),
      train: (request, options) => {
        trained.push(request);
        return trainInWorker(request, options);
      },
    });
  });
  afterAll(async () => {
    await queue.close();
    trainings.close();
    await database.close();
    expect(failures).toEqual([]);
  });

  test('a worker that closes gives its training back, another takes it over, and the model is there once, with its module and its trial', async () => {
    const { id, command } = await trainings.start(asked(), 'user:ann');
    expect(command).toBe(
      'npx tidemark train --csv bars.csv --strategy ml-direction --out model --features return_5,rsi_14 --model logistic --split k-fold:3 --seed 0',
    );
    const closing = new AbortController();
    const begun = trainings.handlers.work[TRAINING_JOB]?.({ data: { training: id }, retries: 0, signal: closing.signal });
    await vi.waitFor(() => expect(trained).toHaveLength(1), PATIENCE);
    closing.abort(new Error('the worker closes'));
    await expect(begun).rejects.toThrow('the worker closes');
    expect(await state(id)).toBe('running');
    await queue.work(trainings.handlers, 1);
    expect(await ended(id)).toBe('done');
    const training = await trainings.byId(id);
    expect(training).toMatchObject({
      progress: 1,
      reused: false,
      error: undefined,
      createdBy: 'user:ann',
      command: `${command} --from 2018-01-01T00:00:00Z --to 2018-09-17T00:00:00Z`,
    });
    const model = await modelById(database.db, training?.modelId ?? '');
    expect(model).toMatchObject({
      state: 'candidate',
      frozen: false,
      strategyName: 'ml-direction',
      label: 'direction:5',
      ...SPAN,
    });
    expect(model?.reference?.rows).toBe(model?.manifest.dataset.manifest.rows);
    expect((model?.expiresAt ?? 0) - (model?.createdAt ?? 0)).toBe(91 * DAY_MS);
    expect(await modelOfVersion(database.db, model?.version ?? '')).toEqual(model);
    expect(await modelOfVersion(database.db, 'nothing')).toBeUndefined();
    const kept = await versionByHash(database.db, model?.version ?? '');
    expect(kept?.module.description.description).toContain(training?.modelId);
    // It was tried on these bars, and has no Sharpe ratio: a choice is judged by one try more.
    expect(await trialsOn(database.db, SPAN)).toMatchObject({ sets: 1, sharpes: 0 });
  });

  test('the same again is told as such, whatever its notes, and counts as no trial; also after a restore without jobs', async () => {
    const before = trained.length;
    const [first] = (await trainings.list({ first: 1 })).nodes;
    const again = await trainings.start(asked({ flags: { ...FLAGS, notes: 'once more' } }), 'user:bob');
    expect(await ended(again.id)).toBe('done');
    expect(await trainings.byId(again.id)).toMatchObject({ reused: true, modelId: first?.node.modelId });
    const lost = await database.db
      .transaction()
      .execute((trx) => createTraining(trx, { id: 'training-lost', request: asked(), by: 'user:ann', at: now() }));
    expect(await trainings.resume()).toBe(1);
    queue.wake();
    expect(await ended(lost.id)).toBe('done');
    expect(await trainings.resume()).toBe(0);
    expect(trained).toHaveLength(before);
    expect((await trialsOn(database.db, SPAN)).sets).toBe(1);
  });

  test('what only the bars can tell fails with its reason, and an aborted training ends at once', async () => {
    const start = async (change: Partial<TrainingRequest>): Promise<string> => (await trainings.start(asked(change), 'user:ann')).id;
    const nowhere = await start({ symbols: ['NONE'] });
    const flat = await start({ symbols: ['FLAT'] });
    expect([await ended(nowhere), await ended(flat)]).toEqual(['failed', 'failed']);
    expect((await trainings.byId(nowhere))?.error).toBe('There are no 1Day bars of NONE in this span.');
    expect((await trainings.byId(flat))?.error).toMatch(/class 1|return_5/);
    const slow = await start({ flags: { ...FLAGS, model: 'boosting', modelParam: ['trees=10000', 'depthMax=12'], split: 'k-fold:20' } });
    await vi.waitFor(async () => expect(await state(slow)).toBe('running'), PATIENCE);
    expect(await trainings.abort(slow)).toBe(true);
    expect(await trainings.abort(slow)).toBe(false);
    const next = await start({ symbols: ['NONE'] });
    expect(await ended(next)).toBe('failed');
    expect(await trainings.byId(slow)).toMatchObject({ state: 'aborted', modelId: undefined });
  });

  test('a training that is lost again and again has failed, and says so', async () => {
    await database.db
      .transaction()
      .execute((trx) => createTraining(trx, { id: 'training-cursed', request: asked(), by: 'user:ann', at: now() }));
    await trainings.handlers.lost[TRAINING_JOB]?.({ training: 'training-cursed' }, 'its worker was killed');
    expect(await trainings.byId('training-cursed')).toMatchObject({
      state: 'failed',
      error: 'It was begun again and again, and never came to its end: its worker was killed',
    });
  });

  test('what two people agreed on is done once, and not where the model is no shadow any more', async () => {
    const { db } = database;
    const id = (await trainings.list({ first: 50 })).nodes.find(({ node }) => node.modelId !== undefined)?.node.modelId ?? '';
    const model = await modelById(db, id);
    if (model === undefined) throw new Error('Invariant: a model was trained');
    const { version } = model;
    const change = { kind: 'champion', modelId: id, version, line: lineOf(model), evidence: [] } as const;
    const proposal = newProposal({ change, reason: 'watched', by: 'user:ann', person: 'ann', proposedAt: now() });
    const applied: ProposalChange = { proposal, state: 'applied', decidedBy: 'user:bob', decidedAt: now(), seq: 1 };
    const project = (changes: readonly ProposalChange[]) => db.transaction().execute((trx) => projectChampions(trx, changes));
    const deed = { by: 'user:ann', reason: 'why', at: now() };
    await project([applied]);
    expect((await modelById(db, id))?.state).toBe('candidate');
    expect(await changeModel(db, id, 'shadow', deed)).toMatchObject({ ok: true });
    await project([{ ...applied, state: 'rejected' }, applied, applied]);
    await project([applied]);
    expect((await modelById(db, id))?.state).toBe('champion');
    expect(await changesOfModel(db, id)).toMatchObject([
      { action: 'shadow' },
      { action: 'promote', by: 'user:ann', secondPerson: 'user:bob' },
    ]);
    expect(await watchedModels(db, [version])).toEqual([{ id, version, state: 'champion', expiresAt: model.expiresAt }]);
    expect(await changeModel(db, id, 'retire', deed)).toMatchObject({ ok: true, model: { state: 'retired' } });
    await project([{ ...applied, proposal: { ...proposal, id: 'proposal-late' } }]);
    expect((await modelById(db, id))?.state).toBe('retired');
    expect(await changeModel(db, id, 'freeze', deed)).toMatchObject({ ok: false });
    expect(await changeModel(db, 'nobody', 'retire', deed)).toBeUndefined();
  });

  test('the database itself keeps changes for ever, and no champion without a second person', async () => {
    const first = (await trainings.list({ first: 50 })).nodes.find(({ node }) => node.modelId !== undefined);
    const change = (action: 'promote' | 'shadow', secondPerson: string | null) =>
      database.db
        .insertInto('model_changes')
        .values({
          model_id: first?.node.modelId ?? '',
          action,
          from_state: 'candidate',
          to_state: 'shadow',
          other: null,
          by_person: 'user:ann',
          second_person: secondPerson,
          proposal_id: 'proposal-1',
          reason: 'why',
          at: new Date(now()),
        })
        .execute();
    await expect(change('promote', null)).rejects.toThrow(/check/);
    await expect(change('promote', 'user:ann')).rejects.toThrow(/check/);
    await change('shadow', null);
    await expect(database.db.deleteFrom('model_changes').execute()).rejects.toThrow('only ever added');
    await expect(database.db.updateTable('model_changes').set({ reason: 'another' }).execute()).rejects.toThrow('only ever added');
  });
});
