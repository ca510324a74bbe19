import { expect, test } from 'vitest';
import { changesOf, foundByRun, foundSet, takers } from './adoption.ts';

const STUDY = {
  strategyName: 'sma-crossover',
  version: 'v1',
  symbols: ['AAPL'],
  parameters: [
    { name: 'direction', value: 'long' },
    { name: 'fast', value: '9' },
  ],
};

test('a set stands in for what it varies, and the rest stays', () => {
  const found = foundSet(STUDY, [{ name: 'fast', value: '5' }]);
  expect(found.parameters).toEqual([
    { name: 'direction', value: 'long' },
    { name: 'fast', value: '5' },
  ]);
  expect(found.label).toBe('5');
  expect(changesOf(STUDY.parameters, found)).toBe('fast 9 → 5');
  expect(changesOf(found.parameters, found)).toBe('');
  expect(changesOf([], found)).toBe('direction none → long, fast none → 5');
});

test.each([
  ['at rest', { state: 'DRAFT' }, true],
  ['paused', { state: 'PAUSED' }, true],
  ['on paper', { state: 'PAPER' }, false],
  ['with real money', { state: 'LIVE' }, false],
  ['of another module', { version: 'v2' }, false],
  ['of other bars', { timeframe: 'HOUR1' }, false],
] as const)('a strategy %s', (_name, change, may) => {
  const one = { id: 'one', version: 'v1', state: 'DRAFT', timeframe: 'DAY1', ...change } as const;
  expect(takers([one], foundSet(STUDY, []))).toEqual(may ? [one] : []);
});

test('a run is adopted with all that it was made with, on bars like its own', () => {
  const found = foundByRun(STUDY, 'HOUR1');
  expect(found).toEqual({ ...STUDY, timeframe: 'HOUR1', label: '' });
  const one = { id: 'one', version: 'v1', state: 'DRAFT', timeframe: 'HOUR1' } as const;
  expect(takers([one, { ...one, timeframe: 'DAY1' }], found)).toEqual([one]);
});
