import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { filterOf, hasWords } from './filter.ts';

const keeps = (written: string, value: string | number | null, isPercent = false): boolean | string | undefined => {
  const filter = filterOf('decimal', written, isPercent);
  return filter?.ok === true ? filter.keeps(value, '') : filter?.problem;
};

describe('by size', () => {
  test.each([
    { written: '>100', value: '100.000000001', kept: true },
    { written: '>100', value: '100', kept: false },
    { written: '>= 100', value: '100', kept: true },
    { written: '<0', value: '-0.01', kept: true },
    { written: '< −5', value: '-5.01', kept: true },
    { written: '<=−5', value: '-4.99', kept: false },
    { written: '5', value: '5.000', kept: true },
    { written: '=5', value: '5.001', kept: false },
    { written: '1..5', value: '5', kept: true },
    { written: '-3 .. -1', value: '-2', kept: true },
    { written: '1..5', value: '5.1', kept: false },
    { written: '$1,000', value: '1000', kept: true },
    { written: '>5', value: null, kept: false },
  ])('$written keeps $value: $kept', ({ written, value, kept }) => expect(keeps(written, value)).toBe(kept));

  test.each([
    { written: '>5 %', value: '0.06', kept: true },
    { written: '>5', value: '0.05', kept: false },
    { written: '<-0.5%', value: '-0.006', kept: true },
    { written: '12.5', value: '0.125', kept: true },
  ])('percent: $written keeps the ratio $value: $kept', ({ written, value, kept }) => expect(keeps(written, value, true)).toBe(kept));

  test.each(['abc', '>', '1..', '5..x', '>>5', '1.2.3'])('%s is told what to write', (written) =>
    expect(keeps(written, '5')).toBe('Write a number, >5, <=5 or 1..5'),
  );

  test('a bound and its opposite share out every value', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (bound, value) => {
        expect(keeps(`>${bound}`, String(value))).toBe(keeps(`<=${bound}`, String(value)) !== true);
      }),
    );
  });
});

test('an empty filter is none', () => {
  expect(filterOf('decimal', '  ')).toBeUndefined();
  expect(filterOf('text', '')).toBeUndefined();
});

test.each([
  { search: 'nvda filled', text: 'NVDA Buy Filled', found: true },
  { search: 'nvda !filled', text: 'NVDA Buy Filled', found: false },
  { search: 'nvda !', text: 'NVDA', found: true },
  { search: 'nv sell', text: 'NVDA Buy', found: false },
  { search: '', text: 'anything', found: true },
])('“$search” in “$text”: $found', ({ search, text, found }) => expect(hasWords(search)(text)).toBe(found));

test('a choice is the whole of its text', () => {
  const filter = filterOf('choice', 'Filled');
  expect(filter?.ok === true && filter.keeps(null, 'Filled')).toBe(true);
  expect(filter?.ok === true && filter.keeps(null, 'Partly filled')).toBe(false);
});
