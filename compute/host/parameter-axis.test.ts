import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from './backtest-flags.ts';
import { parseAxes, parseAxis } from './parameter-axis.ts';

const valuesOf = (text: string): readonly (number | string)[] => {
  const axis = parseAxis(text);
  return Array.from({ length: axis.count }, (_, index) => axis.at(index));
};

describe('what an axis holds', () => {
  test.each([
    { text: 'fast=2..5', values: [2, 3, 4, 5] },
    { text: 'fast=7..7', values: [7] },
    { text: 'fast=-2..1', values: [-2, -1, 0, 1] },
    { text: 'fast=2..10:3', values: [2, 5, 8] },
    { text: 'fast=2..11:3', values: [2, 5, 8, 11] },
    { text: ' fast = 2..3 ', values: [2, 3] },
    { text: 'x=0.1..0.5:0.1', values: [0.1, 0.2, 0.3, 0.4, 0.5] },
    { text: 'x=0..1:0.25', values: [0, 0.25, 0.5, 0.75, 1] },
    { text: 'x=1e-7..3e-7:1e-7', values: [1e-7, 2e-7, 3e-7] },
    { text: 'x=1e3..3e3:1e3', values: [1000, 2000, 3000] },
    { text: 'x=0..1:0.3', values: [0, 0.3, 0.6, 0.9] },
    { text: 'x=0.5,1,2', values: [0.5, 1, 2] },
    { text: 'x=3', values: [3] },
    { text: 'x=.5, -1', values: [0.5, -1] },
    { text: 'direction=long,longshort', values: ['long', 'longshort'] },
    { text: 'mix=1,auto', values: ['1', 'auto'] },
  ])('$text', ({ text, values }) => expect(valuesOf(text)).toEqual(values));

  test('ten billion values are no more than two', () => {
    const axis = parseAxis('x=1..10000000000');
    expect([axis.count, axis.at(9_999_999_999)]).toEqual([1e10, 1e10]);
    expect(() => axis.at(1e10)).toThrow(RangeError);
    expect(() => axis.at(0.5)).toThrow(RangeError);
  });

  test('an interval has samples only', () => {
    const axis = parseAxis('x=0.5..2');
    expect([axis.count, axis.within(0), axis.within(0.5)]).toEqual([Infinity, 0.5, 1.25]);
    expect(() => axis.at(0)).toThrow('"x=0.5..2" needs a step');
  });
});

describe('what is refused', () => {
  test.each([
    ['fast', 'does not begin with the name of a parameter and ='],
    ['=2..3', 'does not begin with the name'],
    ['2x=2..3', 'does not begin with the name'],
    ['a b=2..3', 'does not begin with the name'],
    ['', 'does not begin with the name'],
    ['fast=', 'has an empty value'],
    ['fast=1,,2', 'has an empty value'],
    ['fast=5..2', 'ends before it begins'],
    ['x=2..0.5', 'ends before it begins'],
    ['fast=2..5:0', 'needs a step above zero'],
    ['fast=2..5:-1', 'needs a step above zero'],
    ['fast=2..', 'is no range of numbers'],
    ['fast=a..b', 'is no range of numbers'],
    ['fast=1..2..3', 'is no range of numbers'],
    ['fast=1,1', 'has a value twice'],
    ['fast=1,1.0', 'has a value twice'],
    ['d=long,long', 'has a value twice'],
    ['x=1e999', 'has a value that is too large'],
    ['x=0..1e999', 'is too wide'],
    ['x=0..1e300:1e299', 'has more digits'],
    ['x=0..1:1e-20', 'has more digits'],
    ['x=-1e308..1.5e308', 'has more digits'],
  ])('%s', (text, reason) => {
    expect(() => parseAxis(text)).toThrow(UsageError);
    expect(() => parseAxis(text)).toThrow(reason);
  });

  test('a parameter twice', () => expect(() => parseAxes(['a=1..2', 'b=1', 'a=3'])).toThrow('a is given twice'));
});

test('a range of decimals has the values that its decimals say, and ends where it should', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -5000, max: 5000 }),
      fc.integer({ min: 1, max: 300 }),
      fc.nat(50),
      fc.nat(4),
      (first, step, steps, digits) => {
        const write = (units: number): string => (units / 10 ** digits).toFixed(digits);
        const expected = Array.from({ length: steps + 1 }, (_, index) => Number(write(first + index * step)));
        expect(valuesOf(`x=${write(first)}..${write(first + steps * step)}:${write(step)}`)).toEqual(expected);
      },
    ),
  );
});

test('places share the values evenly', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.nat(199),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (count, n, place) => {
        const axis = parseAxis(`x=1..${count}`);
        expect(axis.within((Math.min(n, count - 1) + 0.5) / count)).toBe(Math.min(n, count - 1) + 1);
        expect(axis.within(place)).toBeLessThanOrEqual(count);
        expect(axis.within(place)).toBeGreaterThanOrEqual(1);
      },
    ),
  );
});
