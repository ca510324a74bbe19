import { expect, test } from 'vitest';
import { exponential } from './exponential.ts';

test('the exponential is within two units in the last place', () => {
  for (let x = -745; x < 709.7; x += 0.37) {
    const expected = Math.exp(x);
    expect(Math.abs(exponential(x) - expected)).toBeLessThanOrEqual(Math.max(5e-324, 4.5e-16 * expected));
  }
  expect([-Infinity, -746, 0, 710, Infinity].map((x) => exponential(x))).toEqual([0, 0, 1, Infinity, Infinity]);
  expect(exponential(Number.NaN)).toBeNaN();
});
