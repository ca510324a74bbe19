import { DEFAULT_BACKTEST_OPTIONS } from '@tidemark/compute';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import { barsDecided, paceOf } from './pace.ts';
import type { PacedStudy } from './pace.ts';
import type { StudyRequest } from './study.ts';

const REQUEST: StudyRequest = {
  strategyFlag: 'sma-crossover',
  parameters: {},
  space: { grid: ['fast=1..10'], method: 'grid' },
  symbols: ['SYM'],
  timeframe: '1Day',
  from: undefined,
  to: undefined,
  options: DEFAULT_BACKTEST_OPTIONS,
};
const walk = (mode: 'rolling' | 'anchored'): StudyRequest => ({
  ...REQUEST,
  walk: { windows: { train: 100, test: 50, mode }, selection: {} },
});
const study = (seconds: number | undefined, sets: number, change: Partial<PacedStudy> = {}): PacedStudy => ({
  version: 'own',
  request: REQUEST,
  bars: 1_000,
  sets,
  createdAt: instantFromMs(5_000),
  finishedAt: seconds === undefined ? undefined : instantFromMs(5_000 + seconds * 1_000),
  ...change,
});

test.each([
  { name: 'each set over each bar', request: REQUEST, bars: 1_000, sets: 10, decided: 10_000 },
  { name: 'of two symbols', request: { ...REQUEST, symbols: ['A', 'B'] }, bars: 1_000, sets: 10, decided: 20_000 },
  // Windows of 100 + 50, 100 + 50 and 100 + 20 bars, ten sets in each.
  { name: 'rolling windows', request: walk('rolling'), bars: 220, sets: 30, decided: 4_200 },
  // Of 100 + 50, 150 + 50 and 200 + 20.
  { name: 'anchored windows', request: walk('anchored'), bars: 220, sets: 30, decided: 5_700 },
  { name: 'no window', request: walk('rolling'), bars: 100, sets: 0, decided: 0 },
  { name: 'no bars', request: REQUEST, bars: undefined, sets: 10, decided: 0 },
])('what is decided: $name', ({ request, bars, sets, decided }) => expect(barsDecided({ request, bars, sets })).toBeCloseTo(decided, 9));

test('nothing was measured, nothing is said', () => {
  expect(paceOf([], 'own')).toBeUndefined();
  expect(paceOf([study(undefined, 10), study(0, 10), study(1, 0)], 'own')).toBeUndefined();
});

test('large studies tell the pace, and small ones the least time', () => {
  expect(paceOf([study(2, 1_000), study(3, 500), study(0.5, 10)], 'own')).toEqual({
    barsPerSecond: 1_500_000 / 5,
    secondsMin: 0.5,
    barsMax: 1_000_000,
    studies: 2,
    isOfStrategy: true,
  });
});

test('studies of the strategy itself come before those of others', () => {
  const other = study(1, 9_000, { version: 'other' });
  expect(paceOf([other, study(2, 10)], 'own')).toMatchObject({ barsPerSecond: 5_000, studies: 1, isOfStrategy: true });
  expect(paceOf([other], 'own')).toMatchObject({ barsPerSecond: 9_000_000, studies: 1, isOfStrategy: false });
  expect(paceOf([other], undefined)).toMatchObject({ isOfStrategy: false });
});

test('the pace lies between the quickest and the slowest of the studies', () => {
  const some = fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 5_000 })), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(some, (pairs) => {
      const pace = paceOf(
        pairs.map(([seconds, sets]) => study(seconds, sets)),
        'own',
      );
      const rates = pairs.map(([seconds, sets]) => (sets * 1_000) / seconds);
      expect(pace?.barsPerSecond).toBeGreaterThanOrEqual(Math.min(...rates) * (1 - 1e-12));
      expect(pace?.barsPerSecond).toBeLessThanOrEqual(Math.max(...rates) * (1 + 1e-12));
    }),
  );
});
