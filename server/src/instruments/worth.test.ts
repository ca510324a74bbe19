import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { money, price, quantity } from '../money/fixed.ts';
import type { Price, Quantity } from '../money/fixed.ts';
import { notional, priceOf } from '../money/money.ts';
import { multiplierOf, pricePaid, worthOf } from './worth.ts';

const CALL = 'ALDR240315C00100000';
const size = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }) as unknown as fc.Arbitrary<Quantity>;
const at = fc.bigInt({ min: 1n, max: 10n ** 13n }) as unknown as fc.Arbitrary<Price>;

describe('quantity × price as money', () => {
  test.each([
    ['ALDR', 1n],
    ['BRK.B', 1n],
    ['BTC/USD', 1n],
    [CALL, 100n],
    ['ALDR240315P00100000', 100n],
    ['ALDR1240315C00100000', 100n],
    ['F240315C00012500', 100n],
    // No day of the calendar, and no strike: no options.
    ['ALDR240230C00100000', 1n],
    ['ALDR240315C00000000', 1n],
  ])('%s is multiplied by %s', (symbol, multiplier) => {
    expect(multiplierOf(symbol)).toBe(multiplier);
  });

  test('of three contracts at 2.55 it is 765 dollars, and back', () => {
    expect(worthOf(CALL, quantity('3'), price('2.55'))).toBe(money('765'));
    expect(worthOf(CALL, quantity('-3'), price('2.55'))).toBe(money('-765'));
    expect(pricePaid(CALL, money('765'), quantity('3'))).toBe(price('2.55'));
  });

  test('of shares it is what it ever was, to the last digit', () => {
    fc.assert(
      fc.property(size, at, (units, each) => {
        expect(worthOf('ALDR', units, each)).toBe(notional(units, each));
        if (units !== 0n) expect(pricePaid('ALDR', notional(units, each), units)).toBe(priceOf(notional(units, each), units));
      }),
    );
  });
});
