import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openAgentMemory } from '../../agents/memory/service.ts';
import { instantFromMs } from '../../money/instant.ts';
import { openEmbeddedTestDatabase } from '../../platform/test-database.ts';
import type { TestDatabase } from '../../platform/test-database.ts';
import { openAgents, watchMemories } from './agents.ts';

const DAY_MS = 86_400_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await openEmbeddedTestDatabase();
});
afterAll(() => database.close());

test('the process that watches erases what has expired while nothing ran, and another one does not', async () => {
  let atMs = Date.parse('2026-03-02T15:00:00Z');
  const now = () => instantFromMs(atMs);
  const { db } = database;
  await openAgentMemory(db, now).remember('agent:a', { kind: 'note', text: 'over', source: 'turn:1', expiresAfterDays: 1 });
  atMs += DAY_MS;
  const texts = async () => (await db.selectFrom('agent_memory_texts').select('text').execute()).map(({ text }) => text);
  const report = vi.fn();
  await openAgents({ db, now, watches: false, report }).stop();
  expect(await texts()).toEqual(['over']);
  await openAgents({ db, now, watches: true, report }).stop();
  expect(await texts()).toEqual([]);
  expect(report).not.toHaveBeenCalled();
});

test('what fails is told, and tried again', async () => {
  const report = vi.fn();
  const eraseExpired = vi.fn<() => Promise<number>>().mockRejectedValueOnce(new Error('no database')).mockResolvedValue(0);
  const watch = watchMemories({ eraseExpired }, report, 5);
  await vi.waitFor(() => expect(eraseExpired.mock.calls.length).toBeGreaterThan(2));
  await watch.stop();
  expect(report.mock.calls).toEqual([['what agents remembered could not be erased', new Error('no database')]]);
  const { length } = eraseExpired.mock.calls;
  await sleep(30);
  expect(eraseExpired.mock.calls.length).toBe(length);
});
