import { describe, expect, test } from 'vitest';
import {
  barePrice,
  bytes,
  comparison,
  clock,
  date,
  duration,
  inUnit,
  latency,
  money,
  moneyShort,
  number,
  percent,
  plural,
  price,
  quantity,
  sentences,
  showsValue,
  signOf,
  title,
  words,
} from './format.ts';

const NB = '\u00a0';

describe('money', () => {
  test.each([
    { name: 'groups thousands', value: '108412.36', style: {}, text: '$108,412.36' },
    { name: 'a loss has a real minus before the dollar', value: '-118.4', style: {}, text: '−$118.40' },
    { name: 'a signed gain', value: '642.18', style: { signed: true }, text: '+$642.18' },
    { name: 'nought has no sign', value: '0', style: { signed: true }, text: '$0.00' },
    { name: 'a tiny loss that rounds to nought has no sign when signed', value: '-0.001', style: { signed: true }, text: '$0.00' },
    { name: 'exact beyond what a float holds', value: '9007199254740993.01', style: {}, text: '$9,007,199,254,740,993.01' },
    { name: 'not known', value: null, style: {}, text: 'n/a' },
    { name: 'not a number', value: 'abc', style: {}, text: 'n/a' },
    { name: 'not finite', value: Number.NaN, style: {}, text: 'n/a' },
  ])('$name', ({ value, style, text }) => expect(money(value, style)).toBe(text));

  test('short form for an axis', () => {
    expect(moneyShort(108_000)).toBe('$108k');
    expect(moneyShort(1_250_000, 1)).toBe('$1.3M');
    expect(moneyShort(-4_000)).toBe('−$4k');
  });
});

describe('price', () => {
  test.each([
    { name: 'an ordinary one in cents', value: '123.45', text: '$123.45' },
    { name: 'whole dollars with their cents', value: '50', text: '$50.00' },
    { name: 'no noughts beyond the cents', value: '1234.500000000', text: '$1,234.50' },
    { name: 'less than a cent apart', value: '0.1849', text: '$0.1849' },
    { name: 'every decimal that an order has', value: '12.123456789', text: '$12.123456789' },
    { name: 'exact beyond what a float holds', value: '9007199254740993.123456789', text: '$9,007,199,254,740,993.123456789' },
    { name: 'the least that there is', value: '0.000000001', text: '$0.000000001' },
    { name: 'not known', value: null, text: 'n/a' },
    { name: 'not a number', value: 'abc', text: 'n/a' },
  ])('of an order: $name', ({ value, text }) => expect(price(value)).toBe(text));

  test.each([
    { name: 'an ordinary one in cents', value: '123.45', text: '$123.45' },
    { name: 'an average that never ends', value: '33.333333333', text: '$33.3333' },
    { name: 'from one dollar on, four decimals', value: '1.000049', text: '$1.00' },
    { name: 'below one dollar', value: '0.184949', text: '$0.1849' },
    { name: 'below ten cents', value: '0.0184949', text: '$0.01849' },
    { name: 'far below a cent', value: '0.000123456', text: '$0.0001235' },
    { name: 'no more decimals than prices have', value: '0.000000123', text: '$0.000000123' },
    { name: 'no noughts beyond the cents', value: '0.5000', text: '$0.50' },
    { name: 'nought', value: '0', text: '$0.00' },
    { name: 'a number of a chart', value: 0.1 + 0.2, text: '$0.30' },
    { name: 'below zero', value: '-37.63', text: '−$37.63' },
    { name: 'not known', value: undefined, text: 'n/a' },
    { name: 'not a number', value: 'abc', text: 'n/a' },
  ])('of a mark: $name', ({ value, text }) => expect(price(value, 'mark')).toBe(text));

  test('what is between two has a sign', () => expect(price(33.35 - 33.34, 'mark', true)).toBe('+$0.01'));
  test('without the dollar', () => {
    expect([barePrice('0.1849'), barePrice(1234.5, 'mark'), barePrice(0.184949, 'mark')]).toEqual(['0.1849', '1,234.50', '0.1849']);
  });
});

test.each([
  { value: '0.0184', style: {}, text: `1.84${NB}%` },
  { value: '-0.011', style: { decimals: 1 }, text: `−1.1${NB}%` },
  { value: 0.006, style: { signed: true }, text: `+0.60${NB}%` },
  { value: undefined, style: {}, text: 'n/a' },
])('percent of $value is $text', ({ value, style, text }) => expect(percent(value, style)).toBe(text));

test.each([
  { value: '10', signed: false, text: '10' },
  { value: '-40', signed: false, text: '−40' },
  { value: '0.000000001', signed: false, text: '0.000000001' },
  { value: '1234567', signed: true, text: '+1,234,567' },
])('quantity of $value is $text', ({ value, signed, text }) => expect(quantity(value, signed)).toBe(text));

test.each([
  { value: '0.02', unit: 'ratio', text: `2${NB}%` },
  { value: '0.0125', unit: 'ratio', text: `1.25${NB}%` },
  { value: '0.8', unit: 'ratio', text: `80${NB}%` },
  { value: '25000', unit: 'usd', text: '$25,000' },
  { value: '10841.5', unit: 'usd', text: '$10,841.50' },
  { value: '0', unit: 'usd', text: '$0' },
  { value: '0.125', unit: 'usd', text: '$0.125' },
  { value: '0.5', unit: 'usd', text: '$0.50' },
  { value: '0.1849', unit: 'price', text: '$0.1849' },
  { value: '5', unit: 'price', text: '$5.00' },
  { value: '30000', unit: 'ms', text: '30 s' },
  { value: '20', unit: 'count', text: '20' },
  { value: 'HALTED', unit: 'state', text: 'HALTED' },
  { value: null, unit: 'usd', text: 'n/a' },
])('$value in $unit is $text', ({ value, unit, text }) => expect(inUnit(value, unit)).toBe(text));

test.each([
  [400, '0.4 s'],
  [-5, '0.0 s'],
  [59_000, '59 s'],
  [60_000, '1 min'],
  [8_040_000, '2 h 14 min'],
  [7_200_000, '2 h'],
  [273_600_000, '3 d 4 h'],
  [Number.NaN, 'n/a'],
])('duration of %s ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

test('latency keeps two figures where they matter', () => {
  expect([latency(0.314), latency(14.23), latency(250), latency(1240), latency(null)]).toEqual([
    '0.31 ms',
    '14.2 ms',
    '250 ms',
    '1.2 s',
    'n/a',
  ]);
});

test('times follow the chosen zone, summer time included', () => {
  expect(clock('2018-05-11T20:00:00Z', 'America/New_York')).toBe('16:00:00');
  expect(clock('2018-01-11T20:00:00Z', 'America/New_York')).toBe('15:00:00');
  expect(clock('2018-05-11T00:00:00Z', 'UTC')).toBe('00:00:00');
  expect(date('2018-05-11T02:00:00Z', 'America/New_York')).toBe('10 May 2018');
  expect(clock('not a time', 'UTC')).toBe('n/a');
});

test.each([
  { actual: '0.062', limit: '0.02', unit: 'ratio', text: `6.2${NB}% of 2${NB}%` },
  { actual: '0.015030696', limit: '0.015', unit: 'ratio', text: `1.503${NB}% of 1.5${NB}%` },
  { actual: '0.020000001', limit: '0.02', unit: 'ratio', text: `2.0000001${NB}% of 2${NB}%` },
  { actual: '25000.001', limit: '25000', unit: 'usd', text: '$25,000.00 of $25,000' },
  { actual: '4.99999', limit: '5', unit: 'price', text: '$4.99999 of $5.00' },
  { actual: '21', limit: '20', unit: 'count', text: '21 of 20' },
  { actual: '0.02', limit: '0.02', unit: 'ratio', text: `2${NB}% of 2${NB}%` },
  { actual: 'HALTED', limit: 'ACTIVE', unit: 'state', text: 'HALTED of ACTIVE' },
])('$actual beside the limit $limit', ({ actual, limit, unit, text }) => expect(comparison(actual, limit, unit)).toBe(text));

test('sentences each end with a full stop', () => expect(sentences('Too large', 'Try 5 %.', '')).toBe('Too large. Try 5 %.'));

test.each([
  ['−0.00', false],
  ['+$0.01', true],
  ['n/a', false],
])('%s shows a value: %s', (text, shows) => expect(showsValue(text)).toBe(shows));

test('words', () => {
  expect(words('PARTIALLY_FILLED')).toBe('Partially filled');
  expect(title('orderRiskRatioMax')).toBe('Order risk ratio max');
  expect(plural(1, 'order')).toBe('1 order');
  expect(plural(0, 'order')).toBe('0 orders');
  expect(plural(100_048, 'bar')).toBe('100,048 bars');
  expect(number('-3.14159', { decimals: 3 })).toBe('−3.142');
  expect(bytes(310_000_000)).toBe('296 MiB');
  expect([signOf('-0.1'), signOf('0'), signOf('2'), signOf(null)]).toEqual([-1, 0, 1, 0]);
});
