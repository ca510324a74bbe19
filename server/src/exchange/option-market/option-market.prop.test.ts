import fc from 'fast-check';
import { openOptions } from '@tidemark/compute/options';
import { describe, expect, test } from 'vitest';
import { sessionOn } from '../../instruments/calendar.ts';
import { expiresAt } from '../../instruments/option-contract.ts';
import { price, priceFromNumber, toNumber } from '../../money/fixed.ts';
import { instantFromMs } from '../../money/instant.ts';
import { expirationsOn, isListedExpiration, strikesAround, STRIKE_GRID } from './listing.ts';
import { figuresAt, intrinsic, optionTick, smile, VENUE_RATE } from './pricing.ts';

const math = await openOptions();
const DAY_MS = 86_400_000;
const date = fc
  .date({ min: new Date('2005-01-01T00:00:00Z'), max: new Date('2090-01-01T00:00:00Z'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10));
const spot = fc.integer({ min: 500, max: 300_000 }).map((cents) => priceFromNumber(cents / 100));
const base = fc.double({ min: 0.08, max: 1.5, noNaN: true });
const days = fc.double({ min: 0.01, max: 200, noNaN: true });
const EXPIRES_ON = '2024-06-21';
const before = (daysLeft: number) => instantFromMs(expiresAt(EXPIRES_ON) - daysLeft * DAY_MS);

describe('what is listed', () => {
  test('expirations are trading days of the weeks ahead, in order, and are found again by date', () => {
    fc.assert(
      fc.property(date, (today) => {
        const dates = expirationsOn(today);
        expect(dates.length).toBeGreaterThanOrEqual(8);
        expect(dates).toEqual([...new Set(dates)].sort());
        for (const expiresOn of dates) {
          expect(sessionOn(expiresOn)).toBeDefined();
          expect(expiresOn >= today).toBe(true);
          expect(isListedExpiration(expiresOn)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('the Thursday before Good Friday stands for it, and no other Thursday', () => {
    expect(isListedExpiration('2024-03-28')).toBe(true);
    expect(isListedExpiration('2024-03-29')).toBe(false);
    expect(isListedExpiration('2024-04-04')).toBe(false);
    expect(isListedExpiration('2024-04-05')).toBe(true);
  });

  test('strikes enclose the price on the grid', () => {
    fc.assert(
      fc.property(spot, (close) => {
        const strikes = strikesAround(close);
        expect(strikes.every((strike) => strike > 0n && strike % STRIKE_GRID === 0n)).toBe(true);
        expect(strikes.some((strike) => strike <= close)).toBe(true);
        expect(strikes.some((strike) => strike >= close)).toBe(true);
        expect(strikes).toEqual([...new Set(strikes)].sort((left, right) => (left < right ? -1 : 1)));
      }),
    );
  });
});

describe('what it costs', () => {
  /** Values before spread and tick, from the same smile. */
  const value = (right: 'call' | 'put', at: number, strike: number, volatility: number, years: number): number =>
    math.european({ right, spot: at, strike, years, rate: VENUE_RATE, dividendYield: 0, volatility: smile(volatility, at, strike, years) })
      .price;

  test('no butterfly of the smile costs less than nothing: prices are convex and fall in the strike', () => {
    fc.assert(
      fc.property(base, days, fc.double({ min: -3, max: 3, noNaN: true }), (volatility, daysLeft, z) => {
        const years = daysLeft / 365;
        const at = 100;
        const deviation = volatility * Math.sqrt(years);
        const middle = at * Math.exp(z * deviation);
        const step = middle * deviation * 0.1;
        const [low, centre, high] = [middle - step, middle, middle + step].map((strike) => value('call', at, strike, volatility, years));
        expect(low ?? 0).toBeGreaterThanOrEqual((centre ?? 0) - 1e-9);
        expect((low ?? 0) + (high ?? 0) - 2 * (centre ?? 0)).toBeGreaterThanOrEqual(-1e-9 * at);
      }),
      { numRuns: 300 },
    );
  });

  test('bid and ask stand on the tick around a value that exercise cannot beat', () => {
    fc.assert(
      fc.property(
        spot,
        base,
        days,
        fc.constantFrom('call', 'put'),
        fc.integer({ min: 0, max: 30 }),
        (at, volatility, daysLeft, right, nth) => {
          const strikes = strikesAround(at);
          const strike = strikes[nth % strikes.length] ?? at;
          const figures = figuresAt(math, { right, strike, expiresOn: EXPIRES_ON }, at, volatility, before(daysLeft));
          if (figures === undefined) throw new Error('it lives');
          const { bid, ask } = figures;
          expect(bid < ask && bid >= 0n).toBe(true);
          expect(ask % optionTick(ask) === 0n || ask % price('0.01') === 0n).toBe(true);
          expect(ask >= intrinsic(right, strike, at)).toBe(true);
          expect(toNumber(ask)).toBeLessThanOrEqual(toNumber(right === 'call' ? at : strike) * 1.02 + 0.1);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('after its end it costs nothing, because it is no more', () => {
    expect(figuresAt(math, { right: 'call', strike: price('100'), expiresOn: EXPIRES_ON }, price('120'), 0.3, before(0))).toBeUndefined();
    expect(
      figuresAt(math, { right: 'call', strike: price('100'), expiresOn: EXPIRES_ON }, price('120'), 0.3, before(0.0001)),
    ).toBeDefined();
  });
});
