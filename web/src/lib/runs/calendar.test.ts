import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarRows, tintOf } from './calendar.ts';

const month = (period: string, value: number) => ({ period, return: value });

describe('rows of a calendar', () => {
  test('a run from November to February is two rows, with nothing where it was not', () => {
    const months = [month('2023-11', 0.01), month('2023-12', -0.02), month('2024-01', 0), month('2024-02', 0.03)];
    const rows = calendarRows(months, [month('2023', -0.0102), month('2024', 0.03)]);
    const none = (count: number) => Array.from({ length: count }, () => undefined);
    expect(rows).toEqual([
      { year: '2023', total: -0.0102, months: [...none(10), 0.01, -0.02] },
      { year: '2024', total: 0.03, months: [0, 0.03, ...none(10)] },
    ]);
  });

  test('a run without months is no row', () => expect(calendarRows([], [])).toEqual([]));
});

describe('tints', () => {
  test.each([
    ['the largest of small ones is full', 0.02, [0.02, -0.01], 55],
    ['half of it is half', -0.01, [0.02, -0.01], 32],
    ['ten percent is full beside more', 0.1, [0.5], 55],
    ['nothing at all is faint', 0, [0, 0], 8],
  ])('%s', (_name, value, all, tint) =>
    expect(
      tintOf(
        value,
        all.map((each) => month('2024-01', each)),
      ),
    ).toBe(tint),
  );

  test('more is never fainter', () => {
    const returns = fc.array(fc.double({ min: -1, max: 5, noNaN: true }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(returns, (values) => {
        const months = values.map((value) => month('2024-01', value));
        const tints = values.toSorted((a, b) => Math.abs(a) - Math.abs(b)).map((value) => tintOf(value, months));
        expect(tints).toEqual(tints.toSorted((a, b) => a - b));
        expect(Math.min(...tints)).toBeGreaterThanOrEqual(8);
        expect(Math.max(...tints)).toBeLessThanOrEqual(55);
      }),
    );
  });
});
