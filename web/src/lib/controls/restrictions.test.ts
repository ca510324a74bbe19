import { describe, expect, test } from 'vitest';
import { changeIn, letsThrough, symbolsIn } from './restrictions.ts';

describe('what somebody typed', () => {
  test.each([
    ['', []],
    ['  \n ', []],
    ['aapl', ['AAPL']],
    ['spx, aapl;brk.b\nAAPL', ['AAPL', 'BRK.B', 'SPX']],
  ])('%o', (text, symbols) => expect(symbolsIn(text)).toEqual(symbols));
});

describe('the words', () => {
  test.each([
    [[], ['A'], 'adds A'],
    [['A', 'B'], ['B'], 'takes out A'],
    [['A'], ['B', 'C'], 'adds B, C; takes out A'],
    [['A'], ['A'], ''],
  ])('%o to %o', (from, to, said) => expect(changeIn(from, to)).toBe(said));
});

describe('whether a symbol could be opened that could not before', () => {
  test.each([
    ['denied', [], ['A'], false],
    ['denied', ['A'], ['A', 'B'], false],
    ['denied', ['A'], [], true],
    ['denied', ['A'], ['B'], true],
    ['allowed', [], ['A'], false],
    ['allowed', ['A', 'B'], ['A'], false],
    ['allowed', ['A'], ['A', 'B'], true],
    ['allowed', ['A'], [], true],
    ['excepted', [], ['A'], true],
    ['excepted', ['A', 'B'], ['A'], false],
    ['excepted', ['A'], ['B'], true],
  ] as const)('%s from %o to %o: %s', (list, from, to, loosens) => expect(letsThrough(list, from, to)).toBe(loosens));
});
