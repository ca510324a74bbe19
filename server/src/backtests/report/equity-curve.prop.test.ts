import fc from 'fast-check';
import { expect, test } from 'vitest';
import { underwaterOf } from './equity-curve.ts';
import type { EquityPoint } from './equity-curve.ts';

const DAY_MS = 86_400_000;
const curves = fc
  .array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 })
  .map((values): readonly EquityPoint[] =>
    values.map((equity, day) => ({ time: new Date(Date.UTC(2019, 0, 1) + day * 9 * DAY_MS).toISOString(), equity })),
  );
const START = 1_000;

const close = (a: number, b: number): void => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(b)));

test('the scale of the account changes no drawdown', () => {
  fc.assert(
    fc.property(curves, fc.double({ min: 0.01, max: 100, noNaN: true }), (points, factor) => {
      const scaled = points.map(({ time, equity }) => ({ time, equity: equity * factor }));
      const other = underwaterOf(scaled, START * factor);
      for (const [index, value] of underwaterOf(points, START).entries()) close(other[index] ?? Number.NaN, value);
    }),
  );
});
