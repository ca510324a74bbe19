import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calendarReturnsOf, drawdownsOf, returnsOf, underwaterOf } from './equity-curve.ts';
import type { EquityPoint } from './equity-curve.ts';

const DAY_MS = 86_400_000;
const curves = fc
  .array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 })
  .map((values): readonly EquityPoint[] =>
    values.map((equity, day) => ({ time: new Date(Date.UTC(2019, 0, 1) + day * 9 * DAY_MS).toISOString(), equity })),
  );
const START = 1_000;

const close = (a: number, b: number): void => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(b)));

test('returns of bars, months and years each compound to the whole', () => {
  fc.assert(
    fc.property(curves, (points) => {
      const whole = (points.at(-1)?.equity ?? START) / START;
      const product = (values: Iterable<number>): number => [...values].reduce((total, value) => total * (1 + value), 1);
      close(product(returnsOf(points, START)), whole);
      for (const characters of [4, 7] as const)
        close(product(calendarReturnsOf(points, START, characters).map((each) => each.return)), whole);
    }),
  );
});

test('drawdowns are apart, in order of depth, and the deepest is the lowest point under water', () => {
  fc.assert(
    fc.property(curves, (points) => {
      const withStart = [{ time: '2018-12-31', equity: START }, ...points];
      const found = drawdownsOf(withStart);
      close(found[0]?.depth ?? 0, Math.min(0, ...underwaterOf(points, START)));
      for (const [index, each] of found.entries()) {
        expect(each.depth).toBeLessThan(0);
        expect(each.depth).toBeGreaterThanOrEqual(found[index - 1]?.depth ?? -Infinity);
        expect(each.barsToTrough).toBeLessThanOrEqual(each.bars);
      }
      expect(found.reduce((sum, { bars }) => sum + bars, 0)).toBeLessThanOrEqual(points.length);
      expect(found.filter(({ recoveryTime }) => recoveryTime === null).length).toBeLessThanOrEqual(1);
    }),
  );
});

test('the scale of the account changes no drawdown', () => {
  fc.assert(
    fc.property(curves, fc.double({ min: 0.01, max: 100, noNaN: true }), (points, factor) => {
      const scaled = points.map(({ time, equity }) => ({ time, equity: equity * factor }));
      const other = underwaterOf(scaled, START * factor);
      for (const [index, value] of underwaterOf(points, START).entries()) close(other[index] ?? Number.NaN, value);
    }),
  );
});
