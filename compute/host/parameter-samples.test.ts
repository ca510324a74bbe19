import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from './backtest-flags.ts';
import { parseAxes } from './parameter-axis.ts';
import { sampleSets, type SampleRequest } from './parameter-samples.ts';

const setsOf = (axes: readonly string[], request: SampleRequest): readonly (readonly (number | string)[])[] => [
  ...sampleSets(parseAxes(axes), request),
];
const method = fc.constantFrom<'random' | 'sobol'>('random', 'sobol');
const seed = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const AXES = ['fast=2..101', 'x=-0.5..0.5', 'y=0..1:0.1', 'direction=long,longshort'];

test('the same seed gives the same sets, the first of many are the few, and another seed gives others', () => {
  fc.assert(
    fc.property(method, seed, fc.integer({ min: 20, max: 80 }), (method, seed, count) => {
      const sets = setsOf(AXES, { method, seed, count });
      expect(sets).toHaveLength(count);
      expect(setsOf(AXES, { method, seed, count: 2 * count }).slice(0, count)).toEqual(sets);
      expect(setsOf(AXES, { method, seed: seed === 0 ? 1 : seed - 1, count })).not.toEqual(sets);
    }),
    { numRuns: 40 },
  );
});

test('seeds that differ only above 32 bits differ', () => {
  for (const method of ['random', 'sobol'] as const) {
    const [a, b] = [5, 5 + 2 ** 32].map((seed) => setsOf(AXES, { method, seed, count: 20 }));
    expect(a).not.toEqual(b);
  }
});

test('every value is one of its axis', () => {
  fc.assert(
    fc.property(method, seed, (method, seed) => {
      for (const [fast, x, y, direction] of setsOf(AXES, { method, seed, count: 50 })) {
        expect(Number.isInteger(fast) && Number(fast) >= 2 && Number(fast) <= 101).toBe(true);
        expect(Number(x) >= -0.5 && Number(x) <= 0.5).toBe(true);
        expect([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]).toContain(y);
        expect(['long', 'longshort']).toContain(direction);
      }
    }),
    { numRuns: 40 },
  );
});

test('sobol takes each of 2^k values once in 2^k sets, in every dimension, for any seed', () => {
  const axes = Array.from({ length: 32 }, (_, index) => `p${index}=1..128`);
  fc.assert(
    fc.property(seed, (seed) => {
      const sets = setsOf(axes, { method: 'sobol', seed, count: 128 });
      for (const dimension of axes.keys()) expect(new Set(sets.map((set) => set[dimension])).size).toBe(128);
    }),
    { numRuns: 20 },
  );
});

test('random draws are even: four values, 40,000 draws, within five standard deviations', () => {
  const sets = setsOf(['a=1..4', 'b=1..4'], { method: 'random', seed: 7, count: 40_000 });
  const counts = new Map<string, number>();
  for (const set of sets) counts.set(set.join(' '), (counts.get(set.join(' ')) ?? 0) + 1);
  expect(counts.size).toBe(16);
  const spread = 5 * Math.sqrt((40_000 / 16) * (15 / 16));
  for (const count of counts.values()) expect(Math.abs(count - 2500)).toBeLessThan(spread);
});

test('only sets that meet the condition', () => {
  for (const method of ['random', 'sobol'] as const) {
    const request = { method, seed: 3, count: 200, where: 'fast<slow && slow<limit', fixed: { limit: 50 } };
    const sets = setsOf(['fast=2..101', 'slow=2..101'], request);
    expect(sets).toHaveLength(200);
    expect(sets.every(([fast = 0, slow = 0]) => fast < slow && Number(slow) < 50)).toBe(true);
  }
});

describe('what is refused', () => {
  const good: SampleRequest = { method: 'sobol', seed: 1, count: 10 };
  const manyAxes = Array.from({ length: 33 }, (_, index) => `p${index}=1..2`);
  const cases: readonly (readonly [string, readonly string[], SampleRequest])[] = [
    ['the number of samples is 0', AXES, { ...good, count: 0 }],
    ['the number of samples is 1.5', AXES, { ...good, count: 1.5 }],
    ['the seed is -1', AXES, { ...good, seed: -1 }],
    ['the seed is NaN', AXES, { ...good, seed: NaN }],
    ['samples need at least one parameter', [], good],
    ['33 parameters are sampled; sobol takes up to 32', manyAxes, good],
    ['of 100000 points in a row none meets the condition "fast>101"', AXES, { ...good, where: 'fast>101' }],
    ['there is no parameter slow', AXES, { ...good, where: 'fast<slow' }],
  ];
  test.each(cases)('%s', (reason, axes, request) => {
    expect(() => setsOf(axes, request)).toThrow(UsageError);
    expect(() => setsOf(axes, request)).toThrow(reason);
  });
  test('random takes more dimensions', () => expect(setsOf(manyAxes, { ...good, method: 'random' })).toHaveLength(10));
});
