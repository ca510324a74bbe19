import { parseAxes, ParameterGrid, SET_FIELDS } from '@tidemark/compute';
import type { GridSet } from '@tidemark/compute';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openTrialTable, TRIALS_MAX } from './trial-table.ts';
import type { TrialTable, TrialTableOptions } from './trial-table.ts';

const AXES = parseAxes(['fast=1..5', 'slow=10..14', 'direction=long,longshort']);
const REFUSED = 1;

/** What a set came to; `undefined` where the strategy refuses it. */
type Sharpe = (set: GridSet) => number | null | undefined;

const figuresOf = (sets: readonly GridSet[], sharpe: Sharpe): Float64Array =>
  Float64Array.from(
    sets.flatMap((set) => {
      const value = sharpe(set);
      const row = value === undefined ? [REFUSED] : [0, (value ?? 0) / 10, value ?? Number.NaN, -0.1, 8, 4];
      return Array.from({ length: SET_FIELDS }, (_, field) => row[field] ?? 0);
    }),
  );

function tableOf(axes: TrialTableOptions['axes'], sharpe: Sharpe, change: Partial<TrialTableOptions> = {}, parts = 1): TrialTable {
  const sets = [...new ParameterGrid(axes).sets()];
  const all = sets.filter((set) => sharpe(set) !== undefined).length;
  const table = openTrialTable({ axes, all, method: 'grid', isDone: true, ...change });
  const length = Math.ceil(sets.length / parts);
  for (let first = 0; first < sets.length; first += length) {
    const part = sets.slice(first, first + length);
    table.add(part, figuresOf(part, sharpe));
  }
  return table.table();
}

const at = (table: TrialTable, row: number | undefined): readonly string[] => table.parameters.map(({ values }) => values[row ?? -1] ?? '');

test('every set that ran has a row, in the order of the grid', () => {
  const table = tableOf(AXES, ([fast = 0]) => (fast === 2 ? undefined : Number(fast)), {}, 3);
  expect(table).toMatchObject({ all: 40, step: 1, best: 30 });
  expect(table.parameters.map(({ name }) => name)).toEqual(['fast', 'slow', 'direction']);
  expect(table.parameters.map(({ values }) => values.length)).toEqual([40, 40, 40]);
  expect(at(table, 0)).toEqual(['1', '10', 'long']);
  expect(at(table, 39)).toEqual(['5', '14', 'longshort']);
  expect([table.sharpe[39], table.totalReturn[39], table.maxDrawdown[39], table.trades[39]]).toEqual([5, 0.5, -0.1, 4]);
});

test('a lonely peak is the best, and the middle of the high ground the plateau', () => {
  const ground: Sharpe = ([fast = 0, slow = 0]) =>
    fast === 1 && slow === 14 ? 9 : 3 - Math.abs(Number(fast) - 4) - Math.abs(Number(slow) - 12);
  const table = tableOf(AXES, ground);
  expect(at(table, table.best)).toEqual(['1', '14', 'long']);
  expect(typeof table.plateau === 'number' && at(table, table.plateau)).toEqual(['4', '12', 'long']);
});

test.each([
  { name: 'not done', axes: AXES, change: { isDone: false }, reason: 'the sweep is not done' },
  { name: 'drawn', axes: AXES, change: { method: 'sobol' }, reason: 'sets that are drawn have no neighbours' },
  { name: 'none has a ratio', axes: AXES, change: {}, reason: 'no set has a Sharpe ratio with enough of its neighbours' },
])('$name: no plateau, and why', ({ axes, change, reason }) => {
  expect(tableOf(axes, () => null, change)).toMatchObject({ plateau: { reason }, best: undefined });
});

test('too many are thinned evenly, and the best stays', () => {
  const wide = parseAxes(['a=1..150', 'b=1..150']);
  const table = tableOf(wide, ([a = 0, b = 0]) => (a === 77 && b === 42 ? 9 : Number(b) / 1_000), {}, 4);
  expect(table).toMatchObject({ all: 22_500, step: 3, plateau: { reason: 'it is looked for among up to 10000 sets' } });
  expect(table.sharpe.length).toBe(7_501);
  expect(table.sharpe.length).toBeLessThanOrEqual(TRIALS_MAX + 1);
  expect(at(table, table.best)).toEqual(['77', '42']);
});

test('however it comes in parts, it is the same table', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.integer({ min: -5, max: 5 })), { minLength: 50, maxLength: 50 }),
      fc.integer({ min: 1, max: 9 }),
      (values, parts) => {
        const sets = [...new ParameterGrid(AXES).sets()].map(String);
        const sharpe: Sharpe = (set) => values[sets.indexOf(String(set))] ?? null;
        const table = tableOf(AXES, sharpe, {}, parts);
        expect(table).toEqual(tableOf(AXES, sharpe));
        const most = Math.max(...table.sharpe.map((value) => value ?? Number.NEGATIVE_INFINITY));
        expect(table.best).toBe(most === Number.NEGATIVE_INFINITY ? undefined : table.sharpe.indexOf(most));
      },
    ),
    { numRuns: 40 },
  );
});
