import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecimalTextError, divide, format, money, price, quantity, ratioFromNumber, toNumber, unitsFromNumber } from './fixed.ts';
import type { Money, Price, Quantity, Rounding } from './fixed.ts';
import { abs, add, negate, notional, priceOf, roundToLot, roundToTick, scale, share, subtract, unitsFor } from './money.ts';

/** An independent decimal library, wide enough that it never rounds on its own. */
const Exact = Decimal.clone({ precision: 120, toExpNeg: -100, toExpPos: 100 });
const UNIT = new Exact('1e-9');
const decimalOf = (units: bigint): Decimal => new Exact(units.toString()).times(UNIT);

const units = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
const positive = fc.bigInt({ min: 1n, max: 10n ** 20n });

const ROUNDINGS: Readonly<Record<Rounding, Decimal.Rounding>> = {
  floor: Decimal.ROUND_FLOOR,
  ceil: Decimal.ROUND_CEIL,
  'toward-zero': Decimal.ROUND_DOWN,
  'away-from-zero': Decimal.ROUND_UP,
  'half-even': Decimal.ROUND_HALF_EVEN,
};

describe('against decimal.js', () => {
  test('text and units are the identity both ways', () => {
    fc.assert(
      fc.property(units, (value) => {
        const text = format(value as Money);
        expect(text).toBe(decimalOf(value).toFixed());
        expect(money(text)).toBe(value);
      }),
    );
  });

  test.each(Object.entries(ROUNDINGS))('division rounds %s', (rounding, mode) => {
    fc.assert(
      fc.property(
        units,
        fc.oneof(
          positive,
          positive.map((value) => -value),
        ),
        (dividend, divisor) => {
          const expected = new Exact(dividend.toString()).div(new Exact(divisor.toString())).toDecimalPlaces(0, mode);
          expect(divide(dividend, divisor, rounding as Rounding).toString()).toBe(expected.plus(0).toFixed().replace(/^-0$/, '0'));
        },
      ),
    );
  });

  test('ties go to the even neighbour', () => {
    expect([1n, 3n, -1n, -3n, 5n].map((value) => divide(value, 2n, 'half-even'))).toEqual([0n, 2n, 0n, -2n, 2n]);
  });

  test('notional is quantity × price to the nano-dollar', () => {
    fc.assert(
      fc.property(units, positive, (size, at) => {
        const expected = decimalOf(size).times(decimalOf(at)).toDecimalPlaces(9, Decimal.ROUND_HALF_EVEN);
        expect(notional(size as Quantity, at as Price)).toBe(BigInt(expected.div(UNIT).toFixed(0)));
      }),
    );
  });

  test('ticks and lots are multiples, never beyond the rounding’s side', () => {
    fc.assert(
      fc.property(positive, fc.constantFrom(price('0.01'), price('0.0001'), price('0.05')), (value, tick) => {
        const down = roundToTick(value as Price, tick, 'floor');
        const up = roundToTick(value as Price, tick, 'ceil');
        expect(down % tick).toBe(0n);
        expect(up % tick).toBe(0n);
        expect(down <= value && value <= up && up - down <= tick).toBe(true);
        expect(abs(roundToLot(negate(value as Quantity), quantity('1')))).toBe(roundToLot(value as Quantity, quantity('1')));
      }),
    );
  });

  test('a double enters as the shortest decimal that it prints as, rounded half-even at 1e-9', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (value) => {
        const expected = new Exact(String(value)).toDecimalPlaces(9, Decimal.ROUND_HALF_EVEN).div(UNIT).toFixed(0);
        expect(unitsFromNumber(value).toString()).toBe(expected.replace(/^-0$/, '0'));
      }),
      { numRuns: 2_000 },
    );
  });

  test('a price with up to nine decimals survives the doors', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (value) => {
        expect(unitsFromNumber(toNumber(value as Money))).toBe(value);
      }),
    );
  });

  test('the price of a notional is the price again, from one share on', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1_000_000_000n, max: 10n ** 20n }), positive, (size, at) => {
        expect(priceOf(notional(size as Quantity, at as Price), size as Quantity)).toBe(at);
      }),
    );
  });

  test('scale, share, unitsFor and priceOf', () => {
    fc.assert(
      fc.property(positive, positive, (whole, part) => {
        const found = share(part as Money, whole as Money);
        expect(found?.toString()).toBe(
          decimalOf(part).div(decimalOf(whole)).toDecimalPlaces(9, Decimal.ROUND_HALF_EVEN).div(UNIT).toFixed(0),
        );
        expect(notional(unitsFor(whole as Money, part as Price), part as Price) <= whole).toBe(true);
      }),
    );
    expect(share(1n as Money, 0n as Money)).toBeUndefined();
    expect(format(scale(money('100'), ratioFromNumber(0.025)))).toBe('2.5');
    expect(format(subtract(add(money('1.1'), money('2.2')), money('3.3')))).toBe('0');
  });
});

describe('text that is not a number is refused', () => {
  test.each([
    'NaN',
    'Infinity',
    '1e400',
    '1e5',
    '-0',
    '-0.000',
    '0x10',
    ' 1',
    '1 ',
    '',
    '.',
    '1.',
    '.5',
    '+1',
    '1,000',
    '١٢',
    '1'.repeat(40),
    '0.0000000001',
    '--1',
    '1\n',
    'null',
  ])('%j', (text) => expect(() => money(text)).toThrow(DecimalTextError));

  test.each([
    ['000123.4500', '123.45'],
    ['0', '0'],
    ['-0.000000001', '-0.000000001'],
    ['999999999999999999.999999999', '999999999999999999.999999999'],
  ])('%s is read as %s', (text, expected) => expect(format(money(text))).toBe(expected));

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e18, -1e300])('the double %s has no place in money', (value) =>
    expect(() => unitsFromNumber(value)).toThrow(DecimalTextError),
  );

  test('tiny doubles round to nothing, minus zero to zero', () => {
    expect([1e-300, -1e-10, -0, 5e-10, 15e-10].map(unitsFromNumber)).toEqual([0n, 0n, 0n, 0n, 2n]);
  });
});

test('prices and quantities cannot be swapped', () => {
  const size = quantity('2');
  const at = price('3');
  // @ts-expect-error: a price is not a quantity, whatever its representation
  expect(notional(at, size)).toBe(notional(size, at));
  // @ts-expect-error: dollars and shares do not add up
  expect(add(money('1'), quantity('1'))).toBe(money('2'));
});
