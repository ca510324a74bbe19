import { describe, expect, test } from 'vitest';
import { price, quantity } from '../../money/fixed.ts';
import type { OrderIntent } from '../../orders/order.ts';
import { UNLIMITED } from '../limits.ts';
import { ACME, bySymbol, contextOf, intentOf, marketOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { malformedIntent, orderSanity } from './order-sanity.ts';

const sell = { side: 'sell' } as const;
const lots = (lot: string) => ({ instruments: bySymbol({ ...ACME, lot: quantity(lot) }) });
const held = (units: string) => ({ positions: bySymbol(positionOf('ACME', units)) });
const { limitPrice: _limitPrice, ...priceless } = intentOf('1');

describe('an order that can be reckoned with', () => {
  const intent = (fields: Record<string, unknown>): OrderIntent => ({ ...intentOf('1'), ...fields });
  test.each([
    { name: 'good', fields: {}, count: 0 },
    { name: 'no quantity', fields: { quantity: quantity('0') }, count: 1 },
    { name: 'one unit', fields: { quantity: quantity('0.000000001') }, count: 0 },
    { name: 'a negative quantity', fields: { quantity: quantity('-1') }, count: 1 },
    { name: 'NaN', fields: { quantity: Number.NaN }, count: 1 },
    { name: 'infinity', fields: { limitPrice: Number.POSITIVE_INFINITY }, count: 1 },
    { name: 'missing quantity', fields: { quantity: undefined }, count: 1 },
    { name: 'more than any text can hold', fields: { quantity: 10n ** 27n + 1n }, count: 1 },
    { name: 'a price of zero', fields: { limitPrice: price('0') }, count: 1 },
    { name: 'a negative stop', fields: { stopPrice: price('-1') }, count: 1 },
    { name: 'an unknown side', fields: { side: 'hold' }, count: 1 },
    { name: 'an unknown type', fields: { type: 'teleport' }, count: 1 },
    { name: 'an unknown class', fields: { orderClass: 'mleg' }, count: 1 },
    { name: 'a take profit of nothing', fields: { takeProfit: {} }, count: 1 },
    { name: 'a trailing distance of zero', fields: { trail: 0n }, count: 1 },
    { name: 'the name of an object method', fields: { type: 'constructor' }, count: 1 },
    { name: 'no id', fields: { id: '' }, count: 1 },
    { name: 'an id of 128', fields: { id: 'x'.repeat(128) }, count: 0 },
    { name: 'an id of 129', fields: { id: 'x'.repeat(129) }, count: 1 },
    { name: 'a line break in the id', fields: { id: 'a\nb' }, count: 1 },
    { name: 'everything at once', fields: { id: '', side: '', type: '', quantity: 0n }, count: 4 },
  ])('$name', ({ fields, count }) => {
    expect(malformedIntent(intent(fields))).toHaveLength(count);
  });
});

describe('fields that belong together', () => {
  test.each([
    { name: 'a limit order', intent: intentOf('1'), says: [] },
    { name: 'a market order', intent: marketOf('1', 'buy'), says: [] },
    { name: 'a limit order without a limit', intent: priceless, says: ['limit price < none'] },
    { name: 'a market order with a limit', intent: intentOf('1', { type: 'market' }), says: ['no limit price < 100'] },
    { name: 'a stop without its price', intent: marketOf('1', 'buy', { type: 'stop' }), says: ['stop price < none'] },
    { name: 'a stop with it', intent: marketOf('1', 'buy', { type: 'stop', stopPrice: price('101') }), says: [] },
    { name: 'a stop with a limit too', intent: intentOf('1', { type: 'stop', stopPrice: price('101') }), says: ['no limit price < 100'] },
    { name: 'a limit with a stop', intent: intentOf('1', { stopPrice: price('99') }), says: ['no stop price < 99'] },
    { name: 'a stop-limit', intent: intentOf('1', { type: 'stop_limit', stopPrice: price('99') }), says: [] },
    {
      name: 'a stop for the auction',
      intent: marketOf('1', 'buy', { type: 'stop', stopPrice: price('101'), timeInForce: 'opg' }),
      says: ['day, gtc < opg'],
    },
    { name: 'an unknown life', intent: intentOf('1', { timeInForce: 'gtd' as 'gtc' }), says: ['day, gtc, ioc, fok, opg, cls < gtd'] },
    { name: 'a stop that protects a buy from above', intent: intentOf('1', { protectiveStop: price('100') }), says: ['below 100 < 100'] },
    { name: 'one that protects it from below', intent: intentOf('1', { protectiveStop: price('99.99') }), says: [] },
    {
      name: 'below the price, above the limit',
      intent: intentOf('1', { limitPrice: price('90'), protectiveStop: price('95') }),
      says: ['below 90 < 95'],
    },
    { name: 'a short protected from above', intent: intentOf('1', { ...sell, protectiveStop: price('100.01') }), says: [] },
    {
      name: 'a short protected from below',
      intent: intentOf('1', { ...sell, protectiveStop: price('99.99') }),
      says: ['above 100 < 99.99'],
    },
  ])('$name', ({ intent, says }) => {
    expect(saysOf(orderSanity, intent, contextOf({ limits: UNLIMITED }))).toEqual(says);
  });
});

describe('tick, lot and listing', () => {
  test.each([
    { name: 'on the tick', intent: intentOf('1', { limitPrice: price('100.01') }), context: contextOf(), says: [] },
    {
      name: 'one unit off the tick',
      intent: intentOf('1', { limitPrice: price('100.010000001') }),
      context: contextOf(),
      says: ['0.01 < 100.010000001'],
    },
    { name: 'four places below a dollar', intent: intentOf('1', { limitPrice: price('0.9999') }), context: contextOf(), says: [] },
    {
      name: 'five places below a dollar',
      intent: intentOf('1', { limitPrice: price('0.99999') }),
      context: contextOf(),
      says: ['0.0001 < 0.99999'],
    },
    { name: 'a lot', intent: intentOf('2'), context: contextOf(lots('1')), says: [] },
    { name: 'one unit more than a lot', intent: intentOf('2.000000001'), context: contextOf(lots('1')), says: ['1 < 2.000000001'] },
    {
      name: 'the whole odd remainder may be closed',
      intent: intentOf('0.5', sell),
      context: contextOf({ ...lots('1'), ...held('0.5') }),
      says: [],
    },
    { name: 'part of it may not', intent: intentOf('0.4', sell), context: contextOf({ ...lots('1'), ...held('0.5') }), says: ['1 < 0.4'] },
    { name: 'an unknown symbol', intent: intentOf('1', { symbol: 'NOPE' }), context: contextOf(), says: ['a listed symbol < NOPE'] },
    {
      name: 'a held symbol that is not listed any more',
      intent: intentOf('1', { symbol: 'NOPE', ...sell }),
      context: contextOf({ positions: bySymbol(positionOf('NOPE', '1')) }),
      says: [],
    },
    {
      name: 'not tradable',
      intent: intentOf('1'),
      context: contextOf({ instruments: bySymbol({ ...ACME, tradable: false }) }),
      says: ['tradable < not tradable'],
    },
    {
      name: 'not tradable, but held',
      intent: intentOf('1', sell),
      context: contextOf({ instruments: bySymbol({ ...ACME, tradable: false }), ...held('1') }),
      says: [],
    },
    {
      name: 'not shortable',
      intent: intentOf('3', sell),
      context: contextOf({ instruments: bySymbol({ ...ACME, shortable: false }), ...held('1') }),
      says: ['at most what is held < 2 more than the 1 held'],
    },
    {
      name: 'a fraction for longer than the day',
      intent: intentOf('0.5', { timeInForce: 'gtc' }),
      context: contextOf(),
      says: ['day < gtc'],
    },
    {
      name: 'a coin for the day',
      intent: intentOf('1'),
      context: contextOf({ instruments: bySymbol({ ...ACME, assetClass: 'crypto' }) }),
      says: ['gtc, ioc < day'],
    },
  ])('$name', ({ intent, context, says }) => {
    expect(saysOf(orderSanity, intent, context)).toEqual(says);
  });
});

describe('the reduce-only lane', () => {
  const reduce = (size: string, side: 'buy' | 'sell' = 'sell') => marketOf(size, side, { reduceOnly: true });
  const pending = { openOrders: [openOf('4', sell)] };
  test.each([
    { name: 'one unit under', intent: reduce('9.999999999'), context: contextOf(held('10')), says: [] },
    { name: 'all of it', intent: reduce('10'), context: contextOf(held('10')), says: [] },
    { name: 'one unit more', intent: reduce('10.000000001'), context: contextOf(held('10')), says: ['10 < 10.000000001'] },
    { name: 'less pending exits', intent: reduce('6'), context: contextOf({ ...held('10'), ...pending }), says: [] },
    {
      name: 'less pending exits, one unit more',
      intent: reduce('6.000000001'),
      context: contextOf({ ...held('10'), ...pending }),
      says: ['6 < 6.000000001'],
    },
    {
      name: 'pending entries take nothing away',
      intent: reduce('10'),
      context: contextOf({ ...held('10'), openOrders: [openOf('4')] }),
      says: [],
    },
    { name: 'a short is bought back', intent: reduce('10', 'buy'), context: contextOf(held('-10')), says: [] },
    { name: 'the wrong side', intent: reduce('1', 'buy'), context: contextOf(held('10')), says: ['0 < 1'] },
    { name: 'nothing held', intent: reduce('1'), context: contextOf(), says: ['0 < 1'] },
    {
      name: 'a stop on it',
      intent: { ...reduce('1'), protectiveStop: price('101') },
      context: contextOf(held('10')),
      says: ['no protective stop < 101'],
    },
  ])('$name', ({ intent, context, says }) => {
    expect(saysOf(orderSanity, intent, context)).toEqual(says);
  });
});
