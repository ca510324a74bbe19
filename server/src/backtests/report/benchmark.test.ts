import type { BarSeries } from '@tidemark/compute/types';
import { expect, test } from 'vitest';
import { againstBenchmark, buyAndHoldOf } from './benchmark.ts';
import { reportFiguresOf } from './figures.ts';
import { plainResult } from './test/results.ts';

function bars(days: readonly number[], closes: readonly number[]): BarSeries {
  const close = Float64Array.from(closes);
  const startAtMs = Float64Array.from(days, (day) => Date.UTC(2024, 0, day));
  return { length: days.length, startAtMs, open: close, high: close, low: close, close, volume: close };
}

const marks = plainResult([100, 100, 100, 100]).equity;

test.each([
  { name: 'a bar for each mark', days: [1, 2, 3, 4], closes: [50, 55, 45, 60], curve: [200, 220, 180, 240] },
  { name: 'a missing bar keeps the last close', days: [1, 3, 4], closes: [50, 45, 60], curve: [200, 200, 180, 240] },
  { name: 'bars before the first mark', days: [-5, 1, 2, 3, 4], closes: [9, 50, 55, 45, 60], curve: [200, 220, 180, 240] },
  { name: 'bars that begin too late', days: [2, 3, 4], closes: [55, 45, 60], curve: undefined },
  { name: 'no bars', days: [], closes: [], curve: undefined },
  { name: 'a first price of zero', days: [1, 2], closes: [0, 5], curve: undefined },
])('$name', ({ days, closes, curve }) => {
  const found = buyAndHoldOf(marks, 200, bars(days, closes));
  expect(found?.map(({ equity }) => Math.round(equity * 1e9) / 1e9)).toEqual(curve);
});

test('against itself: beta and correlation 1, nothing left over', () => {
  const returns = Float64Array.of(0.01, -0.02, 0.03, 0.005);
  const found = againstBenchmark(returns, returns, 252);
  expect(found.beta).toBeCloseTo(1, 12);
  expect(found.correlation).toBeCloseTo(1, 12);
  expect(found.alpha).toBeCloseTo(0, 12);
  expect(found.trackingError).toBe(0);
  expect(found.informationRatio).toBeNaN();
});

test('against what does not move there is no beta', () =>
  expect(againstBenchmark(Float64Array.of(0.1, 0.2, 0.1), Float64Array.of(0, 0, 0), 252)).toMatchObject({
    beta: Number.NaN,
    correlation: Number.NaN,
  }));

test('several symbols have no benchmark: the bars are of one of them only', () => {
  const result = plainResult(Array.from({ length: 31 }, (_, day) => 100 + day));
  const series = bars([1, 2, 3], [50, 51, 52]);
  expect(reportFiguresOf(result, series).benchmark).toBeDefined();
  expect(reportFiguresOf({ ...result, data: { ...result.data, symbols: ['A', 'B'] } }, series).benchmark).toBeUndefined();
});
