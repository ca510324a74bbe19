import { describe, expect, test } from 'vitest';
import { price, quantity, ratio } from '../../../money/fixed.ts';
import { approved } from '../conformance.ts';
import { replacementOf, requestOf } from './order-request.ts';

const base = { id: 'o1', symbol: 'AAA' } as const;
const limit = { type: 'limit', limitPrice: price('100') } as const;
const stopLoss = { stopPrice: price('90'), limitPrice: price('89.5') };
const body = { symbol: 'AAA', qty: '3', side: 'buy', timeInForce: 'day', clientOrderId: 'o1' };

describe('an order as the broker takes it', () => {
  test.each([
    { name: 'a market order', change: {}, sent: { ...body, type: 'market' } },
    {
      name: 'extended hours',
      change: { ...limit, extendedHours: true },
      sent: { ...body, type: 'limit', limitPrice: '100', extendedHours: true },
    },
    {
      name: 'trailing by money',
      change: { type: 'trailing_stop', trail: price('2.5') },
      sent: { ...body, type: 'trailing_stop', trailPrice: '2.5' },
    },
    {
      name: 'trailing by a fraction, which is told in percent',
      change: { type: 'trailing_stop', trailRatio: ratio('0.0525') },
      sent: { ...body, type: 'trailing_stop', trailPercent: '5.25' },
    },
    {
      name: 'a bracket',
      change: { ...limit, orderClass: 'bracket', takeProfit: { limitPrice: price('110') }, stopLoss },
      sent: {
        ...body,
        type: 'limit',
        limitPrice: '100',
        orderClass: 'bracket',
        takeProfit: { limitPrice: '110' },
        stopLoss: { stopPrice: '90', limitPrice: '89.5' },
      },
    },
    {
      name: 'an OTO with a stop',
      change: { ...limit, orderClass: 'oto', stopLoss: { stopPrice: price('90') } },
      sent: { ...body, type: 'limit', limitPrice: '100', orderClass: 'oto', stopLoss: { stopPrice: '90' } },
    },
    {
      name: 'exits that the engine keeps are not sent',
      change: { ...limit, stopLoss, takeProfit: { limitPrice: price('110') } },
      sent: { ...body, type: 'limit', limitPrice: '100' },
    },
  ] as const)('$name', ({ change, sent }) => expect(requestOf(approved({ ...base, ...change }))).toEqual(sent));

  test('an OCO, whose own limit is its take profit', () => {
    const oco = { ...limit, side: 'sell', reduceOnly: true, orderClass: 'oco', stopLoss: { stopPrice: price('90') } } as const;
    const held = new Map([['AAA', { symbol: 'AAA', quantity: quantity('3'), averagePrice: price('100') }]]);
    expect(requestOf(approved({ ...base, ...oco }, held))).toEqual({
      ...body,
      side: 'sell',
      type: 'limit',
      orderClass: 'oco',
      takeProfit: { limitPrice: '100' },
      stopLoss: { stopPrice: '90' },
    });
  });
});

describe('what takes an order’s place', () => {
  test.each([
    { name: 'a limit', change: limit, sent: { clientOrderId: 'o1', timeInForce: 'day', qty: '3', limitPrice: '100' } },
    {
      name: 'a trail',
      change: { type: 'trailing_stop', trailRatio: ratio('0.05') },
      sent: { clientOrderId: 'o1', timeInForce: 'day', qty: '3', trail: '5' },
    },
  ] as const)('$name', ({ change, sent }) => expect(replacementOf(approved({ ...base, replaces: 'o0', ...change }))).toEqual(sent));

  test('of a pair of exits, and of an exit that came with an order, their prices alone', () => {
    const held = new Map([['AAA', { symbol: 'AAA', quantity: quantity('3'), averagePrice: price('100') }]]);
    const exit = { ...base, replaces: 'o0', side: 'sell', reduceOnly: true } as const;
    const pair = approved({ ...exit, ...limit, orderClass: 'oco', stopLoss: { stopPrice: price('90') } }, held);
    const stop = approved({ ...exit, type: 'stop', stopPrice: price('90'), leg: { parentId: 'o9', role: 'stop_loss' } }, held);
    expect([replacementOf(pair), replacementOf(stop)]).toEqual([
      { clientOrderId: 'o1', limitPrice: '100' },
      { clientOrderId: 'o1', stopPrice: '90' },
    ]);
  });
});
