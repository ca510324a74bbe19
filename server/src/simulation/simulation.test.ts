import { expect, test } from 'vitest';
import { runSeeds } from './host/pool.ts';
import { run } from './run.ts';
import { openTally } from './summary.ts';

test('days with every kind of fault keep every invariant', async () => {
  const tally = openTally();
  await runSeeds({ plant: undefined, from: 1n, seeds: 48, threads: 2, onOutcome: tally.add });
  const { failures, seeds, executions } = tally.summary();
  expect(failures.map(({ seed, violated }) => `${seed}: ${violated?.message ?? ''}`)).toEqual([]);
  expect(seeds).toBe(48);
  expect(executions).toBeGreaterThan(100);
});

test('the same seed gives the same journal', async () => {
  const [one, other] = [await run({ seed: 7n }), await run({ seed: 7n })];
  expect(one.entries).toBeGreaterThan(100);
  expect(other.journalHash).toBe(one.journalHash);
});
