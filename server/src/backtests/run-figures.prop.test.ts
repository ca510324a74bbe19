import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainResult } from './report/test/results.ts';
import { calendarOf, POINTS_MIN, thinned, withDrawdown } from './run-figures.ts';

const curves = fc
  .array(fc.double({ min: 1, max: 1_000, noNaN: true }), { minLength: 1, maxLength: 400 })
  .map((equity) => withDrawdown(plainResult(equity)));
const most = fc.integer({ min: POINTS_MIN, max: 100 });

test('a curve that is cut keeps its ends, its highest equity and its deepest drawdown, in its own points and their order', () => {
  fc.assert(
    fc.property(curves, most, (points, limit) => {
      const cut = thinned(points, limit);
      expect(cut.length).toBeLessThanOrEqual(limit);
      const places = cut.map((point) => points.indexOf(point));
      expect(places).toEqual(places.toSorted((left, right) => left - right));
      expect(new Set(places).size).toBe(cut.length);
      expect([cut.at(0), cut.at(-1)]).toEqual([points.at(0), points.at(-1)]);
      const highest = (of: typeof points): number => Math.max(...of.map(({ equity }) => equity));
      const deepest = (of: typeof points): number => Math.min(...of.map(({ drawdown }) => drawdown));
      expect([highest([...cut]), deepest([...cut])]).toEqual([highest(points), deepest(points)]);
    }),
    { numRuns: 500 },
  );
});

test('one that is short enough is as it is', () => {
  fc.assert(
    fc.property(curves, (points) => {
      expect(thinned(points, Math.max(POINTS_MIN, points.length))).toBe(points);
    }),
  );
});

test('the months of a year compound to the year, and the years to what the run made', () => {
  const grown = (returns: readonly { readonly return: number }[]): number =>
    returns.reduce((wealth, each) => wealth * (1 + each.return), 1);
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1, max: 1_000, noNaN: true }), { minLength: 1, maxLength: 800 }), (equity) => {
      const { months, years } = calendarOf(plainResult(equity));
      for (const year of years) {
        const own = months.filter(({ period }) => period.startsWith(`${year.period}-`));
        expect(grown(own) / (1 + year.return)).toBeCloseTo(1, 9);
      }
      expect(grown(years) / ((equity.at(-1) ?? Number.NaN) / 100)).toBeCloseTo(1, 9);
      const names = months.map(({ period }) => period);
      expect(names).toEqual([...new Set(names)].toSorted());
    }),
  );
});

test('a run that lost everything has no months', () => {
  expect(calendarOf(plainResult([110, 0, 0]))).toEqual({ months: [], years: [] });
});
