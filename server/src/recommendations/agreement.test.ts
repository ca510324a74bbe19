import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byPerson, byStrategy } from './agreement.ts';
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
  expect(byStrategy(counts)).toEqual([{ who: 's1', approved: 5, reduced: 2, rejected: 4, denied: 1, expired: 9, rate: 0.5 }]);
  expect(byPerson(counts).map(({ who, rate, expired }) => [who, rate, expired])).toEqual([
    ['ann', 1, 0],
    ['bob', 0, 0],
  ]);
});

test('where nobody decided there is no rate, and what waits or was superseded is nobody’s', () => {
  expect(byStrategy([of('expired', 3)])).toMatchObject([{ expired: 3, rate: undefined }]);
  expect(byStrategy([of('waiting', 2), of('superseded', 4)])).toEqual([]);
});

test('people and strategies count the same decisions', () => {
  const count = fc.record({
    strategyId: fc.constantFrom('s1', 's2'),
    person: fc.constantFrom('ann', 'bob'),
    state: fc.constantFrom(...RECOMMENDATION_STATES.filter((state) => !['waiting', 'expired', 'superseded'].includes(state))),
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
