import type { BacktestResult } from '@tidemark/compute/types';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import { CursorError } from '../orders/page.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import { saveVersion, versionByHash } from '../strategies/service.ts';
import {
  abortRun,
  createRun,
  failRun,
  finishRun,
  listRuns,
  openRequest,
  openRuns,
  resultOfRun,
  reuseRun,
  runById,
  runMarks,
  updateRunProgress,
} from './service.ts';

const at = (ms: number) => instantFromMs(1_700_000_000_000 + ms);
const newRun = (id: string, ms: number) => ({
  id,
  strategyName: 'sma-crossover',
  version: 'c'.repeat(64),
  parameters: { fast: 10, direction: 'long' },
  symbols: ['AAPL'],
  from: undefined,
  to: undefined,
  command: 'npx tidemark backtest --strategy sma-crossover',
  request: '{}',
  createdAt: at(ms),
});
const result = {
  data: { hash: 'd'.repeat(64), symbols: ['AAPL'], from: '2013-05-13', to: '2018-05-11', bars: 1_258 },
  metrics: { sharpe: 0.1 + 0.2, sortino: null },
} as unknown as BacktestResult;

withTestDatabases('runs and versions', (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(async () => await database.close());

  test('a run goes from queued to done, and its result comes back bit by bit', async () => {
    const { db } = database;
    const created = await createRun(db, newRun('r1', 1));
    expect(created).toMatchObject({ state: 'queued', progress: 0, createdAt: at(1), finishedAt: undefined });
    expect(await runById(db, 'r1')).toEqual(created);
    expect(await updateRunProgress(db, 'r1', 0.5)).toBe(true);
    expect(await runById(db, 'r1')).toMatchObject({ state: 'running', progress: 0.5 });
    const command = 'npx tidemark backtest --strategy sma-crossover --to 2018-05-11T00:00:00Z';
    expect(await finishRun(db, 'r1', result, { at: at(2), command, contentKey: 'k1' })).toBe(true);
    expect(await runById(db, 'r1')).toMatchObject({
      state: 'done',
      command,
      progress: 1,
      from: '2013-05-13',
      bars: 1_258,
      finishedAt: at(2),
    });
    expect(await resultOfRun(db, 'r1')).toEqual(result);
    expect(await updateRunProgress(db, 'r1', 0.1)).toBe(false);
    expect(await failRun(db, 'r1', 'late', at(3))).toBe(false);
  });

  test('what waits can be worked out, and only that; a run ends once', async () => {
    const { db } = database;
    await createRun(db, { ...newRun('r2', 2), request: '{"symbol":"AAPL"}' });
    await createRun(db, newRun('r3', 3));
    await createRun(db, newRun('r4', 3));
    await updateRunProgress(db, 'r3', 0.3);
    expect(await openRuns(db)).toEqual(['r2', 'r3', 'r4']);
    expect(await openRequest(db, 'r2')).toMatchObject({ run: { id: 'r2' }, request: '{"symbol":"AAPL"}' });
    const before = await runMarks(db, ['r3', 'r4', 'nothing']);
    expect(await abortRun(db, 'r4', at(4))).toBe(true);
    expect(await abortRun(db, 'r4', at(4))).toBe(false);
    const after = await runMarks(db, ['r3', 'r4']);
    expect([before.get('r3') === after.get('r3'), before.get('r4') === after.get('r4'), before.size]).toEqual([true, false, 2]);
    expect([await openRequest(db, 'r4'), await openRequest(db, 'r1'), await openRequest(db, 'nothing')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(await failRun(db, 'r3', 'the reason', at(5))).toBe(true);
    expect(await openRuns(db)).toEqual(['r2']);
  });

  test('equal content is worked out once: a later run has the result of the first', async () => {
    const { db } = database;
    const command = 'the same';
    expect(await reuseRun(db, 'r2', { at: at(6), contentKey: 'other', command })).toBe(false);
    expect(await reuseRun(db, 'r2', { at: at(6), contentKey: 'k1', command })).toBe(true);
    expect(await runById(db, 'r2')).toMatchObject({ state: 'done', reusedFrom: 'r1', bars: 1_258, dataHash: 'd'.repeat(64), command });
    expect(await resultOfRun(db, 'r2')).toEqual(result);
    await createRun(db, newRun('r5', 5));
    expect(await reuseRun(db, 'r5', { at: at(7), contentKey: 'k1', command })).toBe(true);
    expect(await runById(db, 'r5')).toMatchObject({ reusedFrom: 'r1' });
  });

  test('newest first, in pages', async () => {
    const { db } = database;
    expect((await listRuns(db, { first: 10 })).nodes.map(({ node }) => [node.id, node.state])).toEqual([
      ['r5', 'done'],
      ['r4', 'aborted'],
      ['r3', 'failed'],
      ['r2', 'done'],
      ['r1', 'done'],
    ]);
    const page = await listRuns(db, { first: 2 });
    expect(page.hasNextPage).toBe(true);
    expect((await listRuns(db, { first: 2, after: page.nodes.at(-1)?.cursor })).nodes.map(({ cursor }) => cursor)).toEqual(['r3', 'r2']);
    await expect(listRuns(db, { first: 2, after: 'nothing' })).rejects.toThrow(CursorError);
  });

  test('a version is kept byte for byte, once', async () => {
    const { db } = database;
    const wasm = Uint8Array.from({ length: 5_000 }, (_, index) => index % 256);
    const description = { name: 'mine', title: 'Mine', description: '', parameters: [], abi: 1 };
    const module = { wasm, version: 'a'.repeat(64), description };
    await saveVersion(db, { module, name: 'mine', source: 'class Mine {}' }, at(0));
    await saveVersion(db, { module, name: 'other', source: '' }, at(1));
    expect(await versionByHash(db, 'a'.repeat(64))).toEqual({
      module,
      name: 'mine',
      source: 'class Mine {}',
      savedAt: at(0),
      savedBy: undefined,
    });
    expect(await versionByHash(db, 'f'.repeat(64))).toBeUndefined();
  });
});
