import fc from 'fast-check';
import { expect, test } from 'vitest';
import { billionths, decimalText, isWhole, times, wholePart } from './decimal.ts';

test.each([
  ['12.5', 12_500_000_000n],
  [' 0.000000001 ', 1n],
  ['-3', -3_000_000_000n],
  ['+3.10', 3_100_000_000n],
  ['', undefined],
  ['.5', undefined],
  ['1.', undefined],
  ['1e3', undefined],
  ['1,5', undefined],
  ['0.0000000001', undefined],
])('“%s” is %s billionths', (text, expected) => expect(billionths(text)).toBe(expected));

test.each([
  ['10', '0.1', '1'],
  ['-2.5', '4', '-10'],
  ['0.000000001', '0.5', '0'],
])('%s times %s is %s', (left, right, expected) => {
  expect(decimalText(times(billionths(left) ?? 0n, billionths(right) ?? 0n))).toBe(expected);
});

test('text and billionths are the same number', () => {
  fc.assert(fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (value) => billionths(decimalText(value)) === value));
});

test('the whole part is whole, nearer to nought, and less than a unit away', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (value) => {
      const part = wholePart(value);
      const away = value < 0n ? part - value : value - part;
      return isWhole(part) && away >= 0n && away < 1_000_000_000n;
    }),
  );
});
