import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reliability } from './reliability.ts';

const of = (...values: readonly number[]): Float64Array => Float64Array.from(values);

describe('reliability', () => {
  test('bins of one width, an edge to the one above, 1 to the last', () => {
    const found = reliability(of(0, 1, 1, 1), of(0.1, 0.5, 0.6, 1), undefined, { bins: 2 });
    expect(found.bins.map(({ low, high, rows }) => [low, high, rows])).toEqual([
      [0, 0.5, 1],
      [0.5, 1, 3],
    ]);
    expect(found.bins.map(({ observed }) => observed)).toEqual([0, 1]);
    expect(found.expectedError).toBeCloseTo((0.1 + 3 * 0.3) / 4, 12);
    expect(found.maximumError).toBeCloseTo(0.3, 12);
  });

  test.each([1, 3, 7, 10, 49, 100, 1000])('of %i bins each edge is in the bin above', (bins) => {
    const edges = Float64Array.from({ length: bins }, (_, bin) => bin / bins);
    const found = reliability(new Float64Array(bins), edges, undefined, { bins });
    expect(found.bins.map(({ low, rows }) => [low, rows])).toEqual([...edges].map((edge) => [edge, 1]));
  });

  test('the last number below an edge is in the bin below', () => {
    const found = reliability(of(0, 1), of(0.29 - 2 ** -54, 0.29), undefined, { bins: 100 });
    expect(found.bins.map(({ high }) => high)).toEqual([0.29, 0.3]);
  });

  test('bins without rows are left out', () => expect(reliability(of(0, 1), of(0.05, 0.95)).bins).toHaveLength(2));

  test('bins of as many rows, equal probabilities together', () => {
    const found = reliability(of(0, 0, 1, 1, 1, 0), of(0.1, 0.2, 0.3, 0.3, 0.3, 0.9), undefined, { bins: 3, rule: 'count' });
    expect(found.bins.map(({ low, high, rows }) => [low, high, rows])).toEqual([
      [0.1, 0.2, 2],
      [0.3, 0.3, 3],
      [0.9, 0.9, 1],
    ]);
  });

  test('weights count, and every row is in one bin', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 3 })), {
          minLength: 1,
          maxLength: 50,
        }),
        fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(100)),
        fc.constantFrom('width' as const, 'count' as const),
        (rows, bins, rule) => {
          const labels = Float64Array.from(rows, ([label]) => label);
          const probabilities = Float64Array.from(rows, ([, each]) => each / 100);
          const weights = Float64Array.from(rows, ([, , weight]) => weight);
          const found = reliability(labels, probabilities, weights, { bins, rule });
          const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
          expect(sum(found.bins.map((bin) => bin.rows))).toBe(rows.length);
          expect(sum(found.bins.map((bin) => bin.weight * bin.observed))).toBeCloseTo(
            sum(rows.map(([label, , weight]) => label * weight)),
            9,
          );
          expect(found.bins.every((bin) => bin.predicted >= bin.low - 1e-12 && bin.predicted <= bin.high + 1e-12)).toBe(true);
        },
      ),
    ));

  test.each([
    { name: 'no bins', run: () => reliability(of(0), of(0.5), undefined, { bins: 0 }), message: 'bins is 0' },
    { name: 'a label of 2', run: () => reliability(of(2), of(0.5)), message: 'labels[0] is 2' },
    { name: 'a probability of 2', run: () => reliability(of(1), of(2)), message: 'probabilities[0] is 2' },
  ])('$name is refused', ({ run, message }) => expect(run).toThrow(message));
});
