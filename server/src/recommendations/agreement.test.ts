import fc from 'fast-check';
import { expect, test } from 'vitest';
import { money } from '../money/fixed.ts';
import { byAgent, byPerson, byStrategy } from './agreement.ts';
import type { EndCount } from './agreement.ts';
import { RECOMMENDATION_STATES } from './recommendation.ts';

const of = (state: EndCount['state'], count: number, person?: string, strategyId = 's1'): EndCount => ({
  strategyId,
  person,
  state,
  count,
});

test('agreed is what was approved whole, let through or not, of all that people decided', () => {
  const counts = [of('approved', 5, 'ann'), of('denied', 1, 'ann'), of('reduced', 2, 'bob'), of('rejected', 4, 'bob'), of('expired', 9)];
  expect(byStrategy(counts)).toEqual([
    { who: 's1', approved: 5, reduced: 2, rejected: 4, denied: 1, expired: 9, rate: 0.5, missed: undefined, missedCount: 0 },
  ]);
  expect(byPerson(counts).map(({ who, rate, expired }) => [who, rate, expired])).toEqual([
    ['ann', 1, 0],
    ['bob', 0, 0],
  ]);
});

test('where nobody decided there is no rate, and what waits or was superseded is nobody’s', () => {
  expect(byStrategy([of('expired', 3)])).toMatchObject([{ expired: 3, rate: undefined }]);
  expect(byStrategy([of('waiting', 2), of('superseded', 4), of('refused', 3), of('withdrawn', 1)])).toEqual([]);
});

test('agents stand beside strategies, each with what those that were not let go would have made', () => {
  const counts = [of('approved', 1, 'ann'), of('rejected', 2, 'ann', 'agent:k1'), of('expired', 1, undefined, 'agent:k1')];
  const missed = new Map([['agent:k1', { result: money('-12.5'), count: 2 }]]);
  expect(byStrategy(counts, missed).map(({ who, missedCount }) => [who, missedCount])).toEqual([['s1', 0]]);
  expect(byAgent(counts, missed)).toMatchObject([
    { who: 'agent:k1', rejected: 2, expired: 1, rate: 0, missed: money('-12.5'), missedCount: 2 },
  ]);
});

test('people and strategies count the same decisions', () => {
  const count = fc.record({
    strategyId: fc.constantFrom('s1', 's2'),
    person: fc.constantFrom('ann', 'bob'),
    state: fc.constantFrom(
      ...RECOMMENDATION_STATES.filter((state) => !['waiting', 'expired', 'superseded', 'refused', 'withdrawn'].includes(state)),
    ),
    count: fc.integer({ min: 1, max: 50 }),
  });
  fc.assert(
    fc.property(fc.array(count), (counts) => {
      const total = (rows: ReturnType<typeof byStrategy>): number =>
        rows.reduce((sum, { approved, reduced, rejected, denied }) => sum + approved + reduced + rejected + denied, 0);
      expect(total(byPerson(counts))).toBe(total(byStrategy(counts)));
      expect(total(byStrategy(counts))).toBe(counts.reduce((sum, each) => sum + each.count, 0));
    }),
  );
});
