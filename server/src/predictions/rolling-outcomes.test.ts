import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import { outcomeFigures } from './outcome-figures.ts';
import type { ScoredOutcome } from './prediction.ts';
import { rollingOutcomes } from './rolling-outcomes.ts';

const outcome = (score: number, label: number | undefined, gained: number, at: number): ScoredOutcome => ({
  score,
  label,
  gained,
  endsAt: instantFromMs(at),
});

test('by hand: of four outcomes in a window one, then two are right', () => {
  const rows = [outcome(0.3, 1, 2, 1), outcome(0.8, 0, -1, 2), outcome(0.2, 0, -3, 3), outcome(0.4, 1, 1, 4), outcome(0.1, 0, -1, 5)];
  // The newest come first, as they are read.
  expect(rollingOutcomes('classes', rows.toReversed(), 4)).toEqual([
    { at: 4, n: 4, accuracy: 0.25, baseRate: 0.5, ic: expect.closeTo(0.025 / Math.sqrt(0.2075 * 14.75), 12) },
    { at: 5, n: 4, accuracy: 0.5, baseRate: 0.75, ic: expect.any(Number) },
  ]);
});

test('a window takes bars whole, and leaves out what the label says neither of', () => {
  const rows = [1, 1, 1, 2, 2, 3].map((at, row) => outcome(0.6, 1, row, at));
  const points = rollingOutcomes('classes', [...rows, outcome(0.6, undefined, 9, 3)], 4);
  // At bar 2 there are five: the two that are asked for beside it would be two of the three of bar 1.
  expect(points.map(({ at, n }) => [at, n])).toEqual([
    [2, 5],
    [3, 6],
  ]);
  // What never moves orders nothing.
  expect(points.map(({ ic }) => ic)).toEqual([null, null]);
});

test('fewer outcomes than a window give no point, and values have a correlation alone', () => {
  const rows = Array.from({ length: 40 }, (_, row) => outcome(row, row + 2, row * 3, row));
  expect(rollingOutcomes('values', rows, 41)).toEqual([]);
  expect(rollingOutcomes('values', rows, 40)).toEqual([{ at: 39, n: 40, accuracy: null, baseRate: null, ic: expect.closeTo(1, 12) }]);
});

test('the newest point is what the figures of its window are, in whatever order outcomes come', () => {
  const any = fc.tuple(fc.integer({ min: 1, max: 99 }), fc.option(fc.integer({ min: 0, max: 1 })), fc.integer(), fc.integer({ max: 20 }));
  fc.assert(
    fc.property(fc.array(any, { minLength: 60, maxLength: 90 }), fc.integer({ min: 30, max: 40 }), (list, window) => {
      const rows = list.map(([score, label, gained, at]) => outcome(score / 100, label ?? undefined, gained, Math.abs(at)));
      const points = rollingOutcomes('classes', rows, window);
      const shuffled = rollingOutcomes('classes', rows.toReversed(), window);
      expect(shuffled.map(({ at, n, accuracy, baseRate }) => [at, n, accuracy, baseRate])).toEqual(
        points.map(({ at, n, accuracy, baseRate }) => [at, n, accuracy, baseRate]),
      );
      const newest = points.at(-1);
      if (newest === undefined) return;
      const inside = rows
        .filter(({ label }) => label !== undefined)
        .toSorted((left, right) => right.endsAt - left.endsAt)
        .slice(0, newest.n);
      const { figures, ic } = outcomeFigures('classes', inside);
      expect(figures).toMatchObject({ accuracy: newest.accuracy });
      expect(newest.ic ?? 0).toBeCloseTo(ic ?? 0, 10);
    }),
  );
});
