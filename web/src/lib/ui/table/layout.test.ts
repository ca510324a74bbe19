import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { firstLayout, fittedLayout, moved, nextSort, toggledColumn, WIDTH_MAX, WIDTH_MIN } from './layout.ts';

const COLUMNS = [{ id: 'a' }, { id: 'b' }, { id: 'c', isHidden: true }, { id: 'd' }] as const;
const FIRST = firstLayout(COLUMNS);

describe('what was kept', () => {
  test.each([
    { name: 'nothing', kept: undefined, layout: FIRST },
    { name: 'something else', kept: 'x', layout: FIRST },
    { name: 'a list', kept: [], layout: FIRST },
    {
      name: 'an order, a column that is gone, and one that is new',
      kept: { order: ['d', 'gone', 'a', 'c'], hidden: ['gone'], widths: { gone: 5 }, sort: [{ id: 'gone', desc: true }] },
      layout: { order: ['d', 'a', 'b', 'c'], hidden: [], widths: {}, sort: [] },
    },
    { name: 'a column hidden by the table and never seen', kept: { order: ['a'], hidden: [] }, layout: FIRST },
    { name: 'everything hidden', kept: { order: ['a', 'b', 'c', 'd'], hidden: ['a', 'b', 'c', 'd'] }, layout: FIRST },
    {
      name: 'widths out of bounds and no numbers',
      kept: { widths: { a: 1, b: 1e9, d: 'wide' } },
      layout: { ...FIRST, widths: { a: WIDTH_MIN, b: WIDTH_MAX } },
    },
    {
      name: 'an order by a column',
      kept: { sort: [{ id: 'b', desc: true }, { id: 'a' }] },
      layout: { ...FIRST, sort: [{ id: 'b', desc: true }] },
    },
  ])('$name', ({ kept, layout }) => expect(fittedLayout(kept, COLUMNS)).toEqual(layout));

  test('whatever it is, every column has one place, something is shown, and reading again changes nothing', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const kept = fc.oneof(
      fc.jsonValue(),
      fc.record({
        order: fc.array(id),
        hidden: fc.array(id),
        widths: fc.dictionary(id, fc.double()),
        sort: fc.array(fc.record({ id, desc: fc.boolean() })),
      }),
    );
    fc.assert(
      fc.property(kept, (value) => {
        const layout = fittedLayout(value, COLUMNS);
        expect([...layout.order].sort()).toEqual(['a', 'b', 'c', 'd']);
        expect(layout.hidden.length).toBeLessThan(4);
        expect(fittedLayout(JSON.parse(JSON.stringify(layout)), COLUMNS)).toEqual(layout);
      }),
    );
  });
});

test('an order goes through its two directions to none', () => {
  const one = nextSort([], 'a', true, false);
  expect(one).toEqual([{ id: 'a', desc: true }]);
  const two = nextSort(one, 'a', true, false);
  expect(two).toEqual([{ id: 'a', desc: false }]);
  expect(nextSort(two, 'a', true, false)).toEqual([]);
  expect(nextSort(one, 'b', false, false)).toEqual([{ id: 'b', desc: false }]);
  const both = nextSort(one, 'b', false, true);
  expect(both).toEqual([
    { id: 'a', desc: true },
    { id: 'b', desc: false },
  ]);
  expect(nextSort(both, 'a', true, true)).toEqual([
    { id: 'a', desc: false },
    { id: 'b', desc: false },
  ]);
});

test('columns move and hide within their bounds', () => {
  expect(moved(FIRST, 'a', 1).order).toEqual(['b', 'a', 'c', 'd']);
  expect(moved(FIRST, 'a', -1)).toBe(FIRST);
  expect(moved(FIRST, 'd', 1)).toBe(FIRST);
  expect(toggledColumn(FIRST, 'c').hidden).toEqual([]);
  const lonely = ['a', 'b'].reduce(toggledColumn, FIRST);
  expect(lonely.hidden).toEqual(['c', 'a', 'b']);
  expect(toggledColumn(lonely, 'd')).toBe(lonely);
});
