import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutsOf } from './cuts.ts';

const many = (count: number, value: number): readonly number[] => Array.from({ length: count }, () => value);

test.each([
  { name: 'no values', sorted: [], bins: 4, cuts: [] },
  { name: 'one value', sorted: [3, 3, 3], bins: 4, cuts: [] },
  { name: 'a bin a value, midway between them', sorted: [0, 1, 1, 4], bins: 3, cuts: [0.5, 2.5] },
  { name: 'as many rows a bin', sorted: [1, 2, 3, 4, 5, 6], bins: 3, cuts: [2.5, 4.5] },
  { name: 'most rows at the least value', sorted: [0, 0, 0, 0, 1, 2], bins: 2, cuts: [0.5] },
  { name: 'most rows at the largest value', sorted: [0, 1, 2, 2, 2, 2], bins: 2, cuts: [1.5] },
  { name: 'most rows in the middle: a cut behind them and one before', sorted: [1, 2, ...many(9, 5), 8, 9], bins: 3, cuts: [3.5, 6.5] },
  { name: 'one cut only: behind those in the middle', sorted: [1, 2, ...many(9, 5), 8, 9], bins: 2, cuts: [6.5] },
  { name: 'most rows at both ends', sorted: [...many(9, 0), 1, 2, ...many(9, 3)], bins: 3, cuts: [0.5, 2.5] },
  { name: 'neighbouring doubles', sorted: [1, 1 + Number.EPSILON], bins: 2, cuts: [1] },
  { name: 'the largest doubles', sorted: [-Number.MAX_VALUE, Number.MAX_VALUE], bins: 2, cuts: [0] },
])('$name', ({ sorted, bins, cuts }) => expect([...cutsOf(Float64Array.from(sorted), bins)]).toEqual(cuts));

/** Values, each a number of times: a few of them hold most rows. */
const runs = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.constantFrom(1, 1, 2, 100)), { minLength: 1, maxLength: 40 });

test('cuts ascend between values, fit the bins, and are there wherever values differ', () =>
  fc.assert(
    fc.property(runs, fc.integer({ min: 2, max: 30 }), (all, bins) => {
      const sorted = Float64Array.from(all.flatMap(([value, times]) => many(times, value))).toSorted();
      const cuts = cutsOf(sorted, bins);
      const different = new Set(sorted).size;
      expect(cuts.length).toBeLessThan(bins);
      expect(cuts.length > 0).toBe(different > 1);
      if (different <= bins) expect(cuts).toHaveLength(different - 1);
      cuts.forEach((cut, place) => {
        expect(cut).toBeGreaterThan(cuts[place - 1] ?? -Infinity);
        expect(sorted.some((value) => value <= cut) && sorted.some((value) => value > cut)).toBe(true);
      });
    }),
  ));

test('millions of equal rows at the top are one bin', () => {
  const sorted = new Float64Array(4_000_000).fill(1e6);
  for (let row = 0; row < 1000; row += 1) sorted[row] = row;
  const cuts = cutsOf(sorted, 255);
  expect(cuts.at(-1)).toBe((999 + 1e6) / 2);
});
