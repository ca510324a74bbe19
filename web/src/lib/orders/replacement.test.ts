import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { billionths, decimalText } from '#lib/decimal.ts';
import { changeWords, draftOf, fieldsOf, livesOf, orderName, readDraft, whyNotReplaceable } from './replacement.ts';
import type { Draft, Replaceable } from './replacement.ts';

const order = (change: Partial<Replaceable> = {}): Replaceable => ({
  state: 'WORKING',
  type: 'LIMIT',
  symbol: 'ALDR',
  quantity: '10',
  filledQuantity: '0',
  limitPrice: '50',
  stopPrice: null,
  trail: null,
  trailRatio: null,
  timeInForce: 'GTC',
  orderClass: 'SIMPLE',
  parentId: null,
  ...change,
});
const trailing = order({ type: 'TRAILING_STOP', limitPrice: null, stopPrice: '47.5', trailRatio: '0.05' });
const read = (of: Replaceable, change: Partial<Draft>) => readDraft(of, { ...draftOf(of), ...change });

test.each([
  ['WORKING', undefined],
  ['PARTIALLY_FILLED', undefined],
  ['PENDING_REPLACE', 'Another order is about to take its place.'],
  ['PENDING_CANCEL', 'It is being cancelled.'],
  ['ACCEPTED', 'It is accepted, and not at the market yet: it can be replaced once it works.'],
  ['FILLED', 'It is filled: only a working order can be replaced.'],
] as const)('an order that is %s', (state, why) => expect(whyNotReplaceable({ state, symbol: 'ALDR', parentId: null }, 'PAPER')).toBe(why));

test('the stop of a pair, which the broker keeps back', () =>
  expect(whyNotReplaceable({ state: 'ACCEPTED', symbol: 'ALDR', parentId: 'a' }, 'PAPER')).toMatch(/cancel the pair, and set another/));

test('an order in an option is replaced by a broker, and not by the simulated exchange', () => {
  const option = { state: 'WORKING', symbol: 'AAPL260116C00200000', parentId: null } as const;
  expect(whyNotReplaceable(option, 'PAPER')).toBeUndefined();
  expect(whyNotReplaceable(option, 'SIMULATED')).toMatch(/cancel it and place another/);
});

describe('which terms there are', () => {
  test.each([
    { name: 'a limit', of: order(), open: ['quantity', 'timeInForce', 'limitPrice'] },
    { name: 'a market order', of: order({ type: 'MARKET', limitPrice: null }), open: ['quantity', 'timeInForce'] },
    {
      name: 'a stop limit',
      of: order({ type: 'STOP_LIMIT', stopPrice: '49' }),
      open: ['quantity', 'timeInForce', 'limitPrice', 'stopPrice'],
    },
    { name: 'a trailing stop: the broker moves its stop', of: trailing, open: ['quantity', 'timeInForce', 'trailRatio'] },
    { name: 'the head of a pair', of: order({ orderClass: 'OCO' }), open: ['limitPrice'] },
    { name: 'the stop of a pair', of: order({ type: 'STOP', limitPrice: null, stopPrice: '45', parentId: 'a' }), open: ['stopPrice'] },
    { name: 'a fraction', of: order({ quantity: '1.5', timeInForce: 'DAY' }), open: ['limitPrice'] },
  ])('$name', ({ of, open }) => {
    const fields = fieldsOf(of);
    expect(fields.filter(({ locked }) => locked === undefined).map(({ name }) => name)).toEqual(open);
    for (const { locked } of fields) expect(locked ?? 'A sentence.').toMatch(/^[A-Z].*\.$/);
  });
  test('a stop stays for the day or until it is cancelled', () => expect(livesOf({ type: 'STOP' })).toEqual(['DAY', 'GTC']));
});

describe('what is sent', () => {
  test.each([
    { name: 'nothing', of: order(), typed: {}, changes: {} },
    { name: 'the same number, written otherwise', of: order(), typed: { limitPrice: ' 50.00 ', quantity: '10.0' }, changes: {} },
    { name: 'another limit', of: order(), typed: { limitPrice: '51' }, changes: { limitPrice: '51' } },
    { name: 'two terms', of: order(), typed: { quantity: '12', timeInForce: 'DAY' }, changes: { quantity: '12', timeInForce: 'DAY' } },
    { name: 'percent as a fraction', of: trailing, typed: { trailRatio: '2.5' }, changes: { trailRatio: '0.025' } },
    { name: 'not what must stay', of: order({ orderClass: 'OCO' }), typed: { quantity: '12', timeInForce: 'DAY' }, changes: {} },
  ])('$name', ({ of, typed, changes }) => expect(read(of, typed)).toEqual({ changes, problems: {} }));

  test.each([
    { name: 'no number', of: order(), typed: { limitPrice: 'abc' }, field: 'limitPrice', says: /^Write digits/ },
    { name: 'an empty price', of: order(), typed: { limitPrice: '' }, field: 'limitPrice', says: /^Write digits/ },
    { name: 'nought', of: order(), typed: { quantity: '0' }, field: 'quantity', says: /above zero/ },
    { name: 'a part of a unit', of: order(), typed: { quantity: '10.5' }, field: 'quantity', says: /whole units/ },
    {
      name: 'no more than has filled',
      of: order({ filledQuantity: '4' }),
      typed: { quantity: '4' },
      field: 'quantity',
      says: /^4 have filled/,
    },
    { name: 'all of the price', of: trailing, typed: { trailRatio: '100' }, field: 'trailRatio', says: /below 100/ },
  ] as const)('not $name', ({ of, typed, field, says }) => {
    const { changes, problems } = read(of, typed);
    expect(changes).toEqual({});
    expect(problems[field]).toMatch(says);
    expect(Object.keys(problems)).toEqual([field]);
  });

  test('every term that is sent is above zero, and another one than stands', () => {
    const decimal = fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }).map(decimalText);
    fc.assert(
      fc.property(decimal, decimal, (limitPrice, quantity) => {
        const { changes } = read(order({ filledQuantity: '3' }), { limitPrice, quantity });
        const sent = Object.entries(changes).map(([name, text]) => ({ name, value: billionths(String(text)) ?? 0n }));
        expect(sent.every(({ value }) => value > 0n)).toBe(true);
        if (changes.quantity) expect(billionths(changes.quantity)).toBeGreaterThan(3_000_000_000n);
        expect(sent.some(({ name, value }) => value === (name === 'quantity' ? 10n : 50n) * 1_000_000_000n)).toBe(false);
      }),
    );
  });
});

test('a change in words', () => {
  expect(changeWords(order(), { limitPrice: '51.5', quantity: '12' })).toBe('quantity 10 → 12, limit $50.00 → $51.50');
  expect(changeWords(order({ limitPrice: '0.1834' }), { limitPrice: '0.1849' })).toBe('limit $0.1834 → $0.1849');
  expect(changeWords(trailing, { trailRatio: '0.025' })).toBe('trail 5 % → 2.5 %');
});

test.each([
  ['o1', 'o1'],
  ['ticket-0123456789abcdef0123', 'ticket-01234567'],
])('the order %s is called %s', (id, name) => expect(orderName(id)).toBe(name));
