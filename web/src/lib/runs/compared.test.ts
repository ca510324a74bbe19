import { expect, test } from 'vitest';
import { comparedIds, comparisonPath, toggled } from './compared.ts';

test.each([
  { search: 'runs=run-a,run-b', ids: ['run-a', 'run-b'] },
  { search: 'runs=run-b,run-a,run-b,,%20', ids: ['run-b', 'run-a'] },
  { search: '', ids: [] },
])('an address names runs: $search', ({ search, ids }) => expect(comparedIds(new URLSearchParams(search))).toEqual(ids));

test('there and back', () => {
  const ids = ['run-1', 'a,b&c', 'ü'];
  expect(comparisonPath(['run-1', 'run-2'])).toBe('/runs/compare?runs=run-1,run-2');
  expect(comparedIds(new URL(comparisonPath(['run-1', 'ü']), 'http://x').searchParams)).toEqual(['run-1', 'ü']);
  expect(comparisonPath(ids)).not.toContain('&');
});

test.each([
  { name: 'marks', marked: ['a'], id: 'b', after: ['a', 'b'] },
  { name: 'takes away', marked: ['a', 'b'], id: 'a', after: ['b'] },
  { name: 'no sixth', marked: ['a', 'b', 'c', 'd', 'e'], id: 'f', after: ['a', 'b', 'c', 'd', 'e'] },
])('$name', ({ marked, id, after }) => expect(toggled(marked, id)).toEqual(after));

test('two models are a pair, and have an address of their own', () => {
  expect(toggled(['a', 'b'], 'c', 2)).toEqual(['a', 'b']);
  expect(toggled(['a'], 'c', 2)).toEqual(['a', 'c']);
  expect(comparisonPath(['a', 'b'], 'models')).toBe('/models/compare?models=a,b');
  expect(comparedIds(new URLSearchParams('models=a,b&runs=c'), 'models')).toEqual(['a', 'b']);
});
