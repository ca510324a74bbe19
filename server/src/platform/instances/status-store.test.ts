import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEmbeddedTestDatabase } from '../test-database.ts';
import type { TestDatabase } from '../test-database.ts';
import { saveStatus, saveStopped, selectStatus } from './status-store.ts';
import type { EngineFigures } from './status-store.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openEmbeddedTestDatabase();
});
afterAll(() => database.close());

const FIGURES: EngineFigures = {
  instance: 'desk:1',
  version: '0.1.0',
  program: 'p1',
  halted: undefined,
  reconcileAgeMs: 120,
  latencies: { journal: { p50Ms: 1, p99Ms: 2, count: 3 } },
  requestsLeft: { limit: 200, remaining: 148, resetInMs: 12_000 },
};

test('what the engine says of itself is what others read, its requests too; a later word takes the place of the one before', async () => {
  expect(await selectStatus(database.db)).toBeUndefined();
  await saveStatus(database.db, FIGURES, 0);
  expect(await selectStatus(database.db)).toMatchObject({ ...FIGURES, stoppedAt: undefined });
  await saveStatus(database.db, { ...FIGURES, halted: 'a broken chain', requestsLeft: undefined }, 0);
  expect(await selectStatus(database.db)).toMatchObject({ halted: 'a broken chain', requestsLeft: undefined });
  await saveStopped(database.db, 'another');
  expect((await selectStatus(database.db))?.stoppedAt).toBeUndefined();
  await saveStopped(database.db, 'desk:1');
  expect((await selectStatus(database.db))?.stoppedAt).toBeInstanceOf(Date);
});
