import { expect, test } from 'vitest';
import { price, quantity } from '../../money/fixed.ts';
import type { OrderRequest } from '../activity.ts';
import { UNLIMITED } from '../limits.ts';
import { before, bySymbol, contextOf, intentOf, positionOf, saysOf } from '../sample-account.ts';
import { duplicateOrder } from './duplicate-order.ts';

const sent = (ageMs: number, fields: Partial<OrderRequest> = {}, more: object = {}) => {
  const twin: OrderRequest = {
    at: before(ageMs),
    by: 'strategy:other',
    symbol: 'ACME',
    side: 'buy',
    quantity: quantity('1'),
    limitPrice: price('100'),
    entry: true,
    approved: true,
    ...fields,
  };
  return contextOf({ activity: { requests: [twin], executed: [] }, ...more });
};

test.each([
  { name: 'one millisecond under', intent: intentOf('1'), context: sent(4_999), says: ['5000 < 4999'] },
  { name: 'exactly', intent: intentOf('1'), context: sent(5_000), says: [] },
  { name: 'at once', intent: intentOf('1'), context: sent(0), says: ['5000 < 0'] },
  { name: 'another quantity', intent: intentOf('1'), context: sent(0, { quantity: quantity('1.000000001') }), says: [] },
  { name: 'another price', intent: intentOf('1'), context: sent(0, { limitPrice: price('100.01') }), says: [] },
  { name: 'with a stop', intent: intentOf('1'), context: sent(0, { stopPrice: price('100') }), says: [] },
  { name: 'the other side', intent: intentOf('1'), context: sent(0, { side: 'sell' }), says: [] },
  { name: 'another symbol', intent: intentOf('1'), context: sent(0, { symbol: 'BROAD' }), says: [] },
  { name: 'one that was denied', intent: intentOf('1'), context: sent(0, { approved: false }), says: [] },
  {
    name: 'an exit',
    intent: intentOf('1', { side: 'sell' }),
    context: sent(0, { side: 'sell', entry: false }, { positions: bySymbol(positionOf('ACME', '2')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1'), context: sent(0, {}, { limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(duplicateOrder, intent, context)).toEqual(says);
});
