import { describe, expect, test } from 'vitest';
import { price, quantity, ratio } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { ORDER_CLASSES, ORDER_TYPES, TIMES_IN_FORCE } from './order.ts';
import type { OrderClass, OrderIntent, OrderType } from './order.ts';
import { CLASS_RULES, orderRuleProblems, TYPE_RULES } from './order-rules.ts';

/** The prices that a type needs. */
const PRICES: Readonly<Record<OrderType, Partial<OrderIntent>>> = {
  market: {},
  limit: { limitPrice: price('100') },
  stop: { stopPrice: price('100') },
  stop_limit: { limitPrice: price('100'), stopPrice: price('100') },
  trailing_stop: { trailRatio: ratio('0.05') },
};
const EXITS: Readonly<Record<OrderClass, Partial<OrderIntent>>> = {
  simple: {},
  bracket: { orderClass: 'bracket', takeProfit: { limitPrice: price('110') }, stopLoss: { stopPrice: price('90') } },
  oto: { orderClass: 'oto', stopLoss: { stopPrice: price('90') } },
  oco: { orderClass: 'oco', side: 'sell', reduceOnly: true, stopLoss: { stopPrice: price('90') } },
};
const intentOf = (type: OrderType, orderClass: OrderClass, change: Partial<OrderIntent> = {}): OrderIntent => ({
  id: 'o1',
  symbol: 'ACME',
  side: 'buy',
  quantity: quantity('10'),
  type,
  timeInForce: 'day',
  reduceOnly: false,
  origin: { kind: 'ticket', principal: 'ada' },
  reason: 'test',
  createdAt: instantFromMs(0),
  ...PRICES[type],
  ...EXITS[orderClass],
  ...change,
});
const fits = (intent: OrderIntent, assetClass = 'us_equity'): boolean => orderRuleProblems(intent, assetClass).length === 0;

/** What the broker's documents allow, written down a second time: whole shares, then fractions, then extended hours. */
const ALLOWED: readonly (readonly [OrderType, OrderClass, readonly string[], readonly string[], readonly string[]])[] = [
  ['market', 'simple', ['day', 'gtc', 'ioc', 'fok', 'opg', 'cls'], ['day'], []],
  ['limit', 'simple', ['day', 'gtc', 'ioc', 'fok', 'opg', 'cls'], ['day'], ['day', 'gtc']],
  ['stop', 'simple', ['day', 'gtc'], ['day'], []],
  ['stop_limit', 'simple', ['day', 'gtc'], ['day'], []],
  ['trailing_stop', 'simple', ['day', 'gtc'], [], []],
  ['market', 'bracket', ['day', 'gtc'], [], []],
  ['limit', 'bracket', ['day', 'gtc'], [], []],
  ['stop', 'bracket', ['day', 'gtc'], [], []],
  ['stop_limit', 'bracket', ['day', 'gtc'], [], []],
  ['trailing_stop', 'bracket', [], [], []],
  ['market', 'oto', ['day', 'gtc'], [], []],
  ['limit', 'oto', ['day', 'gtc'], [], []],
  ['stop', 'oto', ['day', 'gtc'], [], []],
  ['stop_limit', 'oto', ['day', 'gtc'], [], []],
  ['trailing_stop', 'oto', [], [], []],
  ['market', 'oco', [], [], []],
  ['limit', 'oco', ['day', 'gtc'], [], []],
  ['stop', 'oco', [], [], []],
  ['stop_limit', 'oco', [], [], []],
  ['trailing_stop', 'oco', [], [], []],
];

describe('how long an order of each type and class may live', () => {
  test('the table of cases has no gap', () => {
    expect(ALLOWED).toHaveLength(ORDER_TYPES.length * ORDER_CLASSES.length);
    expect(Object.keys(TYPE_RULES)).toEqual([...ORDER_TYPES]);
    expect(Object.keys(CLASS_RULES).toSorted()).toEqual([...ORDER_CLASSES].toSorted());
  });

  test.each(ALLOWED)('%s, %s', (type, orderClass, whole, fraction, extended) => {
    const those = (change: Partial<OrderIntent>): readonly string[] =>
      TIMES_IN_FORCE.filter((timeInForce) => fits(intentOf(type, orderClass, { ...change, timeInForce })));
    // An OCO's price is its take profit.
    const at = orderClass === 'oco' && type === 'limit' ? { limitPrice: price('110') } : {};
    expect(those(at)).toEqual(whole);
    expect(those({ ...at, quantity: quantity('0.5') })).toEqual(fraction);
    expect(those({ ...at, extendedHours: true })).toEqual(extended);
  });

  test('a coin has no day, and knows no fractions', () => {
    const lives = TIMES_IN_FORCE.filter((timeInForce) =>
      fits(intentOf('limit', 'simple', { timeInForce, quantity: quantity('0.5') }), 'crypto'),
    );
    expect(lives).toEqual(['gtc', 'ioc']);
  });
});

describe('exits lie where they belong', () => {
  const exits = (profit: string, loss: string): Partial<OrderIntent> => ({
    takeProfit: { limitPrice: price(profit) },
    stopLoss: { stopPrice: price(loss) },
  });
  test.each([
    { name: 'a buy', intent: intentOf('limit', 'bracket'), problems: 0 },
    { name: 'a stop loss a cent below the entry', intent: intentOf('limit', 'bracket', exits('110', '99.99')), problems: 0 },
    { name: 'less than a cent below', intent: intentOf('limit', 'bracket', exits('110', '99.990000001')), problems: 1 },
    { name: 'a take profit at the entry', intent: intentOf('limit', 'bracket', exits('100', '90')), problems: 1 },
    { name: 'a market entry: the exits alone are compared', intent: intentOf('market', 'bracket', exits('90', '90')), problems: 1 },
    { name: 'a short, mirrored', intent: intentOf('limit', 'bracket', { side: 'sell', ...exits('90', '100.01') }), problems: 0 },
    { name: 'a short with the exits of a buy', intent: intentOf('limit', 'bracket', { side: 'sell' }), problems: 2 },
    { name: 'a bracket with one exit', intent: intentOf('limit', 'oto', { orderClass: 'bracket' }), problems: 1 },
    { name: 'an OTO with two', intent: intentOf('limit', 'bracket', { orderClass: 'oto' }), problems: 1 },
    {
      name: 'an OCO that has a take profit beside itself',
      intent: intentOf('limit', 'oco', { takeProfit: { limitPrice: price('110') } }),
      problems: 1,
    },
    { name: 'an OCO whose stop is above it', intent: intentOf('limit', 'oco', { stopLoss: { stopPrice: price('120') } }), problems: 1 },
    {
      name: 'exits that the engine keeps',
      intent: intentOf('limit', 'simple', { ...exits('110', '90'), quantity: quantity('0.5') }),
      problems: 0,
    },
    {
      name: 'exits of an order that only reduces',
      intent: intentOf('limit', 'simple', { ...exits('110', '90'), reduceOnly: true }),
      problems: 1,
    },
    { name: 'two trailing distances', intent: intentOf('trailing_stop', 'simple', { trail: price('2') }), problems: 1 },
    { name: 'a trailing distance of everything', intent: intentOf('trailing_stop', 'simple', { trailRatio: ratio('1') }), problems: 1 },
    { name: 'a market order that trails', intent: intentOf('market', 'simple', { trail: price('2') }), problems: 1 },
  ])('$name', ({ intent, problems }) => {
    expect(orderRuleProblems(intent, 'us_equity')).toHaveLength(problems);
  });
});
