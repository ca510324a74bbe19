import fc from 'fast-check';
import { openOptions } from '@tidemark/compute/options';
import { describe, expect, test } from 'vitest';
import { accountGreeks, betaAgainst, positionGreeks } from './position-greeks.ts';
import type { HeldUnits } from './position-greeks.ts';
import { quotedGreeks } from './valuation.ts';

const math = await openOptions();
const TERMS = { right: 'put', spot: 105, strike: 100, years: 0.3, rate: 0.03, dividendYield: 0.01 } as const;
const VOLATILITY = 0.28;
const greeks = quotedGreeks(math, TERMS, VOLATILITY);
const put = (quantity: number): HeldUnits => ({ symbol: 'P', underlying: 'XYZ', quantity, multiplier: 100, greeks, isOption: true });
const share = (quantity: number, underlying = 'XYZ'): HeldUnits => ({
  symbol: underlying,
  underlying,
  quantity,
  multiplier: 1,
  greeks: undefined,
  isOption: false,
});
/** What the position is worth, priced anew. */
const worth = (quantity: number, change: Partial<Record<'spot' | 'years' | 'volatility', number>>): number =>
  quantity * 100 * math.european({ ...TERMS, volatility: VOLATILITY, ...change }).price;

describe('a position’s greeks are dollars', () => {
  test.each([1, -3])('%i puts move as pricing them anew says', (quantity) => {
    const found = positionGreeks(put(quantity), TERMS.spot);
    expect(found?.delta).toBeCloseTo(((worth(quantity, { spot: 105.001 }) - worth(quantity, { spot: 104.999 })) / 0.002) * 105, 2);
    const deltaAt = (spot: number): number =>
      ((worth(quantity, { spot: spot + 0.01 }) - worth(quantity, { spot: spot - 0.01 })) / 0.02) * 105;
    expect(found?.gamma).toBeCloseTo((deltaAt(105 * 1.001) - deltaAt(105 * 0.999)) / 0.2, 0);
    expect(found?.theta).toBeCloseTo((worth(quantity, { years: 0.3 - 1e-5 }) - worth(quantity, { years: 0.3 + 1e-5 })) / 2e-5 / 365, 4);
    expect(found?.vega).toBeCloseTo(
      (worth(quantity, { volatility: VOLATILITY + 1e-4 }) - worth(quantity, { volatility: VOLATILITY - 1e-4 })) / 2e-2,
      4,
    );
  });

  test('what is not known is not zero', () => {
    expect(positionGreeks({ ...put(1), greeks: undefined }, 105)).toBeUndefined();
    expect(positionGreeks(put(1), undefined)).toBeUndefined();
    const all = accountGreeks(
      [put(1), { ...put(2), symbol: 'Q', greeks: undefined }, share(10)],
      () => 105,
      () => undefined,
    );
    expect(all.unknown).toEqual(['Q']);
    expect(all.positions.map(({ symbol }) => symbol)).toEqual(['P', 'XYZ']);
  });

  test('shares that hedge a put leave no delta, and beta weighs what is left', () => {
    const hedge = -greeks.delta * 100;
    const flat = accountGreeks(
      [put(1), share(hedge)],
      () => 105,
      () => 2,
    );
    expect(flat.delta).toBeCloseTo(0, 9);
    expect(flat.betaWeightedDelta).toBeCloseTo(0, 9);
    const spots: Record<string, number> = { XYZ: 105, ABC: 20 };
    const betas: Record<string, number> = { XYZ: 1.5 };
    const two = accountGreeks(
      [share(10), share(-5, 'ABC')],
      (symbol) => spots[symbol],
      (symbol) => betas[symbol],
    );
    expect([two.delta, two.betaWeightedDelta]).toEqual([1050 - 100, 1.5 * 1050 - 100]);
  });
});

describe('beta', () => {
  const days = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `2024-${String(at).padStart(4, '0')}`);
  const closes = (returns: readonly number[]): Map<string, number> => {
    let level = 100;
    return new Map(days(returns.length).map((day, at) => [day, (level *= Math.exp(returns[at] ?? 0))]));
  };
  const returns = fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 61, maxLength: 80 });

  test('of what moves as a multiple of the market is the multiple', () => {
    fc.assert(
      fc.property(
        returns,
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: -0.01, max: 0.01, noNaN: true }),
        (market, beta, alpha) => {
          fc.pre(Math.max(...market.slice(1)) - Math.min(...market.slice(1)) > 0.01);
          const own = market.map((value) => alpha + beta * value);
          expect(betaAgainst(closes(own), closes(market))).toBeCloseTo(beta, 6);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('needs sixty returns of common days', () => {
    const market = closes(Array.from({ length: 61 }, (_, at) => Math.sin(at) / 50));
    expect(betaAgainst(market, market)).toBeCloseTo(1, 9);
    const shorter = new Map([...market].slice(1));
    expect(betaAgainst(shorter, market)).toBeUndefined();
    expect(betaAgainst(market, closes(Array.from({ length: 61 }, () => 0)))).toBeUndefined();
  });
});
