import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatOptionSymbol } from '../../instruments/option-symbol.ts';
import { money, price } from '../../money/fixed.ts';
import { coverOf } from './option-cover.ts';

const ONE = 1_000_000_000n;
const symbolOf = (right: 'call' | 'put', strike: number, expiresOn = '2024-06-21'): string =>
  formatOptionSymbol({ root: 'XYZ', expiresOn, right, strike: price(String(strike)) });

interface Leg {
  readonly right: 'call' | 'put';
  readonly strike: number;
  readonly contracts: number;
}
const leg: fc.Arbitrary<Leg> = fc.record({
  right: fc.constantFrom('call', 'put'),
  strike: fc.integer({ min: 1, max: 40 }).map((n) => n * 5),
  contracts: fc.integer({ min: -3, max: 3 }).filter((n) => n !== 0),
});
const book = fc.uniqueArray(leg, { maxLength: 5, selector: ({ right, strike }) => `${right}${strike}` });
const unitsOf = (legs: readonly Leg[], shares = 0): Map<string, bigint> =>
  new Map([
    ...legs.map(({ right, strike, contracts }) => [symbolOf(right, strike), BigInt(contracts) * ONE] as const),
    ...(shares === 0 ? [] : [['XYZ', BigInt(shares) * ONE] as const]),
  ]);

/** What the legs pay at expiry at a price: each by its own definition. */
const payoff = (legs: readonly Leg[], at: number): number =>
  legs.reduce(
    (total, { right, strike, contracts }) => total + 100 * contracts * Math.max(0, right === 'call' ? at - strike : strike - at),
    0,
  );

describe('what shorts need', () => {
  test('the worst loss is the lowest point of the payoff, found by walking over every price', () => {
    fc.assert(
      fc.property(book, (legs) => {
        const slope = legs.reduce((total, { right, contracts }) => total + (right === 'call' ? contracts : 0), 0);
        const shorts = legs.reduce((total, { right, contracts }) => total + (right === 'call' && contracts < 0 ? -contracts : 0), 0);
        const longs = legs.reduce((total, { right, contracts }) => total + (right === 'call' && contracts > 0 ? contracts : 0), 0);
        const { worstLoss, uncoveredCalls, sharesBound } = coverOf(unitsOf(legs), 'XYZ');
        let lowest = 0;
        for (let at = 0; at <= 200; at += 2.5) lowest = Math.min(lowest, payoff(legs, at));
        // Uncovered calls have no worst: the venue refuses them for that, whatever their loss at the strikes.
        if (slope >= 0) expect(worstLoss).toBe(money(String(-lowest)));
        expect(uncoveredCalls).toBe(BigInt(Math.max(0, shorts - longs)) * ONE);
        expect(sharesBound).toBe(0n);
        // Nothing uncovered is the same as a payoff that does not fall for ever.
        expect(uncoveredCalls === 0n).toBe(slope >= 0);
        if (slope >= 0) expect(payoff(legs, 1e6)).toBeGreaterThanOrEqual(lowest);
      }),
      { numRuns: 300 },
    );
  });

  test('shares cover short calls by the hundred, and then the whole cannot lose more than its worst', () => {
    fc.assert(
      fc.property(book, fc.integer({ min: 1, max: 700 }), (legs, shares) => {
        const { worstLoss, uncoveredCalls, sharesBound } = coverOf(unitsOf(legs, shares), 'XYZ');
        const bound = Number(sharesBound / ONE);
        expect(bound % 100).toBe(0);
        expect(bound).toBeLessThanOrEqual(shares);
        const alone = coverOf(unitsOf(legs), 'XYZ').uncoveredCalls;
        expect(uncoveredCalls * 100n + sharesBound).toBe(alone * 100n);
        if (uncoveredCalls > 0n) return;
        let lowest = 0;
        for (let at = 0; at <= 400; at += 2.5) lowest = Math.min(lowest, payoff(legs, at) + bound * at);
        expect(lowest).toBeGreaterThanOrEqual(-Number(worstLoss / ONE));
      }),
      { numRuns: 200 },
    );
  });

  test('a long option that ends earlier covers nothing that lives longer', () => {
    const early = symbolOf('call', 100, '2024-05-17');
    const late = symbolOf('call', 110, '2024-06-21');
    expect(
      coverOf(
        new Map([
          [early, ONE],
          [late, -ONE],
        ]),
        'XYZ',
      ).uncoveredCalls,
    ).toBe(ONE);
    expect(
      coverOf(
        new Map([
          [early, -ONE],
          [late, ONE],
        ]),
        'XYZ',
      ).uncoveredCalls,
    ).toBe(0n);
  });
});
