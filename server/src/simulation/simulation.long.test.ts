import { describe, expect, test } from 'vitest';
import { runSeeds, shrunk } from './host/pool.ts';
import type { SeedOutcome } from './host/task.ts';
import { PLANTS } from './plants/index.ts';

/** Days that keep every invariant without a plant: what is found in them is the plant's doing. The rarest is found in the 450th. */
const PLANTED_SEEDS = 600;

describe('planted bugs are found, and shown by a shorter day', () => {
  test.each([
    'blind-retry',
    'no-execution-dedupe',
    'time-out-is-rejection',
    'kill-not-persisted',
    'exit-blocked',
    'reservation-dropped-on-time-out',
    'failed-fetch-is-flat',
    'acknowledged-before-durable',
    'two-successors',
    'failed-replace-ends-the-old',
    'exits-reserve-nothing',
    'trailing-loosens',
  ])('%s', async (plant) => {
    expect(PLANTS.has(plant)).toBe(true);
    let found: SeedOutcome | undefined;
    const onOutcome = (outcome: SeedOutcome): void => {
      if (outcome.violated !== undefined) found ??= outcome;
    };
    await runSeeds({ plant, from: 1n, seeds: PLANTED_SEEDS, threads: 2, onOutcome, enough: () => found !== undefined });
    if (found === undefined) throw new Error(`${plant} was not found in ${PLANTED_SEEDS} days`);
    const replay = await shrunk(found.seed, { plant });
    expect(replay?.invariant).toBe(found.violated?.invariant);
  });
});

test('what only a comparison finds is made short by comparing', async () => {
  const plant = 'count-outlives-process';
  const found: SeedOutcome[] = [];
  // Of a hundred seeds this one is run twice.
  await runSeeds({ plant, from: 100n, seeds: 1, threads: 1, onOutcome: (outcome) => found.push(outcome) });
  expect(found.map(({ violated, twice }) => [violated?.invariant, twice])).toEqual([['determinism', false]]);
  const replay = await shrunk(100n, { plant });
  expect(replay).toMatchObject({ invariant: 'determinism', message: expect.stringMatching(/^determinism: the same seed/) as string });
  expect(replay?.parts.length).toBeLessThan(20);
});

test('a seed that does not fail gives nothing to show', async () => expect(await shrunk(100n, { plant: undefined })).toBeUndefined());
