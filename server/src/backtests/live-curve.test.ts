import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StrategyFill } from '../engine/strategy-results.ts';
import { STRATEGY } from '../engine/test/desk.ts';
import { money, price, quantity, ratio } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { liveCurveOf } from './live-curve.ts';
import type { LiveCurve, LiveTrading } from './live-curve.ts';
import type { AskedBar } from './traded-span.ts';

const DAY = 86_400_000;
const START = Date.parse('2024-03-04T00:00:00Z');
const barAt = (day: number): Instant => instantFromMs(START + day * DAY);
const closeAt = (day: number): Instant => instantFromMs(START + day * DAY + 21 * 3_600_000);
const noonOf = (day: number): Instant => instantFromMs(START + day * DAY + 15 * 3_600_000);

const slice = (day: number, close: number) => ({
  at: closeAt(day),
  bars: [{ symbol: 'ALDR', timeframe: '1Day', startAt: barAt(day), open: close, high: close, low: close, close, volume: 1 }] as const,
});
const asked = (day: number, close: number, holding = 0): AskedBar => ({
  ...slice(day, close),
  holding: [holding],
  equity: 10_000,
  decided: [],
});
const fill = (day: number, side: 'buy' | 'sell', units: string, at: string, fee = '0'): StrategyFill => ({
  executionId: `${day}${side}${units}`,
  orderId: 'o',
  symbol: 'ALDR',
  side,
  quantity: quantity(units),
  price: price(at),
  fee: money(fee),
  filledAt: noonOf(day),
  strategyId: 's1',
});

/** Half of 10,000 dollars. */
const trading = (change: Partial<LiveTrading['span']>, rest: Partial<Omit<LiveTrading, 'span'>> = {}): LiveTrading => ({
  span: { config: STRATEGY, fed: [], asked: [asked(0, 100)], fills: [], ...change },
  moves: [],
  share: ratio('0.5'),
  held: new Map(),
  ...rest,
});
const gains = (outcome: ReturnType<typeof liveCurveOf>): readonly number[] => {
  if ('reason' in outcome) throw new Error(outcome.reason);
  return outcome.steps.map(({ gained }) => gained);
};
const held = (units: string) => ({ held: new Map([['ALDR', quantity(units)]]) });

describe('what a strategy has gained', () => {
  test.each([
    { name: 'nothing traded', days: [100, 101, 102], fills: [], units: '0', gained: [0, 0] },
    {
      name: 'bought, and marked at each close',
      days: [100, 101, 103],
      fills: [fill(1, 'buy', '10', '100.5')],
      units: '10',
      gained: [5, 25],
    },
    {
      name: 'bought and sold, fees paid',
      days: [100, 101, 103, 90],
      fills: [fill(1, 'buy', '10', '100', '1'), fill(2, 'sell', '10', '102', '2')],
      units: '0',
      gained: [9, 17, 17],
    },
    { name: 'short', days: [100, 101, 95], fills: [fill(1, 'sell', '10', '100')], units: '-10', gained: [-10, 50] },
    {
      name: 'a fill before the first bar is no gain since',
      days: [100, 110],
      fills: [fill(0, 'buy', '10', '50')],
      units: '0',
      gained: [0],
    },
  ])('$name', ({ days, fills, units, gained }) => {
    const outcome = liveCurveOf(trading({ asked: days.map((close, day) => asked(day, close)), fills }, held(units)));
    expect(gains(outcome)).toEqual(gained.map((dollars) => dollars / 5_000));
    expect(outcome).toMatchObject({ from: closeAt(0), firstBarAt: barAt(0), capital: money('5000') });
  });

  test('what it held when it began counts from the first close, and dividends are gained', () => {
    const moves = [
      { at: noonOf(0), amount: money('1000') },
      { at: noonOf(1), amount: money('15') },
    ];
    const outcome = liveCurveOf(trading({ asked: [asked(0, 100, 10), asked(1, 98, 10)] }, { ...held('10'), moves }));
    expect(gains(outcome)).toEqual([(-20 + 15) / 5_000]);
  });

  test('a bar that it was fed later, without being asked, is a step; bars of before it began are none', () => {
    const span = {
      fed: [slice(-2, 80), slice(-1, 90), slice(0, 100), slice(1, 105)],
      asked: [asked(0, 100, 10), asked(2, 107, 10)],
    };
    const outcome = liveCurveOf(trading(span, held('10'))) as LiveCurve;
    expect(outcome.steps).toEqual([
      { at: closeAt(1), gained: 50 / 5_000 },
      { at: closeAt(2), gained: 70 / 5_000 },
    ]);
  });

  test.each([
    { name: 'never asked', trading: trading({ asked: [] }), reason: 'it was never asked about a bar' },
    { name: 'no capital', trading: trading({}, { share: ratio('0') }), reason: 'it had no capital when it began' },
    {
      name: 'units that others sold',
      trading: trading({ asked: [asked(0, 100, 10), asked(1, 99, 10)] }, held('4')),
      reason: 'not all that it holds comes from its own orders: units of it were traded by others, split or converted',
    },
    {
      name: 'units of something without a bar',
      trading: trading({ asked: [{ ...asked(0, 100), bars: [{ ...slice(0, 100).bars[0], symbol: 'BRCH' }], holding: [10] }] }, held('10')),
      reason: 'no close is known of something that it holds',
    },
  ])('$name: the reason instead', ({ trading: given, reason }) => {
    expect(liveCurveOf(given)).toEqual({ reason });
  });

  test('the end is what was got for all that was sold, less all that was paid, with what is left at its close', () => {
    const trade = fc.record({
      side: fc.constantFrom('buy', 'sell'),
      units: fc.integer({ min: 1, max: 50 }),
      cents: fc.integer({ min: 100, max: 20_000 }),
    });
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 12 }), (trades) => {
        const fills = trades.map(({ side, units, cents }, day) => fill(day + 1, side, String(units), (cents / 100).toFixed(2), '0.35'));
        const days = [100, ...trades.map(({ cents }) => cents / 100)];
        const units = trades.reduce((total, one) => total + (one.side === 'buy' ? one.units : -one.units), 0);
        const cash = trades.reduce((total, one) => total + (one.side === 'buy' ? -1 : 1) * one.units * one.cents - 35, 0);
        const outcome = liveCurveOf(trading({ asked: days.map((close, day) => asked(day, close)), fills }, held(String(units))));
        const cents = cash + units * (trades.at(-1)?.cents ?? 0);
        expect(gains(outcome).at(-1)).toBeCloseTo(cents / 100 / 5_000, 12);
      }),
    );
  });
});
