import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { DENIAL_CODES } from '../orders/order.ts';
import type { Agreement } from './agreement.ts';

const THREADS = 2;
const ORDERS = 1_000_000;

const compareInThread = (from: number, count: number): Promise<Agreement> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('agreement-worker.ts', import.meta.url), { workerData: { from, count } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });

test('the gate and a second, naive implementation agree on a million orders, to the last figure', { timeout: 1_800_000 }, async () => {
  const share = ORDERS / THREADS;
  const parts = await Promise.all(Array.from({ length: THREADS }, (_, thread) => compareInThread(1_000_000 + thread * share, share)));
  expect(parts.map(({ difference }) => difference)).toEqual(parts.map(() => undefined));
  for (const code of DENIAL_CODES)
    expect(
      parts.reduce((sum, { seen }) => sum + (seen.get(code) ?? 0), 0),
      code,
    ).toBeGreaterThan(2_500);
});
