import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clamped, domainOf, including, indices, panned, whole, zoomed } from './view.ts';

const arbitrary = fc
  .record({
    count: fc.integer({ min: 1, max: 100_000 }),
    bars: fc.double({ min: 1, max: 1e5, noNaN: true }),
    hidden: fc.double({ min: 0, max: 1e5, noNaN: true }),
  })
  .map(({ count, ...view }) => ({ count, view: clamped(view, count) }));

describe('a view', () => {
  test.each([
    { name: 'the whole', view: whole(100), seen: [0, 99] },
    { name: 'the newest ten', view: { bars: 10, hidden: 0 }, seen: [90, 99] },
    { name: 'cut bars at both ends', view: { bars: 10, hidden: 2.5 }, seen: [87, 97] },
  ])('$name', ({ view, seen }) => expect(indices(view, 100)).toEqual(seen));

  test('zooming in keeps what is under the pointer where it is', () => {
    const before = { bars: 400, hidden: 100 };
    const after = zoomed(before, 0.5, 0.25, 1_000);
    const placeOf = (view: typeof before): number => domainOf(view, 1_000)[0] + 0.25 * view.bars;
    expect(after.bars).toBe(200);
    expect(placeOf(after)).toBeCloseTo(placeOf(before), 9);
  });

  test('no zoom and no pan leaves the series', () =>
    fc.assert(
      fc.property(
        arbitrary,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        ({ view, count }, factor, at, by) => {
          for (const next of [zoomed(view, factor, at, count), panned(view, by, count)]) {
            const [from, to] = indices(next, count);
            expect(from).toBeGreaterThanOrEqual(0);
            expect(to).toBeLessThan(count);
            expect(next.hidden + next.bars).toBeLessThanOrEqual(count + 1e-6);
            expect(next.bars).toBeGreaterThanOrEqual(Math.min(10, count));
          }
        },
      ),
    ));

  test('what is asked for comes into view, and the number of bars stays', () =>
    fc.assert(
      fc.property(arbitrary, fc.nat(99_999), ({ view, count }, wanted) => {
        const index = wanted % count;
        const next = including(view, index, count);
        const [from, to] = indices(next, count);
        expect(from).toBeLessThanOrEqual(index);
        expect(to).toBeGreaterThanOrEqual(index);
        expect(next.bars).toBe(view.bars);
      }),
    ));
});
