import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runSeeds, shrunk } from './pool.ts';

const STORE = { kind: 'embedded' } as const;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pool-'));
  vi.stubEnv('TMPDIR', dir);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

test('shrinking that is interrupted in the middle of a day stops at once, and leaves nothing', async () => {
  const stop = new AbortController();
  const shrinking = shrunk(13n, { plant: undefined, store: STORE }, stop.signal);
  const days = async (): Promise<readonly string[]> => (await readdir(dir, { recursive: true })).filter((name) => /day-\d+$/.test(name));
  await vi.waitFor(async () => expect(await days()).not.toEqual([]), { timeout: 600_000, interval: 20 });
  stop.abort();
  expect(await shrinking).toBeUndefined();
  expect(await readdir(dir)).toEqual([]);
});

test('where one thread fails all are stopped, its error is thrown, and nothing of any is left', async () => {
  let outcomes = 0;
  const onOutcome = (): void => {
    outcomes += 1;
    if (outcomes === 1) throw new Error('nobody wants to know');
  };
  await expect(runSeeds({ plant: undefined, store: STORE, from: 1n, seeds: 40, threads: 2, onOutcome })).rejects.toThrow(
    'nobody wants to know',
  );
  expect(outcomes).toBe(1);
  expect(await readdir(dir)).toEqual([]);
});
