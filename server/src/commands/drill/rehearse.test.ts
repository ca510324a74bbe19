import { afterAll, beforeAll, expect, test } from 'vitest';
import { ENGINE } from '../../engine/test/session-world.ts';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { openEmbeddedTestDatabase } from '../../platform/test-database.ts';
import { deskApi } from '../desk-api.ts';
import { LiveAccount, rehearse } from './rehearse.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase, { engine: { ...ENGINE, mode: 'live' } });
  await api.world.day(100, 100);
});
afterAll(() => api.close());

test('real money is refused before anything is done', async () => {
  const before = api.world.journal.head().seq;
  const desk = deskApi(api.server.url, { authorization: `Bearer ${api.apiKey}` });
  await expect(rehearse({ api: desk, symbol: 'ALDR', stem: 'drill-1', onStep: () => undefined })).rejects.toThrow(LiveAccount);
  const since = await api.world.journal.read(before, 1_000);
  expect(since.filter(({ kind }) => kind === 'OrderRequested' || kind === 'KillSwitchEngaged')).toEqual([]);
});

test('a server that does not know the key says so', async () => {
  const steps: string[] = [];
  const desk = deskApi(api.server.url, { authorization: 'Bearer tmk_nobody' });
  const onStep = ({ step, ok, detail }: { step: string; ok: boolean; detail: string }): void => void steps.push(`${step} ${ok} ${detail}`);
  expect(await rehearse({ api: desk, symbol: 'ALDR', stem: 'drill-2', onStep })).toBe(false);
  expect(steps).toEqual([expect.stringMatching(/^ready false .*[Ll]og in/)]);
});
