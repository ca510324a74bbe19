import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pyramid, higher, lower, total } from './pyramid.ts';
import type { Join } from './pyramid.ts';

const values = fc.array(fc.oneof(fc.integer({ min: -1_000, max: 1_000 }), fc.constant(Number.NaN)), { minLength: 1, maxLength: 300 });

const plain: readonly { readonly name: string; readonly join: Join; readonly of: (numbers: readonly number[]) => number }[] = [
  { name: 'lowest', join: lower, of: (numbers) => Math.min(...numbers) },
  { name: 'highest', join: higher, of: (numbers) => Math.max(...numbers) },
  { name: 'total', join: total, of: (numbers) => numbers.reduce((sum, each) => sum + each, 0) },
];

/** What is not a number counts for nothing; without any number there is none. */
function expected(part: readonly number[], of: (numbers: readonly number[]) => number): number {
  const numbers = part.filter((value) => !Number.isNaN(value));
  return numbers.length === 0 ? Number.NaN : of(numbers);
}

describe.each(plain)('the $name of a stretch', ({ join, of }) => {
  test('is that of its values, wherever it begins and ends', () =>
    fc.assert(
      fc.property(values, fc.nat(300), fc.nat(300), (column, one, other) => {
        const pyramid = new Pyramid(join);
        pyramid.update(Float64Array.from(column), column.length);
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        expect(pyramid.over(from, to)).toBe(expected(column.slice(from, to + 1), of));
      }),
    ));

  test('a level has it for each stretch of its size', () =>
    fc.assert(
      fc.property(values, fc.nat(9), (column, level) => {
        const pyramid = new Pyramid(join);
        pyramid.update(Float64Array.from(column), column.length);
        const size = 2 ** level;
        for (let at = 0; at * size < column.length; at += 1)
          expect(pyramid.at(level, at)).toBe(expected(column.slice(at * size, (at + 1) * size), of));
      }),
    ));

  test('values that come or change later count as if they had been there', () =>
    fc.assert(
      fc.property(values, values, fc.nat(300), (before, after, where) => {
        const from = Math.min(where, before.length);
        const column = Float64Array.from([...before.slice(0, from), ...after]);
        const grown = new Pyramid(join);
        grown.update(Float64Array.from(before), before.length);
        grown.update(column, column.length, from);
        const fresh = new Pyramid(join);
        fresh.update(column, column.length);
        for (let at = 0; at < column.length; at += 7) expect(grown.over(at, column.length - 1)).toBe(fresh.over(at, column.length - 1));
        expect(grown.over(0, 400)).toBe(fresh.over(0, 400));
      }),
    ));
});
