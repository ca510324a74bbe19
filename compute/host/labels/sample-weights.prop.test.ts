import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Spans } from '../validation/spans.ts';
import { ageDecay, averageUniqueness, combinedWeights, concurrency, returnAttribution } from './sample-weights.ts';

const BARS = 40;
const spans: fc.Arbitrary<Spans> = fc
  .array(fc.tuple(fc.nat(BARS - 1), fc.nat(12)), { minLength: 1, maxLength: 40 })
  .map((rows) => rows.toSorted(([a], [b]) => a - b))
  .map((rows) => ({
    starts: Float64Array.from(rows, ([start]) => start),
    ends: Float64Array.from(rows, ([start, length]) => Math.min(BARS - 1, start + length)),
  }));
const closes = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: BARS, maxLength: BARS }).map((moves) => {
  let price = 100;
  return Float64Array.from(moves, (move) => (price *= 1 + move / 1000));
});
const of = (...rows: readonly (readonly [number, number])[]): Spans => ({
  starts: Float64Array.from(rows, ([start]) => start),
  ends: Float64Array.from(rows, ([, end]) => end),
});

/** Bar by bar, as the book writes it. */
function byDefinition({ starts, ends }: Spans, of: (bar: number, count: number) => number): readonly number[] {
  const count = (bar: number): number => starts.reduce((sum, start, row) => sum + (start <= bar && bar <= (ends[row] ?? -1) ? 1 : 0), 0);
  return Array.from(starts, (start, row) => {
    let sum = 0;
    for (let bar = start; bar <= (ends[row] ?? -1); bar += 1) sum += of(bar, count(bar));
    return sum;
  });
}

describe('uniqueness', () => {
  test('is the mean of 1/concurrency', () =>
    fc.assert(
      fc.property(spans, (each) => {
        const wanted = byDefinition(each, (_, count) => 1 / count);
        for (const [row, found] of averageUniqueness(each, BARS).entries()) {
          expect(found).toBeCloseTo((wanted[row] ?? Number.NaN) / ((each.ends[row] ?? 0) - (each.starts[row] ?? 0) + 1), 12);
          expect(found > 0 && found <= 1 + 1e-12).toBe(true);
        }
      }),
    ));

  test('is known', () => {
    expect([...concurrency(of([0, 2], [2, 3]), 5)]).toEqual([1, 1, 2, 1, 0]);
    expect([...averageUniqueness(of([0, 0], [2, 3]), 5)]).toEqual([1, 1]);
    expect([...averageUniqueness(of([0, 1], [0, 1], [0, 1]), 5)].map((each) => each.toFixed(12))).toEqual(
      Array(3).fill((1 / 3).toFixed(12)),
    );
  });
});

describe('return attribution', () => {
  test('is the absolute sum of shared moves', () =>
    fc.assert(
      fc.property(spans, closes, (each, close) => {
        const wanted = byDefinition(each, (bar, count) => (bar === 0 ? 0 : Math.log((close[bar] ?? 0) / (close[bar - 1] ?? 0)) / count));
        for (const [row, found] of returnAttribution(each, close).entries())
          expect(found).toBeCloseTo(Math.abs(wanted[row] ?? Number.NaN), 12);
      }),
    ));
});

describe('age', () => {
  const one = new Float64Array(4).fill(1);
  test.each([
    { oldest: 1, weights: [1, 1, 1, 1] },
    { oldest: 0.5, weights: [0.625, 0.75, 0.875, 1] },
    { oldest: 0, weights: [0.25, 0.5, 0.75, 1] },
    { oldest: -0.5, weights: [0, 0, 0.5, 1] },
  ])('down to $oldest', ({ oldest, weights }) => expect([...ageDecay(one, oldest)]).toEqual(weights));

  test('never falls towards the newest, which has 1', () =>
    fc.assert(
      fc.property(spans, fc.double({ min: -0.9, max: 1, noNaN: true }), (each, oldest) => {
        const found = ageDecay(averageUniqueness(each, BARS), oldest);
        expect(found.at(-1)).toBeCloseTo(1, 12);
        expect(found.every((weight, row) => weight >= 0 && weight <= 1 + 1e-12 && weight >= (found[row - 1] ?? 0) - 1e-12)).toBe(true);
      }),
    ));
});

test('combined weights are 1 on average', () =>
  fc.assert(
    fc.property(spans, closes, (each, close) => {
      const unique = averageUniqueness(each, BARS);
      const found = combinedWeights(unique.length, [
        unique,
        ageDecay(unique, 0.3),
        returnAttribution(each, close).map((weight) => weight + 1e-6),
      ]);
      expect(found.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(found.length, 9);
    }),
  ));

describe('bad input is refused', () => {
  test.each<{ name: string; run: () => unknown; message: string }>([
    {
      name: 'a span beyond the bars',
      run: () => averageUniqueness(of([0, 5]), 5),
      message: 'row 0 spans 0 to 5, but must be of whole numbers of bars from 0 to 4',
    },
    { name: 'half a bar', run: () => concurrency(of([0, 1.5]), 5), message: 'row 0 spans 0 to 1.5' },
    { name: 'a price of 0', run: () => returnAttribution(of([0, 1]), Float64Array.of(0, 1)), message: 'close[0] is 0' },
    { name: 'an age of -1', run: () => ageDecay(Float64Array.of(1), -1), message: 'oldest is -1' },
    { name: 'uniqueness of 0', run: () => ageDecay(Float64Array.of(0), 1), message: 'uniqueness[0] is 0' },
    { name: 'weights of nothing', run: () => combinedWeights(2, [new Float64Array(2)]), message: 'the weights sum to 0' },
    {
      name: 'weights of another length',
      run: () => combinedWeights(2, [new Float64Array(3)]),
      message: 'weights 0 has 3 values for 2 rows',
    },
  ])('$name', ({ run, message }) => expect(run).toThrow(message));
});
