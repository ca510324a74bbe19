import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { price } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import { instant } from '../money/instant.ts';
import { sessionOn } from './calendar.ts';
import {
  contractProblem,
  daysToExpiry,
  expiresAt,
  isAdjusted,
  isExpiration,
  lastTradingSession,
  yearsToExpiry,
} from './option-contract.ts';
import type { OptionContract } from './option-contract.ts';
import { formatOptionSymbol, isOptionSymbol, optionTermsOf, OptionSymbolError, parseOptionSymbol } from './option-symbol.ts';
import type { OptionTermsText } from './option-symbol.ts';

const root = fc.oneof(fc.stringMatching(/^[A-Z]{1,6}$/), fc.stringMatching(/^[A-Z]{1,5}[0-9]$/));
const day = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10));
const strike = fc.integer({ min: 1, max: 99_999_999 }).map((thousandths) => (BigInt(thousandths) * 1_000_000n) as Price);
const terms: fc.Arbitrary<OptionTermsText> = fc.record({ root, expiresOn: day, right: fc.constantFrom('call', 'put'), strike });

/** Another way to say the same: the places of the 21-character form, filled one by one. */
function occ21({ root: name, expiresOn, right, strike: at }: OptionTermsText): string {
  const dollars = Number(at) / 1e9;
  const whole = Math.floor(dollars);
  const fraction = Math.round((dollars - whole) * 1000);
  return (
    name.padEnd(6, ' ') +
    expiresOn.slice(2).replaceAll('-', '') +
    right[0]?.toUpperCase() +
    String(whole).padStart(5, '0') +
    String(fraction).padStart(3, '0')
  );
}

describe('symbols of options', () => {
  test.each<[string, OptionTermsText]>([
    ['AAPL240119C00190000', { root: 'AAPL', expiresOn: '2024-01-19', right: 'call', strike: price('190') }],
    ['SPXW240628P05432500', { root: 'SPXW', expiresOn: '2024-06-28', right: 'put', strike: price('5432.5') }],
    ['F250117C00012870', { root: 'F', expiresOn: '2025-01-17', right: 'call', strike: price('12.87') }],
    ['GOOGL1260618P00000001', { root: 'GOOGL1', expiresOn: '2026-06-18', right: 'put', strike: price('0.001') }],
  ])('%s', (text, expected) => {
    expect(parseOptionSymbol(text)).toEqual(expected);
    expect(formatOptionSymbol(expected)).toBe(text);
  });

  test('what is written is read back, and is the 21-place form without its blanks', () => {
    fc.assert(
      fc.property(terms, (option) => {
        const text = formatOptionSymbol(option);
        expect(parseOptionSymbol(text)).toEqual(option);
        expect(text).toBe(occ21(option).replaceAll(' ', ''));
      }),
    );
  });

  test('what is read is written back: there is one way to write each', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z0-9]{1,6}[0-9]{6}[CPX][0-9]{8}$/), (text) => {
        const read = optionTermsOf(text);
        if (read !== undefined) expect(formatOptionSymbol(read)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a change of one place is another option or none', () => {
    fc.assert(
      fc.property(terms, fc.nat(20), fc.constantFrom('0', '1', '5', '9', 'C', 'P', 'A', 'Z'), (option, at, letter) => {
        const text = formatOptionSymbol(option);
        const changed = text.slice(0, at) + letter + text.slice(at + 1);
        const read = optionTermsOf(changed);
        if (changed !== text && read !== undefined) expect(read).not.toEqual(option);
      }),
    );
  });

  test.each([
    '',
    'AAPL',
    'AAPL240119X00190000',
    'AAPL240230C00190000',
    'AAPL241319C00190000',
    'AAPL240119C00000000',
    'AAPL240119C0019000',
    'AAPL240119C001900000',
    'aapl240119C00190000',
    'AAPL  240119C00190000',
    'AAPL240119c00190000',
    '1APL240119C00190000',
    'AA12240119C00190000',
    'TOOLONG240119C00190000',
    'AAPL240119C00190000\n',
    'AAPL240119C0019000٠',
    '240119C00190000',
  ])('%j is refused', (text) => {
    expect(() => parseOptionSymbol(text)).toThrow(OptionSymbolError);
    expect(isOptionSymbol(text)).toBe(false);
  });

  test.each<[string, Partial<OptionTermsText>]>([
    ['a strike finer than a thousandth', { strike: price('1.0005') }],
    ['a strike of nothing', { strike: price('0') }],
    ['a negative strike', { strike: price('-1') }],
    ['a strike of six digits', { strike: price('100000') }],
    ['another century', { expiresOn: '1999-01-15' }],
    ['no day', { expiresOn: '2024-02-30' }],
    ['no root', { root: '' }],
  ])('no symbol says %s', (_name, part) =>
    expect(() => formatOptionSymbol({ root: 'AAPL', expiresOn: '2024-01-19', right: 'call', strike: price('190'), ...part })).toThrow(
      OptionSymbolError,
    ),
  );
});

describe('expiration', () => {
  test.each([
    ['a Friday', '2024-01-19', '2024-01-19', '2024-01-19T21:00:00Z'],
    ['a Friday in summer', '2024-06-21', '2024-06-21', '2024-06-21T20:00:00Z'],
    ['an early close', '2024-11-29', '2024-11-29', '2024-11-29T18:00:00Z'],
    ['Good Friday: the Thursday before', '2024-03-29', '2024-03-28', '2024-03-28T20:00:00Z'],
    ['a Saturday, as monthly contracts had before 2015', '2014-01-18', '2014-01-17', '2014-01-17T21:00:00Z'],
  ])('%s', (_name, expiresOn, session, at) => {
    expect(lastTradingSession(expiresOn).date).toBe(session);
    expect(expiresAt(expiresOn)).toBe(instant(at));
  });

  test('time runs out, never below zero', () => {
    expect(yearsToExpiry('2024-01-19', instant('2023-01-19T21:00:00Z'))).toBe(1);
    expect(yearsToExpiry('2024-01-19', instant('2024-01-19T20:59:59Z'))).toBeGreaterThan(0);
    expect(yearsToExpiry('2024-01-19', instant('2024-01-19T21:00:00Z'))).toBe(0);
    expect(yearsToExpiry('2024-01-19', instant('2025-01-01T00:00:00Z'))).toBe(0);
    expect([
      daysToExpiry('2024-01-19', '2024-01-19'),
      daysToExpiry('2024-03-11', '2024-03-09'),
      daysToExpiry('2024-01-01', '2024-01-03'),
    ]).toEqual([0, 2, -2]);
  });

  test('the last session is one, and is not after the date', () => {
    fc.assert(
      fc.property(day, (date) => {
        const last = lastTradingSession(date);
        expect(sessionOn(last.date)).toEqual(last);
        expect(last.date <= date).toBe(true);
      }),
    );
  });

  test.each(['2024-02-30', '2024-1-1', '1992-01-01', 'soon', ''])('%j is no expiration', (text) => expect(isExpiration(text)).toBe(false));
});

const contract: OptionContract = {
  ...parseOptionSymbol('AAPL240119C00190000'),
  symbol: 'AAPL240119C00190000',
  underlying: 'AAPL',
  style: 'american',
  multiplier: 100,
  tradable: true,
  source: 'real',
  name: 'AAPL Jan 19 2024 190 Call',
};

describe('contracts', () => {
  test('a contract whose symbol says something else is not believed', () => {
    expect(contractProblem(contract)).toBeUndefined();
    expect(contractProblem({ ...contract, strike: price('195') })).toContain('AAPL240119C00190000');
    expect(contractProblem({ ...contract, right: 'put' })).toBeDefined();
    expect(contractProblem({ ...contract, multiplier: 0 })).toBe('its multiplier is 0');
    expect(contractProblem({ ...contract, multiplier: 12.5 })).toBeDefined();
    expect(contractProblem({ ...contract, underlying: '' })).toBeDefined();
  });

  test('an adjusted contract is known by its multiplier or its root', () => {
    expect(isAdjusted(contract)).toBe(false);
    expect(isAdjusted({ ...contract, multiplier: 150 })).toBe(true);
    expect(isAdjusted({ ...contract, root: 'AAPL1' })).toBe(true);
  });
});
