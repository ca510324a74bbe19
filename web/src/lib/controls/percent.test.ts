import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromPercent, toPercent } from './percent.ts';

test.each([
  ['0.025', '2.5'],
  ['1', '100'],
  ['0', '0'],
  ['0.1', '10'],
  ['-0.03', '-3'],
  ['0.000000001', '0.0000001'],
  ['12.5', '1250'],
])('the fraction %s is %s percent, and back', (fraction, percent) => {
  expect(toPercent(fraction)).toBe(percent);
  expect(fromPercent(percent)).toBe(fraction);
});

test.each(['', 'two', '1e3', '1,5', '.5'])('%j is no percentage', (text) => expect(fromPercent(text)).toBeUndefined());

test('there and back is the same number, whatever the digits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: 0, max: 9 }), (digits, places) => {
      const text = digits.toString().padStart(places + 1, '0');
      const decimal = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
      expect(Number(fromPercent(toPercent(decimal)))).toBe(Number(decimal));
    }),
  );
});
