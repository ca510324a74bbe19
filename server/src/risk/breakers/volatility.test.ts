import { expect, test } from 'vitest';
import { price, ratio } from '../../money/fixed.ts';
import { instantFromMs } from '../../money/instant.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../limits.ts';
import { volatility, withPrice } from './volatility.ts';
import type { MinuteRange } from './volatility.ts';

const range = (low: string, high: string, minute = 1): MinuteRange => ({ minute, low: price(low), high: price(high) });
/** A usual day moves by 1 / 0.27735 %, so that a usual half hour moves by 1 %. */
const usual = ratio('0.036055525');

test.each([
  { name: 'nothing seen', ranges: [], limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'three times as usual', ranges: [range('100', '103')], limits: DEFAULT_LIMITS, effect: 'half' },
  { name: 'a little less', ranges: [range('100', '102.99')], limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'five times as usual', ranges: [range('100', '105.01')], limits: DEFAULT_LIMITS, effect: 'entries-off' },
  { name: 'just under five times', ranges: [range('100', '104.99')], limits: DEFAULT_LIMITS, effect: 'half' },
  {
    name: 'over several minutes',
    ranges: [range('100', '101'), range('102', '105.01', 20)],
    limits: DEFAULT_LIMITS,
    effect: 'entries-off',
  },
  { name: 'unlimited', ranges: [range('1', '100')], limits: UNLIMITED, effect: 'none' },
])('$name', ({ ranges, limits, effect }) => {
  expect(volatility(ranges, usual, limits).effect).toBe(effect);
});

test('exactly at a limit passes', () => {
  // 1 / 0.27735 is no decimal: here the usual half hour is a whole number of millionths.
  const exact = ratio('0.1');
  const three = price(String(100 + 3 * 2.7735));
  expect(volatility([{ minute: 1, low: price('100'), high: three }], exact, DEFAULT_LIMITS).effect).toBe('none');
  expect(volatility([{ minute: 1, low: price('100'), high: (three + 1n) as typeof three }], exact, DEFAULT_LIMITS).effect).toBe('half');
});

test('nothing is unusual where nothing is usual', () => {
  expect(volatility([range('1', '100')], undefined, DEFAULT_LIMITS).effect).toBe('none');
});

test('half an hour is remembered, by minutes; what comes late says nothing', () => {
  const at = (minute: number) => instantFromMs(minute * 60_000);
  let ranges = withPrice([], price('10'), at(1));
  ranges = withPrice(ranges, price('12'), at(1));
  ranges = withPrice(ranges, price('9'), at(30));
  expect(ranges).toEqual([range('10', '12', 1), range('9', '9', 30)]);
  expect(withPrice(ranges, price('9'), at(31))).toEqual([range('9', '9', 30), range('9', '9', 31)]);
  expect(withPrice(ranges, price('1'), at(29))).toEqual(ranges);
});
