import { expect, test } from 'vitest';
import { run } from './run.ts';

test('days with every kind of fault keep every invariant', async () => {
  for (let seed = 1n; seed <= 20n; seed += 1n) expect((await run({ seed })).violated).toBeUndefined();
});

test('the same seed gives the same journal', async () => {
  const [one, other] = [await run({ seed: 7n }), await run({ seed: 7n })];
  expect(one.entries).toBeGreaterThan(100);
  expect(other.journalHash).toBe(one.journalHash);
});
