import { describe, expect, test } from 'vitest';
import { money, price, ratio } from '../money/fixed.ts';
import { DENIAL_CODES } from '../orders/order.ts';
import { CONTROLS } from './controls/index.ts';
import {
  DEFAULT_LIMITS,
  formatLimit,
  formatValue,
  isLimitName,
  isUnlimited,
  LIMIT_DEFINITIONS,
  parseLimit,
  tightens,
  UNLIMITED,
  withLimit,
} from './limits.ts';
import type { LimitName } from './limits.ts';

describe('definitions', () => {
  test('define each limit once, in both profiles', () => {
    const names = LIMIT_DEFINITIONS.map((definition) => definition.name).toSorted();
    expect(names).toEqual(Object.keys(DEFAULT_LIMITS).toSorted());
    expect([...names, 'unchecked'].toSorted()).toEqual(Object.keys(UNLIMITED).toSorted());
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(LIMIT_DEFINITIONS)('$name: default and ceiling can be set as written', ({ name, ceiling, default: text }) => {
    expect(parseLimit(name, text)).toEqual({ ok: true, value: DEFAULT_LIMITS[name] });
    expect(formatLimit(name, DEFAULT_LIMITS[name])).toBe(text);
    if (ceiling !== undefined) expect(parseLimit(name, ceiling)).toMatchObject({ ok: true });
  });

  test('there is a control for every denial code', () => {
    expect(CONTROLS).toHaveLength(DENIAL_CODES.length);
  });

  test('names are recognised', () => {
    expect(isLimitName('orderRiskRatioMax')).toBe(true);
    expect(isLimitName('constructor')).toBe(false);
  });
});

describe('parsing', () => {
  test.each([
    { name: 'orderRiskRatioMax', text: ' 0.05 ', value: ratio('0.05') },
    { name: 'orderRiskRatioMax', text: '0', value: ratio('0') },
    { name: 'orderNotionalUsdMax', text: '1000000.5', value: money('1000000.5') },
    { name: 'minimumPriceUsdMin', text: '0', value: price('0') },
    { name: 'openPositionsMax', text: '200', value: 200 },
    { name: 'staleDataMsMax', text: '60000', value: 60_000 },
    { name: 'drawdownKillRatioMax', text: '1', value: ratio('1') },
  ] as const)('$name takes "$text"', ({ name, text, value }) => {
    expect(parseLimit(name, text)).toEqual({ ok: true, value });
  });

  test.each([
    { name: 'orderRiskRatioMax', text: '0.050000001', says: /ceiling of 5 %/ },
    { name: 'orderRiskRatioMax', text: '-0.01', says: /not negative/ },
    { name: 'orderRiskRatioMax', text: '2 %', says: /not a decimal number/ },
    { name: 'orderRiskRatioMax', text: 'NaN', says: /not a decimal number/ },
    { name: 'orderRiskRatioMax', text: '1e-2', says: /not a decimal number/ },
    { name: 'orderRiskRatioMax', text: '0.0000000001', says: /9 digits/ },
    { name: 'orderRiskRatioMax', text: '', says: /not a decimal number/ },
    { name: 'orderRiskRatioMax', text: 'unlimited', says: /not a decimal number/ },
    { name: 'dailyLossHalfRatioMax', text: '2', says: /at most 1/ },
    { name: 'minimumPriceUsdMin', text: '-5', says: /not negative/ },
    { name: 'openPositionsMax', text: '201', says: /ceiling of 200/ },
    { name: 'openPositionsMax', text: '1.5', says: /not a whole number/ },
    { name: 'openPositionsMax', text: '-1', says: /not a whole number/ },
    { name: 'openPositionsMax', text: '٥', says: /not a whole number/ },
    { name: 'staleDataMsMax', text: '60001', says: /ceiling of 60000 ms/ },
    { name: 'staleDataMsMax', text: '9'.repeat(30), says: /not a whole number/ },
  ] as const)('$name refuses "$text"', ({ name, text, says }) => {
    const parsed = parseLimit(name, text);
    expect(parsed).toMatchObject({ ok: false, message: expect.stringMatching(says) });
  });
});

describe('changing', () => {
  test('one value, the rest as it was', () => {
    const limits = withLimit(DEFAULT_LIMITS, 'openPositionsMax', 5);
    expect(limits).toEqual({ ...DEFAULT_LIMITS, openPositionsMax: 5 });
    expect(Object.isFrozen(limits)).toBe(true);
    const name: LimitName = 'openPositionsMax';
    expect(() => withLimit(DEFAULT_LIMITS, name as LimitName, ratio('0.1'))).toThrow('Invariant');
  });

  test.each([
    { name: 'orderRiskRatioMax', from: ratio('0.02'), to: ratio('0.019'), is: true },
    { name: 'orderRiskRatioMax', from: ratio('0.02'), to: ratio('0.02'), is: false },
    { name: 'orderRiskRatioMax', from: ratio('0.02'), to: ratio('0.021'), is: false },
    { name: 'minimumPriceUsdMin', from: price('5'), to: price('6'), is: true },
    { name: 'minimumPriceUsdMin', from: price('5'), to: price('4'), is: false },
    { name: 'drawdownKillRatioMax', from: ratio('0.1'), to: ratio('0.08'), is: true },
    { name: 'openPositionsMax', from: 20, to: 19, is: true },
  ] as const)('$name from $from to $to tightens: $is', ({ name, from, to, is }) => {
    expect(tightens(name, from, to)).toBe(is);
  });

  test('unlimited is seen and shown as such', () => {
    for (const { name, looser } of LIMIT_DEFINITIONS) {
      expect(isUnlimited(DEFAULT_LIMITS[name])).toBe(false);
      expect(formatLimit(name, UNLIMITED[name])).toBe(looser === 'lower' ? '0' : 'unlimited');
    }
  });

  test('values for people', () => {
    expect(formatValue('ratio', ratio('0.025'))).toBe('2.5 %');
    expect(formatValue('usd', money('25000'))).toBe('$25000');
    expect(formatValue('ms', 30_000)).toBe('30000 ms');
    expect(formatValue('count', 20)).toBe('20');
  });
});
