import { describe, expect, test } from 'vitest';
import { runSeeds } from './host/pool.ts';
import type { SeedOutcome } from './host/task.ts';

const ORDERS_A_DAY = 100;

/** Some days on which the broker takes every order and no answer comes back; the first that fails is the last. */
async function days(count: number, plant: string | undefined): Promise<readonly SeedOutcome[]> {
  const outcomes: SeedOutcome[] = [];
  const onOutcome = (outcome: SeedOutcome): void => void outcomes.push(outcome);
  const enough = (): boolean => outcomes.some(isWrong);
  await runSeeds({ plant, lostAnswers: ORDERS_A_DAY, from: 1n, seeds: count, threads: 2, onOutcome, enough });
  return outcomes;
}

/** An invariant is broken (one order twice, an end that the venue does not know, other fills, positions or cash), or orders are missing or too many. */
const isWrong = ({ violated, orders }: SeedOutcome): boolean => violated !== undefined || orders !== ORDERS_A_DAY;

const sum = (outcomes: readonly SeedOutcome[], figure: (outcome: SeedOutcome) => number): number =>
  outcomes.reduce((total, outcome) => total + figure(outcome), 0);

describe('a time-out after the broker has accepted', () => {
  test('10,000 times: no order doubled, none lost, and fills, positions and cash are the broker’s', async () => {
    const outcomes = await days(100, undefined);
    expect(outcomes.filter(isWrong).map(({ seed, violated, orders }) => `${seed}: ${violated?.message ?? `${orders} orders`}`)).toEqual([]);
    expect(sum(outcomes, ({ orders }) => orders)).toBe(10_000);
    expect(sum(outcomes, ({ counts }) => new Map(counts).get('timeout-after-accept') ?? 0)).toBeGreaterThanOrEqual(10_000);
    expect(sum(outcomes, ({ executions }) => executions)).toBeGreaterThan(10_000);
  });

  test.each(['blind-retry', 'new-id-on-retry', 'time-out-is-rejection', 'not-found-at-once', 'inferred-fill-and-the-real-one'])(
    'the planted bug %s is found by it',
    async (plant) => {
      expect((await days(10, plant)).some(isWrong)).toBe(true);
    },
  );
});
