import { expect, test } from 'vitest';
import fc from 'fast-check';
import { compareDecimals, compareValues, textOf } from './column.ts';
import type { ColumnKind } from './column.ts';

test.each<{ kind: ColumnKind; left: string | number; right: string | number; order: number }>([
  { kind: 'decimal', left: '9', right: '10', order: -1 },
  { kind: 'decimal', left: '-9', right: '-10', order: 1 },
  { kind: 'decimal', left: '0.10', right: '0.1', order: 0 },
  { kind: 'decimal', left: '90071992547409930.000000001', right: '90071992547409930.000000002', order: -1 },
  { kind: 'decimal', left: 1e-7, right: '0', order: 1 },
  { kind: 'decimal', left: 2.5, right: '2.50', order: 0 },
  { kind: 'time', left: '2024-03-04T15:00:00Z', right: '2024-03-04T10:00:00-05:00', order: 0 },
  { kind: 'time', left: '2024-03-04T15:00:00.001Z', right: '2024-03-04T15:00:00Z', order: 1 },
  { kind: 'text', left: 'rsi-2', right: 'RSI-10', order: -1 },
])('$left and $right as $kind: $order', ({ kind, left, right, order }) => {
  expect(Math.sign(compareValues(kind, left, right))).toBe(order);
  expect(Math.sign(compareValues(kind, right, left)) + order).toBe(0);
});

const billionths = (value: bigint): string => {
  const size = value < 0n ? -value : value;
  return `${value < 0n ? '-' : ''}${size / 1_000_000_000n}.${(size % 1_000_000_000n).toString().padStart(9, '0')}`;
};

test('fixed-point text has the order of the numbers that it writes', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 27n), 10n ** 27n), fc.bigInt(-(10n ** 27n), 10n ** 27n), (a, b) => {
      expect(compareDecimals(billionths(a), billionths(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

test('a cell’s text is its own, else its value, else nothing', () => {
  const column = { id: 'a', label: 'A', value: (row: { readonly a: string | null }) => row.a };
  expect(textOf(column, { a: '5' })).toBe('5');
  expect(textOf(column, { a: null })).toBe('');
  expect(textOf({ ...column, text: () => 'five' }, { a: '5' })).toBe('five');
});
