import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from './backtest-flags.ts';
import { parseAxes } from './parameter-axis.ts';
import { ParameterGrid, type GridSet } from './parameter-grid.ts';

const gridOf = (axes: readonly string[], where?: string): ParameterGrid => new ParameterGrid(parseAxes(axes), where);

describe('sets in grid order', () => {
  test('the first axis is slowest', () => {
    const grid = gridOf(['fast=2..3', 'direction=long,longshort', 'x=0.5,1']);
    expect(grid.size).toBe(8);
    expect([...grid.sets()].slice(0, 5)).toEqual([
      [2, 'long', 0.5],
      [2, 'long', 1],
      [2, 'longshort', 0.5],
      [2, 'longshort', 1],
      [3, 'long', 0.5],
    ]);
    expect(grid.valuesOf(grid.at(7))).toEqual({ fast: 3, direction: 'longshort', x: 1 });
  });

  test('the condition of the golden sweep leaves 4,950 of 10,000', () => {
    const grid = gridOf(['fast=2..101', 'slow=2..101'], 'fast<slow');
    expect([grid.size, grid.count()]).toEqual([10_000, 4950]);
    expect([...grid.sets()].at(-1)).toEqual([100, 101]);
  });

  test('without an axis there is one set, of nothing', () => {
    expect([...gridOf([]).sets()]).toEqual([[]]);
    expect([...gridOf([], '1<2').sets()]).toEqual([[]]);
    expect([...gridOf([], '1>2').sets()]).toEqual([]);
    expect([...gridOf(['a=1..3'], '1>2').sets()]).toEqual([]);
  });

  test('a condition may name values that are the same for all sets', () => {
    const grid = new ParameterGrid(parseAxes(['fast=1..5']), "fast<slow && direction=='long'", { slow: 3, direction: 'long' });
    expect([...grid.sets()]).toEqual([[1], [2]]);
    const none = new ParameterGrid(parseAxes(['fast=1..5']), "direction=='long'", { direction: 'short' });
    expect([...none.sets()]).toEqual([]);
  });

  test('a million million sets are counted, found and begun at once', () => {
    const grid = gridOf(['a=1..1000000', 'b=1..1000000'], 'a==999999 && b>999997');
    expect(grid.size).toBe(1e12);
    expect(grid.at(1e12 - 1)).toEqual([1_000_000, 1_000_000]);
    expect([...grid.sets()]).toHaveLength(3);
    const { value } = gridOf(['a=1..1000000', 'b=1..1000000']).sets(5e11).next();
    expect(value).toEqual([500_001, 1]);
  });
});

describe('what is refused', () => {
  test('an interval without a step', () => expect(() => gridOf(['x=0.5..2'])).toThrow('x needs a step in a grid'));
  test('more sets than numbers', () => {
    expect(() => gridOf(['a=1..1000000000', 'b=1..1000000000'])).toThrow(UsageError);
    expect(() => gridOf(['a=1..1000000000', 'b=1..1000000000'])).toThrow('the grid has 1.0e+18 sets, more than can be numbered');
  });
  test('a condition on what is not there', () => expect(() => gridOf(['a=1..2'], 'a<b')).toThrow('there is no parameter b; there is a'));
  test.each([-1, 4, 0.5])('the set with index %d', (index) => expect(() => gridOf(['a=1..2', 'b=1..2']).at(index)).toThrow(RangeError));
});

const axes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
const condition = fc.constantFrom(undefined, 'a<3', 'a!=2 && b<a', 'b<a || c==2', 'a+b<5 && c!=a && d<3', 'a>9');

/** All combinations, by nested loops. */
function plainly(counts: readonly number[]): readonly (readonly number[])[] {
  let sets: readonly (readonly number[])[] = [[]];
  for (const count of counts) sets = sets.flatMap((set) => Array.from({ length: count }, (_, index) => [...set, index + 1]));
  return sets;
}

const CHECKS: Readonly<Record<string, (set: readonly number[]) => boolean>> = {
  'a<3': ([a = 0]) => a < 3,
  'a!=2 && b<a': ([a = 0, b = 0]) => a !== 2 && b < a,
  'b<a || c==2': ([a = 0, b = 0, c = 0]) => b < a || c === 2,
  'a+b<5 && c!=a && d<3': ([a = 0, b = 0, c = 0, d = 0]) => a + b < 5 && c !== a && d < 3,
  'a>9': ([a = 0]) => a > 9,
};

test('sets are the combinations that meet the condition, however they are cut', () => {
  fc.assert(
    fc.property(axes, condition, fc.nat(2000), fc.nat(2000), fc.integer({ min: 1, max: 9 }), (given, where, x, y, length) => {
      // Four axes, so that every condition finds its names.
      const counts = [...given, 1, 1, 1].slice(0, 4);
      const grid = gridOf(
        counts.map((count, index) => `${'abcd'[index]}=1..${count}`),
        where,
      );
      const every = plainly(counts);
      const meets = CHECKS[where ?? ''] ?? ((): boolean => true);
      const [from, to] = [Math.min(x, y) % (grid.size + 1), Math.max(x, y) % (grid.size + 1)].toSorted((a, b) => a - b);
      const expected = every.slice(from, to).filter(meets);
      expect([...grid.sets(from, to)]).toEqual(expected);
      expect([...grid.chunks(length, from, to)].flat()).toEqual(expected);
      expect(grid.count()).toBe(every.filter(meets).length);
      expect(every.map((_, index): GridSet => grid.at(index))).toEqual(every);
    }),
  );
});
