import { expect, test } from 'vitest';
import { linesOf, standsAt } from './cone.ts';

const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95];
const point = (equity: number, levels = [80, 90, 100, 110, 120]) => ({ time: '2024-01-02T00:00:00Z', equity, levels });

test('five levels are a median and two bands', () => {
  const lines = linesOf({ shares: SHARES, points: [point(101), point(99, [1, 2, 3, 4, 5])] });
  expect(lines).toMatchObject({
    equity: [101, 99],
    median: [100, 3],
    wide: { low: [80, 1], high: [120, 5] },
    core: { low: [90, 2], high: [110, 4] },
  });
  expect([lines?.wide.within, lines?.core.within]).toEqual([expect.closeTo(0.9, 12), 0.5]);
});

test.each([
  { name: 'other levels', shares: [0.1, 0.9], points: [point(100, [1, 2])] },
  { name: 'no points', shares: SHARES, points: [] },
])('$name: no lines', (cone) => expect(linesOf(cone)).toBeUndefined());

test.each([
  [100, 'inside the middle 50\u00a0%'],
  [110, 'inside the middle 50\u00a0%'],
  [111, 'inside the middle 90\u00a0%'],
  [80, 'inside the middle 90\u00a0%'],
  [121, 'above the middle 90\u00a0%'],
  [79, 'below the middle 90\u00a0%'],
])('%s dollars stand %s', (equity, words) => {
  const lines = linesOf({ shares: SHARES, points: [point(equity)] });
  expect(lines && standsAt(lines, 0)).toBe(words);
});
