import { describe, expect, test } from 'vitest';
import { runSeeds, shrunk } from './host/pool.ts';
import type { SeedOutcome } from './host/task.ts';
import { PLANTS } from './plants/index.ts';
import { openTally } from './summary.ts';

const SEEDS = 3_000;
const PLANTED_SEEDS = 2_000;
const PARTS_MAX = 20;
const THREAD = { tier: 'model', plant: undefined, databaseUrl: undefined } as const;

test(`${SEEDS} days keep every invariant, every fault point fires, and a seed gives one journal`, async () => {
  const tally = openTally();
  await runSeeds({ ...THREAD, from: 1n, seeds: SEEDS, threads: 2, onOutcome: tally.add });
  const { failures, seldom, twice } = tally.summary();
  expect(failures.map(({ seed, violated }) => `${seed}: ${violated?.message ?? ''}`)).toEqual([]);
  expect(seldom).toEqual([]);
  expect(twice).toBe(SEEDS / 100);
});

describe('every planted bug is found, and shown by a short day', () => {
  test.each([...PLANTS.keys()])('%s', async (plant) => {
    let found: SeedOutcome | undefined;
    const onOutcome = (outcome: SeedOutcome): void => {
      if (outcome.violated !== undefined) found ??= outcome;
    };
    await runSeeds({ ...THREAD, plant, from: 1n, seeds: PLANTED_SEEDS, threads: 2, onOutcome, enough: () => found !== undefined });
    if (found === undefined) throw new Error(`${plant} was not found in ${PLANTED_SEEDS} days`);
    const replay = await shrunk(found.seed, { ...THREAD, plant });
    expect(replay.invariant).toBe(found.violated?.invariant);
    expect(replay.parts.length).toBeLessThanOrEqual(PARTS_MAX);
  });
});
