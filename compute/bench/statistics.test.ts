import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestOf, growthExponent, medianOf } from './statistics.ts';

const samples = fc.array(fc.double({ min: 1, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 40 });

describe('best and median', () => {
  test('as many samples are at least the median as at most', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const median = medianOf(values);
        expect(values.filter((value) => value < median).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > median).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  test('the best is one of the samples, and none is better', () => {
    fc.assert(
      fc.property(samples, (values) => {
        expect(values).toContain(bestOf(values));
        expect(values.every((value) => value >= bestOf(values))).toBe(true);
      }),
    );
  });

  test.each([
    { name: 'odd', values: [9, 1, 4], median: 4 },
    { name: 'even: the mean of the two in the middle', values: [8, 1, 4, 2], median: 3 },
    { name: 'digits are not sorted as text', values: [10, 9, 100], median: 10 },
  ])('$name', ({ values, median }) => expect(medianOf(values)).toBe(median));

  test('no samples: not a number', () => {
    expect(bestOf([])).toBeNaN();
    expect(medianOf([])).toBeNaN();
  });
});

describe('growth', () => {
  test('time = c · size ^ e has the exponent e, whatever the constant', () => {
    const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.double({ min: 0.1, max: 3, noNaN: true }), fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (all, e, c) => {
        expect(growthExponent(all.map((size) => ({ size, time: c * size ** e })))).toBeCloseTo(e, 6);
      }),
    );
  });

  test.each([
    { name: 'no point', points: [] },
    { name: 'one size', points: [{ size: 2, time: 1 }] },
    {
      name: 'one size twice',
      points: [
        { size: 2, time: 1 },
        { size: 2, time: 3 },
      ],
    },
    {
      name: 'no time',
      points: [
        { size: 1, time: 0 },
        { size: 2, time: 3 },
      ],
    },
    {
      name: 'a size below zero',
      points: [
        { size: -1, time: 1 },
        { size: 2, time: 3 },
      ],
    },
    {
      name: 'a time that is no number',
      points: [
        { size: 1, time: NaN },
        { size: 2, time: 3 },
      ],
    },
  ])('$name is refused', ({ points }) => expect(() => growthExponent(points)).toThrow(RangeError));
});
