import { describe, expect, test } from 'vitest';
import { changesBetween, changeText } from './configurations.ts';
import type { Configuration } from './configurations.ts';

const FIRST: Configuration = {
  seq: 7,
  at: '2026-03-02T14:30:00Z',
  by: 'user:ada',
  version: 'a'.repeat(64),
  parameters: [
    { name: 'fast', value: '10' },
    { name: 'slow', value: '30' },
  ],
  symbols: ['AAPL'],
  timeframe: 'DAY1',
  allocation: '0.2',
  size: 'equity:0.08',
};

const text = (change: Partial<Configuration>): readonly string[] => changesBetween(FIRST, { ...FIRST, ...change }).map(changeText);

describe('what a configuration changed', () => {
  test.each<[string, Partial<Configuration>, readonly string[]]>([
    ['nothing: it was given again', { seq: 9, at: '2026-03-03T14:30:00Z', by: 'user:bob' }, []],
    [
      'one parameter of two',
      {
        parameters: [
          { name: 'fast', value: '12' },
          { name: 'slow', value: '30' },
        ],
      },
      ['fast 10 → 12'],
    ],
    ['the version', { version: 'b'.repeat(64) }, ['version aaaaaaaaaaaa → bbbbbbbbbbbb']],
    ['its share', { allocation: '0.155' }, ['allocation 20.00\u00a0% → 15.50\u00a0%']],
    ['its symbols, in their order', { symbols: ['MSFT', 'AAPL'] }, ['symbols AAPL → MSFT, AAPL']],
  ])('%s', (_name, change, expected) => expect(text(change)).toEqual(expected));

  test('a parameter that only one version has is told as none in the other', () => {
    const parameters = [
      { name: 'fast', value: '10' },
      { name: 'smooth', value: '3' },
    ];
    expect(text({ parameters })).toEqual(['smooth none → 3', 'slow 30 → none']);
  });
});
