import { expect, test } from 'vitest';
import { changesOf, foundSet, takers } from './adoption.ts';

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
  expect(takers([one], STUDY)).toEqual(may ? [one] : []);
});
