import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomPlanOf, roomOf, uniformsOf } from './random-times.ts';
import { replay } from './replay.ts';
import type { MarkedPrices } from './marked-prices.ts';
import type { Stretch } from './stretches.ts';

const price = fc.double({ min: 1, max: 200, noNaN: true });

function marked(closes: readonly number[]): MarkedPrices {
  const close = Float64Array.from(closes);
  return { symbol: 'SYM', open: Float64Array.from(closes, (value, index) => closes[index - 1] ?? value), close, volume: close.slice() };
}

const stretchesOfLengths = (lengths: readonly number[]): readonly Stretch[] => {
  let start = 1;
  return lengths.map((length, index) => {
    const stretch = { start, weight: index % 2 === 0 ? 0.9 : -0.5, shape: new Float64Array(length).fill(1) };
    start += length + 1;
    return stretch;
  });
};

const MARKS = 60;
const cases = fc.record({
  closes: fc.array(price, { minLength: MARKS, maxLength: MARKS }),
  lengths: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
  seed: fc.nat(),
  draw: fc.nat({ max: 999 }),
});
const terms = { cash: 1_000, costRate: 0.001, atClose: false, periodsPerYear: 252 };

describe('random times', () => {
  test('keep every stretch whole, apart, in the room, in number and length', () =>
    fc.assert(
      fc.property(cases, ({ closes, lengths, seed, draw }) => {
        const stretches = stretchesOfLengths(lengths);
        const room = roomOf(marked(closes), stretches, false);
        const plan = randomPlanOf(stretches, room, uniformsOf(seed, draw));
        const sorted = (all: readonly Stretch[]) => all.map(({ shape }) => shape.length).toSorted((a, b) => a - b);
        expect(sorted(plan.stretches)).toEqual(sorted(stretches));
        let end = room.first;
        for (const [index, { shape }] of plan.stretches.entries()) {
          expect(plan.starts[index]).toBeGreaterThanOrEqual(end);
          end = (plan.starts[index] ?? Number.NaN) + shape.length;
        }
        expect(end).toBeLessThanOrEqual(MARKS);
        expect(room.flat + lengths.reduce((sum, length) => sum + length, 0) + room.first).toBe(MARKS);
      }),
    ));

  test('follow from seed and draw alone', () => {
    const stretches = stretchesOfLengths([3, 4, 5]);
    const startsOf = (seed: number, draw: number) => [...randomPlanOf(stretches, { first: 1, flat: 40 }, uniformsOf(seed, draw)).starts];
    expect(startsOf(7, 3)).toEqual(startsOf(7, 3));
    expect(new Set([startsOf(7, 3), startsOf(7, 4), startsOf(8, 3), startsOf(7 + 2 ** 32, 3)].map(String)).size).toBe(4);
  });

  test('lie anywhere in the flat time alike', () => {
    const [stretch] = stretchesOfLengths([5]);
    if (stretch === undefined) throw new Error('Invariant: one stretch was made');
    const counts = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 10_000; draw += 1) {
      const [start = 0] = randomPlanOf([stretch], { first: 1, flat: 9 }, uniformsOf(1, draw)).starts;
      counts[start - 1] = (counts[start - 1] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(5 * Math.sqrt(900));
  });
});

describe('a replay', () => {
  test('looks at no price that comes later', () =>
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: MARKS - 1 }), price, ({ closes, lengths, seed, draw }, from, other) => {
        const stretches = stretchesOfLengths(lengths);
        const curveOf = (values: readonly number[]): readonly number[] => {
          const prices = marked(values);
          const curve = new Float64Array(MARKS);
          replay([{ prices, ...randomPlanOf(stretches, roomOf(prices, stretches, false), uniformsOf(seed, draw)) }], terms, curve);
          return Array.from(curve.subarray(0, from));
        };
        expect(curveOf(closes.map((value, index) => (index < from ? value : other)))).toEqual(curveOf(closes));
      }),
    ));

  test('holds nothing and pays nothing where nothing is planned', () => {
    const outcome = replay([{ prices: marked([1, 2, 3]), starts: [], stretches: [] }], terms);
    expect(outcome).toMatchObject({ totalReturn: 0, maxDrawdown: 0, sharpe: Number.NaN });
  });

  test.each([
    { name: 'long through a doubling, costs on both sides', weight: 1, closes: [10, 10, 20, 20], total: 1 - 0.001 - 2 * 0.001 },
    { name: 'short through a halving', weight: -1, closes: [10, 10, 5, 5], total: 0.5 - 0.001 - 0.5 * 0.001 },
    { name: 'ruin ends it', weight: -1, closes: [10, 10, 30, 5], total: -2 - 0.001 },
  ])('$name', ({ weight, closes, total }) => {
    const stretches = [{ start: 1, weight, shape: Float64Array.of(1, 1) }];
    expect(replay([{ prices: marked(closes), starts: [1], stretches }], terms).totalReturn).toBeCloseTo(total, 12);
  });
});
