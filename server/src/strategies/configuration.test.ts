import { describe, expect, test } from 'vitest';
import { formatSize, parseAllocation, parseName, parseSize, parseSymbols } from './configuration.ts';

describe('parseSize and formatSize', () => {
  test.each(['equity:0.08', 'equity:1', 'units:100', 'units:0.5'])('%s is read and written as itself', (text) => {
    const parsed = parseSize(text);
    expect(parsed.ok ? formatSize(parsed.value) : parsed.problem).toBe(text);
  });
  test.each(['', 'units', 'units:', 'units:0', 'units:-1', 'units:1:2', 'equity:0', 'equity:1.000000001', 'equity:NaN', 'all', 'shares:1'])(
    '%j is refused with a hint',
    (text) => {
      expect(parseSize(text)).toMatchObject({ ok: false, problem: { field: 'size', hint: expect.stringContaining('equity:0.08') } });
    },
  );
});

test.each([
  ['0', false],
  ['0.000000001', true],
  ['1', true],
  ['1.000000001', false],
  ['-0.1', false],
  ['half', false],
])('an allocation of %s: %s', (text, ok) => expect(parseAllocation(text).ok).toBe(ok));

test.each([
  ['Turtle 1', true],
  ['a', true],
  ['x'.repeat(40), true],
  ['x'.repeat(41), false],
  [' a', false],
  ['a ', false],
  ['a<b', false],
  ['а', false],
  ['', false],
])('the name %j: %s', (text, ok) => expect(parseName(text).ok).toBe(ok));

test.each([
  [['AAPL', 'SPY'], true],
  [['AAPL', 'AAPL'], false],
  [[], false],
  [['aapl'], false],
  [['NOPE'], false],
  [['AAPL', 'AAPL240119C00190000'], false],
])('the symbols %j: %s', (symbols, ok) => expect(parseSymbols(symbols, (symbol) => symbol !== 'NOPE').ok).toBe(ok));

test('an option is refused by name', () =>
  expect(parseSymbols(['AAPL', 'AAPL240119C00190000'], () => true)).toMatchObject({
    ok: false,
    problem: { field: 'symbols', message: expect.stringContaining('AAPL240119C00190000 is an option') },
  }));
