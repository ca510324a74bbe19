import { afterAll, beforeAll, expect, test } from 'vitest';
import { noteBackup } from '../../platform/backup/kept-backups.ts';
import { openEmbeddedTestDatabase } from '../../platform/test-database.ts';
import type { EngineStanding } from '../../platform/instances/engine-status.ts';
import { openApiWorld } from '../test/api-world.ts';
import type { ApiWorld } from '../test/api-world.ts';
import { healthOf } from './health.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
});
afterAll(() => api.close());

const health = async () => (await api.post('{ health { lastBackup { madeAt entries } parts { name state detail } } }')).data?.['health'];

test('health says what the broker still lets us ask in this minute', async () => {
  const broker = async (remaining: number) => {
    api.world.broker.left = { limit: 200, remaining, resetInMs: 12_000 };
    return ((await health()) as { readonly parts: readonly { readonly name: string }[] }).parts.find(({ name }) => name === 'broker');
  };
  expect(await broker(148)).toMatchObject({
    state: 'OK',
    detail: expect.stringContaining('; 148 of 200 requests are left in this minute; ') as string,
  });
  // A fifth is for cancels alone: orders wait.
  expect(await broker(40)).toMatchObject({ state: 'DEGRADED', detail: expect.stringContaining('; 40 of 200') as string });
});

test('health knows the newest backup that was kept, and that there was none', async () => {
  expect(await health()).toMatchObject({ lastBackup: null });
  await noteBackup(api.database.db, { createdAt: '2026-03-02T21:00:00.000Z', journal: { seq: 41, hash: 'head' } });
  expect(await health()).toMatchObject({ lastBackup: { madeAt: '2026-03-02T21:00:00Z', entries: 41 } });
});

type Connected = Extract<EngineStanding, { state: 'connected' }>['status'];

test('an engine that goes away while the parts are asked for is either away or not, in all of one answer', async () => {
  let isAway = false;
  const { session, journal } = api.world;
  const standing = (): EngineStanding =>
    isAway
      ? { state: 'away', since: undefined, because: 'nothing was heard', status: undefined }
      : { state: 'connected', status: { instance: 'engine', program: 'x' } as Connected };
  const ping = (): Promise<number> => {
    isAway = true;
    return Promise.resolve(1);
  };
  const reads = healthOf({
    session,
    journal,
    instance: 'api',
    engine: { standing, problem: () => undefined },
    database: { kind: 'embedded', ping },
    appliedSeq: () => journal.head().seq,
    newestBackup: () => Promise.resolve(undefined),
    channels: () => Promise.resolve([]),
    queue: { depth: () => Promise.resolve({ waiting: 0, active: 0 }) },
    version: '1',
    now: () => session.state().now,
  });
  for (const expected of ['connected', 'away']) {
    const { engine, parts } = await reads.read();
    expect(engine.standing).toBe(expected);
    expect(parts.find(({ name }) => name === 'engine')?.state === 'down').toBe(expected === 'away');
  }
});
