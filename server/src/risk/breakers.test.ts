import { describe, expect, test } from 'vitest';
import { money, ratio } from '../money/fixed.ts';
import { breakerStates, tripBreakers } from './breakers.ts';
import type { BreakerFigures } from './breakers.ts';
import { DEFAULT_LIMITS, UNLIMITED, withLimit } from './limits.ts';
import { isStricter } from './trading-state.ts';
import { TRADING_STATES } from './types.ts';
import type { TradingState } from './types.ts';

/** The high-water mark is far below unless a case is about it. */
const daily = (equity: string): BreakerFigures => ({
  equity: money(equity),
  sessionStartEquity: money('100000'),
  highWaterMark: money('1'),
});
const drawn = (equity: string): BreakerFigures => ({
  equity: money(equity),
  sessionStartEquity: money('1'),
  highWaterMark: money('100000'),
});

describe('thresholds: exactly at one trips, one unit before does not', () => {
  test.each([
    { name: 'a gain', figures: daily('110000'), to: undefined },
    { name: 'daily loss, one unit before half', figures: daily('98000.000000001'), to: undefined },
    { name: 'daily loss, half', figures: daily('98000'), to: 'HALF DailyLoss false 0.02 0.02' },
    { name: 'daily loss, one unit before off', figures: daily('97000.000000001'), to: 'HALF DailyLoss false 0.02 0.029999999' },
    { name: 'daily loss, off', figures: daily('97000'), to: 'REDUCING DailyLoss false 0.03 0.03' },
    { name: 'drawdown, one unit before half', figures: drawn('95000.000000001'), to: undefined },
    { name: 'drawdown, half', figures: drawn('95000'), to: 'HALF Drawdown false 0.05 0.05' },
    { name: 'drawdown, one unit before reduce', figures: drawn('92000.000000001'), to: 'HALF Drawdown false 0.05 0.079999999' },
    { name: 'drawdown, reduce', figures: drawn('92000'), to: 'REDUCING Drawdown false 0.08 0.08' },
    { name: 'drawdown, one unit before kill', figures: drawn('90000.000000001'), to: 'REDUCING Drawdown false 0.08 0.099999999' },
    { name: 'drawdown, kill', figures: drawn('90000'), to: 'HALTED Drawdown true 0.1 0.1' },
    { name: 'nothing left', figures: drawn('0'), to: 'HALTED Drawdown true 0.1 1' },
    { name: 'less than nothing left', figures: drawn('-50000'), to: 'HALTED Drawdown true 0.1 1.5' },
    {
      name: 'both: the strictest',
      figures: { equity: money('90000'), sessionStartEquity: money('91000'), highWaterMark: money('100000') },
      to: 'HALTED Drawdown true 0.1 0.1',
    },
    {
      name: 'both, the daily one stricter',
      figures: { equity: money('95000'), sessionStartEquity: money('98000'), highWaterMark: money('100000') },
      to: 'REDUCING DailyLoss false 0.03 0.030612244',
    },
    { name: 'no equity', figures: { ...drawn('1'), equity: undefined }, to: undefined },
    { name: 'no base', figures: { equity: money('1'), sessionStartEquity: undefined, highWaterMark: undefined }, to: undefined },
    {
      name: 'a base of nothing',
      figures: { equity: money('-1'), sessionStartEquity: money('0'), highWaterMark: money('0') },
      to: undefined,
    },
  ])('$name', ({ figures, to }) => {
    const trip = tripBreakers(figures, DEFAULT_LIMITS, 'ACTIVE');
    expect(trip === undefined ? undefined : `${trip.to} ${trip.code} ${trip.kill} ${trip.limit} ${trip.actual}`).toBe(to);
  });
});

describe('the state never moves left', () => {
  test.each(TRADING_STATES.flatMap((state) => ['98000', '97000', '92000', '90000'].map((equity) => ({ state, equity }))))(
    '$state at $equity',
    ({ state, equity }) => {
      const figures = { equity: money(equity), sessionStartEquity: money('100000'), highWaterMark: money('100000') };
      const trip = tripBreakers(figures, DEFAULT_LIMITS, state);
      if (trip !== undefined) expect(isStricter(trip.to, state)).toBe(true);
    },
  );

  test('a standing breaker says nothing more', () => {
    const stays: readonly (readonly [string, TradingState])[] = [
      ['98000', 'HALF'],
      ['97000', 'REDUCING'],
      ['90000', 'HALTED'],
      ['1', 'FROZEN'],
    ];
    for (const [equity, state] of stays) expect(tripBreakers(drawn(equity), DEFAULT_LIMITS, state)).toBeUndefined();
  });
});

test('the sentence has both figures', () => {
  expect(tripBreakers(daily('97000'), DEFAULT_LIMITS, 'ACTIVE')?.message).toBe(
    'Equity has lost since the session start 3 %; the limit is 3 %.',
  );
  expect(tripBreakers(drawn('89000'), DEFAULT_LIMITS, 'ACTIVE')?.message).toBe(
    'Equity is below its high-water mark by 11 %; the limit is 10 %.',
  );
});

test('own limits count, and no limits trip nothing', () => {
  expect(tripBreakers(daily('99000'), withLimit(DEFAULT_LIMITS, 'dailyLossOffRatioMax', ratio('0.01')), 'ACTIVE')?.to).toBe('REDUCING');
  expect(tripBreakers(drawn('-1'), UNLIMITED, 'ACTIVE')).toBeUndefined();
});

test('where each stands', () => {
  expect(
    breakerStates({ equity: money('98000'), sessionStartEquity: money('100000'), highWaterMark: money('100000') }, DEFAULT_LIMITS),
  ).toEqual([
    { code: 'DailyLoss', tripped: true, actual: ratio('0.02') },
    { code: 'Drawdown', tripped: false, actual: ratio('0.02') },
  ]);
  expect(
    breakerStates({ equity: undefined, sessionStartEquity: undefined, highWaterMark: undefined }, DEFAULT_LIMITS).map(
      (breaker) => breaker.actual,
    ),
  ).toEqual([undefined, undefined]);
});
