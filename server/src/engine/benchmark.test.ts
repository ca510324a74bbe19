import { describe, expect, test } from 'vitest';
import { format, money } from '../money/fixed.ts';
import { instant } from '../money/instant.ts';
import { scaledBenchmark, thinned } from './benchmark.ts';
import { rangeStart } from './equity-range.ts';
import { marketPhase, nextChangeAfter } from './market-phase.ts';

const point = (day: number, equity: string) => ({ at: instant(`2024-03-0${day}T21:00:00Z`), equity: money(equity) });
const close = (day: number, value: number) => ({ at: instant(`2024-03-0${day}T21:00:00Z`), close: value });
const shown = (points: readonly { readonly benchmark: ReturnType<typeof money> | undefined }[]): (string | undefined)[] =>
  points.map(({ benchmark }) => (benchmark === undefined ? undefined : format(benchmark)));

describe('scaledBenchmark', () => {
  test.each([
    ['begins at the equity of its first point', [point(4, '1000'), point(5, '900')], [close(4, 50), close(5, 55)], ['1000', '1100']],
    [
      'holds the last close where a day has none',
      [point(4, '1000'), point(5, '1000'), point(6, '1000')],
      [close(4, 50), close(6, 100)],
      ['1000', '1000', '2000'],
    ],
    ['is absent before its first close', [point(4, '1000'), point(5, '1200')], [close(5, 50)], [undefined, '1200']],
    ['is absent without closes', [point(4, '1000')], [], [undefined]],
    ['knows a close from before the range', [point(5, '1000')], [close(4, 50)], ['1000']],
  ])('%s', (_name, points, closes, expected) => {
    expect(shown(scaledBenchmark(points, closes))).toEqual(expected);
  });
});

test.each([
  [5, 10, [0, 1, 2, 3, 4]],
  [5, 5, [0, 1, 2, 3, 4]],
  [5, 3, [0, 2, 4]],
  [10, 2, [0, 9]],
])('%i items thinned to %i keep both ends', (length, max, kept) => {
  expect(
    thinned(
      Array.from({ length }, (_, index) => index),
      max,
    ),
  ).toEqual(kept);
});

describe('rangeStart, by New York’s calendar', () => {
  test.each([
    ['D1', '2024-03-11T20:00:00Z', '2024-03-10T20:00:00.000Z'],
    ['W1', '2024-03-11T20:00:00Z', '2024-03-04T21:00:00.000Z'],
    ['M1', '2024-03-31T20:00:00Z', '2024-02-29T21:00:00.000Z'],
    ['YTD', '2024-01-01T03:00:00Z', '2023-01-01T05:00:00.000Z'],
    ['Y1', '2024-02-29T21:00:00Z', '2023-02-28T21:00:00.000Z'],
  ] as const)('%s at %s', (range, now, start) => {
    expect(new Date(rangeStart(range, instant(now)) ?? 0).toISOString()).toBe(start);
  });
  test('ALL has no start', () => expect(rangeStart('ALL', instant('2024-01-01'))).toBeUndefined());
});

describe('marketPhase', () => {
  test.each([
    ['2024-03-04T15:00:00Z', true, 'open'],
    ['2024-03-04T15:00:00Z', false, 'closed'],
    ['2024-03-04T13:00:00Z', false, 'pre-market'],
    ['2024-03-04T22:00:00Z', false, 'after-hours'],
    ['2024-03-03T15:00:00Z', false, 'closed'],
  ])('%s, open %s: %s', (at, open, phase) => expect(marketPhase(instant(at), open)).toBe(phase));
  test('the next change is the close while open, and the next open over a weekend', () => {
    expect(nextChangeAfter(instant('2024-03-04T15:00:00Z'), true)).toBe(instant('2024-03-04T21:00:00Z'));
    expect(nextChangeAfter(instant('2024-03-01T21:30:00Z'), false)).toBe(instant('2024-03-04T14:30:00Z'));
  });
});
