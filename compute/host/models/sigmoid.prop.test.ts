import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exponential } from './exponential.ts';
import { sigmoid } from './sigmoid.ts';

test('known values', () => {
  expect([exponential(0), exponential(-1)]).toEqual([1, 0.36787944117144233]);
  expect([sigmoid(0), sigmoid(-1e300), sigmoid(1e300)]).toEqual([0.5, exponential(-700), 1]);
});

test('the sigmoid is a probability, turned it is the other, and it does not fall', () =>
  fc.assert(
    fc.property(fc.double({ min: -800, max: 800, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true }), (z, more) => {
      expect(sigmoid(z)).toBeGreaterThan(0);
      expect(sigmoid(z) + sigmoid(-z)).toBeCloseTo(1, 15);
      expect(sigmoid(z + more)).toBeGreaterThanOrEqual(sigmoid(z) * (1 - 4 * 2 ** -52));
    }),
    { numRuns: 5_000 },
  ));
