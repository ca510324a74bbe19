import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { money, price, quantity, toNumber } from '../money/fixed.ts';
import type { Quantity } from '../money/fixed.ts';
import { legResult, payoffOf } from './payoff.ts';
import type { PayoffLeg } from './payoff.ts';
import { classify, DEFINED_RISK } from './strategy.ts';
import type { OptionStrategyName } from './strategy.ts';

const TODAY = '2024-03-01';
const JUNE = '2024-06-21';
const JULY = '2024-07-19';

const option = (right: 'call' | 'put', strike: number, contracts: number, cost = 1, expiresOn = JUNE): PayoffLeg => ({
  kind: 'option',
  right,
  strike: price(String(strike)),
  expiresOn,
  quantity: quantity(String(contracts)),
  multiplier: 100,
  price: price(String(cost)),
});
const shares = (count: number, cost = 100): PayoffLeg => ({
  kind: 'shares',
  quantity: quantity(String(count)),
  price: price(String(cost)),
});

const anyOption = fc
  .tuple(
    fc.constantFrom<'call' | 'put'>('call', 'put'),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: -3, max: 3 }).filter((n) => n !== 0),
    fc.integer({ min: 0, max: 40 }),
  )
  .map(([right, strike, contracts, cost]) => option(right, strike * 5, contracts, cost / 4));
const anyLegs = fc
  .tuple(fc.array(anyOption, { minLength: 1, maxLength: 4 }), fc.constantFrom(0, 0, 0, 100, 200, 250, -100))
  .map(([options, count]) => (count === 0 ? options : [...options, shares(count)]));

/** The result in plain numbers, from the definition: what is got at the end less what was paid. */
function result(legs: readonly PayoffLeg[], at: number): number {
  let total = 0;
  for (const leg of legs) {
    const count = toNumber(leg.quantity);
    if (leg.kind === 'shares') total += count * (at - toNumber(leg.price));
    else {
      const strike = toNumber(leg.strike);
      total += 100 * count * (Math.max(0, leg.right === 'call' ? at - strike : strike - at) - toNumber(leg.price));
    }
  }
  return total;
}

describe('payoff', () => {
  test('the most that is lost and won is that of every price tried, one by one', () => {
    fc.assert(
      fc.property(anyLegs, (legs) => {
        const { maxLoss, maxGain, cost } = payoffOf(legs);
        let lowest = 0;
        let highest = 0;
        for (let at = 0; at <= 300; at += 2.5) {
          lowest = Math.min(lowest, result(legs, at));
          highest = Math.max(highest, result(legs, at));
        }
        // Whether it goes on for ever shows between two prices far beyond every strike.
        const goesOn = result(legs, 20_000) - result(legs, 10_000);
        expect(maxLoss === undefined).toBe(goesOn < 0);
        expect(maxGain === undefined).toBe(goesOn > 0);
        if (maxLoss !== undefined) expect(toNumber(maxLoss)).toBeCloseTo(-lowest, 6);
        if (maxGain !== undefined) expect(toNumber(maxGain)).toBeCloseTo(highest, 6);
        const paid = legs.reduce(
          (total, leg) => total + toNumber(leg.quantity) * toNumber(leg.price) * (leg.kind === 'option' ? 100 : 1),
          0,
        );
        expect(toNumber(cost)).toBeCloseTo(paid, 6);
      }),
      { numRuns: 300 },
    );
  });

  test('each leg for itself', () => {
    expect(legResult(option('call', 100, 2, 3), price('110'))).toBe(money('1400'));
    expect(legResult(option('put', 100, -1, 3), price('90'))).toBe(money('-700'));
    expect(legResult(shares(50), price('99'))).toBe(money('-50'));
  });
});

describe('names', () => {
  test.each<[OptionStrategyName, readonly PayoffLeg[]]>([
    ['long-call', [option('call', 100, 2)]],
    ['long-put', [option('put', 100, 1)]],
    ['bull-call-spread', [option('call', 100, 1, 5), option('call', 110, -1, 2)]],
    ['bear-call-spread', [option('call', 100, -1, 5), option('call', 110, 1, 2)]],
    ['bear-put-spread', [option('put', 100, -1, 2), option('put', 110, 1, 5)]],
    ['bull-put-spread', [option('put', 100, 1, 2), option('put', 110, -1, 5)]],
    ['covered-call', [shares(100), option('call', 110, -1)]],
    ['covered-call', [shares(250), option('call', 110, -2)]],
    ['naked-call', [shares(199), option('call', 110, -2)]],
    ['naked-call', [option('call', 100, -1)]],
    ['cash-secured-put', [option('put', 100, -1)]],
    ['protective-put', [shares(100), option('put', 90, 1)]],
    ['collar', [shares(100), option('put', 90, 1), option('call', 110, -1)]],
    ['straddle', [option('call', 100, 1), option('put', 100, 1)]],
    ['strangle', [option('put', 90, -1), option('call', 110, -1)]],
    ['butterfly', [option('call', 90, 1), option('call', 100, -2), option('call', 110, 1)]],
    ['iron-condor', [option('put', 80, 1), option('put', 90, -1), option('call', 110, -1), option('call', 120, 1)]],
    ['calendar', [option('call', 100, -1, 1, JUNE), option('call', 100, 1, 1, JULY)]],
    ['other', [option('call', 100, 1), option('call', 110, -2)]],
    ['other', [option('call', 100, 1), option('put', 100, -1)]],
    ['shares', [shares(10)]],
    ['long-call', [option('call', 100, 1), option('call', 110, -1), option('call', 110, 1)]],
  ])('%s', (name, legs) => {
    const found = classify(legs, TODAY);
    expect(found.name).toBe(name);
    expect(found.allowed).toBe(DEFINED_RISK.has(name));
    if (!found.allowed) expect(found.reason).toBeDefined();
  });

  test('the order of the legs does not matter, nor that one is told in two parts', () => {
    fc.assert(
      fc.property(anyLegs, fc.nat(), (legs, seed) => {
        const turned = legs.map((_, at) => legs[(at + seed) % legs.length] ?? fail());
        const [first = fail(), ...rest] = legs;
        const parted = [
          { ...first, quantity: (first.quantity * 3n) as Quantity },
          { ...first, quantity: (first.quantity * -2n) as Quantity },
          ...rest,
        ];
        expect(classify(turned, TODAY).name).toBe(classify(legs, TODAY).name);
        expect(classify(parted, TODAY).name).toBe(classify(legs, TODAY).name);
      }),
      { numRuns: 200 },
    );
  });

  test('what is let in can lose no more than a bound, found by trying every price', () => {
    let allowed = 0;
    fc.assert(
      fc.property(anyLegs, (legs) => {
        if (!classify(legs, TODAY).allowed) return;
        allowed += 1;
        const { maxLoss } = payoffOf(legs);
        if (maxLoss === undefined) throw new Error('it has no bound');
        let lowest = 0;
        for (let at = 0; at <= 10_000; at = at < 300 ? at + 2.5 : at * 2) lowest = Math.min(lowest, result(legs, at));
        expect(lowest).toBeGreaterThanOrEqual(-toNumber(maxLoss) - 1e-6);
      }),
      { numRuns: 600 },
    );
    expect(allowed).toBeGreaterThan(10);
  });

  test('nothing is opened on the day of its expiry', () => {
    const legs = [option('call', 100, 1, 1, TODAY)];
    expect(classify(legs, TODAY)).toMatchObject({ name: 'long-call', allowed: false });
    expect(classify(legs, '2024-02-29').allowed).toBe(true);
    expect(classify([option('call', 100, 1), option('call', 110, -1, 1, TODAY)], TODAY).allowed).toBe(false);
  });
});

function fail(): never {
  throw new Error('there is no such leg');
}
