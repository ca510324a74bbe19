import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { billionths, decimalText } from '#lib/decimal.ts';
import type { AskedOrder } from '#lib/orders/order-desk.svelte.ts';
import { outlookOf, readBracket, unitsFor, whyNoBracket } from './bracket.ts';
import type { BracketDraft, Held } from './bracket.ts';

const long: Held = { symbol: 'ALDR', quantity: '10', available: '10', mark: '100', averagePrice: '90', stops: [], option: null };
const short: Held = { ...long, quantity: '-10' };
const option: Held = { ...long, option: {} };
const pair: BracketDraft = { stop: '95', target: '110', quantity: '10', timeInForce: 'GTC' };
const stopAt = (price: string | null, quantity: string) => ({ price, quantity, orderId: 'o1', trails: price === null });

describe('what is sent', () => {
  const base = { symbol: 'ALDR', quantity: '10', timeInForce: 'GTC', reduceOnly: true } as const;
  test.each<{ name: string; held: Held; draft: Partial<BracketDraft>; order: AskedOrder }>([
    {
      name: 'both are a pair that cancels each other',
      held: long,
      draft: {},
      order: { ...base, side: 'SELL', type: 'LIMIT', limitPrice: '110', orderClass: 'OCO', stopLoss: { stopPrice: '95' } },
    },
    {
      name: 'of a short they are bought, the other way round',
      held: short,
      draft: { stop: '105', target: '80' },
      order: { ...base, side: 'BUY', type: 'LIMIT', limitPrice: '80', orderClass: 'OCO', stopLoss: { stopPrice: '105' } },
    },
    { name: 'a stop alone', held: long, draft: { target: ' ' }, order: { ...base, side: 'SELL', type: 'STOP', stopPrice: '95' } },
    { name: 'a target alone', held: long, draft: { stop: '' }, order: { ...base, side: 'SELL', type: 'LIMIT', limitPrice: '110' } },
    {
      name: 'a stop for a fraction, for the day',
      held: { ...long, available: '2.5' },
      draft: { target: '', quantity: '2.5', timeInForce: 'DAY' },
      order: { ...base, side: 'SELL', type: 'STOP', stopPrice: '95', quantity: '2.5', timeInForce: 'DAY' },
    },
  ])('$name', ({ held, draft, order }) => expect(readBracket(held, { ...pair, ...draft })).toEqual({ order, problems: {} }));
  test('nothing typed is nothing wrong, and nothing sent', () =>
    expect(readBracket(long, { ...pair, stop: '', target: '' })).toEqual({ problems: {} }));
});

describe('what is refused, in words', () => {
  test.each<{ name: string; held?: Held; draft: Partial<BracketDraft>; field: string; says: RegExp }>([
    {
      name: 'a stop at the mark',
      draft: { stop: '100' },
      field: 'stop',
      says: /^The stop of a long position lies below the mark, \$100\.00/,
    },
    {
      name: 'a stop at a mark below one dollar, to its last decimal',
      held: { ...long, mark: '0.1849' },
      draft: { stop: '0.1849' },
      field: 'stop',
      says: /lies below the mark, \$0\.1849:/,
    },
    { name: 'a stop of a short below', held: short, draft: { stop: '95', target: '80' }, field: 'stop', says: /short position lies above/ },
    { name: 'a target on the losing side', draft: { target: '99' }, field: 'target', says: /^The target of a long position lies above/ },
    { name: 'no number', draft: { stop: 'x' }, field: 'stop', says: /^Write digits/ },
    { name: 'more than is held', draft: { quantity: '11' }, field: 'quantity', says: /^Only 10 units are held/ },
    { name: 'more than is available', held: { ...long, available: '4' }, draft: {}, field: 'quantity', says: /^At most 4 units/ },
    {
      name: 'a pair for a fraction',
      held: { ...long, available: '2.5' },
      draft: { quantity: '2.5', timeInForce: 'DAY' },
      field: 'quantity',
      says: /at most 2\. A stop or a target alone/,
    },
    { name: 'a fraction until it is cancelled', draft: { target: '', quantity: '2.5' }, field: 'timeInForce', says: /for the day/ },
    { name: 'a stop of an option', held: option, draft: { target: '', timeInForce: 'DAY' }, field: 'stop', says: /^Brokers hold no stop/ },
    {
      name: 'an option until it is cancelled',
      held: option,
      draft: { stop: '' },
      field: 'timeInForce',
      says: /option order is for the day/,
    },
  ])('$name', ({ held = long, draft, field, says }) => {
    const { order, problems } = readBracket(held, { ...pair, ...draft });
    expect(order).toBeUndefined();
    expect(problems).toEqual({ [field]: expect.stringMatching(says) as string });
  });

  test('a position of which every unit is held back, and one without a price', () => {
    expect(whyNoBracket(long)).toBeUndefined();
    expect(whyNoBracket({ ...short, available: '0' })).toMatch(/^All 10 units are held back/);
    expect(whyNoBracket({ ...long, mark: null })).toMatch(/^No price/);
  });

  const price = fc.bigInt({ min: 1n, max: 300n * 10n ** 9n });
  test('what passes lies on both sides of the mark, closes no more than is available, and only reduces', () => {
    fc.assert(
      fc.property(price, price, price, price, fc.boolean(), (stop, target, available, units, isShort) => {
        const held = { ...(isShort ? short : long), available: decimalText(available) };
        const { order } = readBracket(held, {
          stop: decimalText(stop),
          target: decimalText(target),
          quantity: decimalText(units),
          timeInForce: 'GTC',
        });
        if (!order) return;
        const mark = billionths('100') ?? 0n;
        expect(isShort ? stop > mark && target < mark : stop < mark && target > mark).toBe(true);
        expect(billionths(order.quantity)).toBeLessThanOrEqual(available);
        expect(order).toMatchObject({ reduceOnly: true, side: isShort ? 'BUY' : 'SELL' });
      }),
    );
  });
});

test.each([
  ['10', '10'],
  ['2.5', '2'],
  ['0.5', '0.5'],
  ['0', '0'],
])('of %s available %s are proposed', (available, units) => expect(unitsFor({ ...long, available })).toBe(units));

describe('what it would come to', () => {
  const outlook = (held: Held, draft: Partial<BracketDraft> = {}) => {
    const { order } = readBracket(held, { ...pair, ...draft });
    if (!order) throw new Error('Invariant: the case is an order.');
    return outlookOf(held, order);
  };
  test.each<{ name: string; held: Held; draft?: Partial<BracketDraft>; expected: readonly (string | null)[] }>([
    { name: 'all of a long', held: long, expected: ['50', '50', '200'] },
    { name: 'all of a short', held: short, draft: { stop: '105', target: '80' }, expected: ['50', '-150', '100'] },
    { name: 'a part: the rest risks its value', held: long, draft: { quantity: '4' }, expected: ['620', '20', '80'] },
    {
      name: 'a part of a short: no bound',
      held: short,
      draft: { stop: '105', target: '80', quantity: '4' },
      expected: [null, '-60', '40'],
    },
    {
      name: 'beside a stop that stands',
      held: { ...long, available: '4', stops: [stopAt('98', '6')] },
      draft: { quantity: '4' },
      expected: ['32', '20', '80'],
    },
    {
      name: 'beside one that only the broker knows',
      held: { ...long, available: '4', stops: [stopAt(null, '6')] },
      draft: { quantity: '4' },
      expected: [null, '20', '80'],
    },
    {
      name: 'an option, whose price is for one of the hundred shares of a contract',
      held: { ...option, quantity: '2', available: '2' },
      draft: { stop: '', quantity: '2', timeInForce: 'DAY' },
      expected: [null, null, '4000'],
    },
    { name: 'a target alone bounds nothing', held: long, draft: { stop: '' }, expected: [null, null, '200'] },
  ])('$name', ({ held, draft, expected }) => {
    const { atRisk, basis, atStop, atTarget } = outlook(held, draft);
    expect([atRisk, atStop, atTarget]).toEqual(expected);
    expect(basis).toMatch(/^[A-Z\d].*\.$/);
  });
});
