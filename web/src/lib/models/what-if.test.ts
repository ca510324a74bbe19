import { expect, test } from 'vitest';
import { changedFeatures, rangeOf, rowOf } from './what-if.ts';
import type { WhatIf } from './what-if.ts';

const NONE = { low: null, high: null, mean: null, deviation: null };
const answer = (values: readonly (number | null)[], contributions: readonly (number | null)[]): WhatIf => ({
  score: 0.5,
  isProbability: true,
  base: 0,
  features: values.map((value, place) => ({ name: `f${place}`, value, contribution: contributions[place] ?? null, ...NONE })),
});

test.each([
  { name: 'three deviations', feature: { ...NONE, value: 1, mean: 2, deviation: 1 }, range: { from: -1, to: 5 } },
  { name: 'a value far outside', feature: { ...NONE, value: 9, mean: 2, deviation: 1 }, range: { from: -1, to: 9 } },
  { name: 'rows of the training far outside', feature: { value: 1, mean: 0, deviation: 1, low: -8, high: 2 }, range: { from: -8, to: 3 } },
  { name: 'one that never moved', feature: { ...NONE, value: 4, mean: 4, deviation: 0 }, range: { from: 3, to: 5 } },
  { name: 'nothing known', feature: { ...NONE, value: null }, range: { from: -1, to: 1 } },
])('$name', ({ feature, range }) => expect(rangeOf(feature)).toEqual(range));

test('the row is as it was, but for what was changed; a value that is missing must be given first', () => {
  expect(rowOf(answer([1, 2], []), new Map([['f1', 7]]))).toEqual([1, 7]);
  expect(rowOf(answer([1, null], []), new Map())).toBeUndefined();
  expect(rowOf(answer([1, null], []), new Map([['f1', 0]]))).toEqual([1, 0]);
});

test('what a change did is the difference of both contributions, and nothing where one has none', () => {
  const changed = changedFeatures(answer([1, 2], [0.5, null]), answer([3, 2], [0.75, 0.1]));
  expect(changed.map(({ before, now, moved }) => [before, now, moved])).toEqual([
    [1, 3, 0.25],
    [2, 2, null],
  ]);
});
