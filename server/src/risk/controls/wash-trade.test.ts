import { expect, test } from 'vitest';
import { price } from '../../money/fixed.ts';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, marketOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { washTrade } from './wash-trade.ts';

const resting = (limit: string, fields: Parameters<typeof openOf>[1] = {}, more: object = {}) =>
  contextOf({ openOrders: [openOf('1', { side: 'sell', limitPrice: price(limit), ...fields })], ...more });

test.each([
  { name: 'a tick apart', intent: intentOf('1'), context: resting('100.01'), says: [] },
  { name: 'at the same price', intent: intentOf('1'), context: resting('100'), says: ['no opposite order of ours < open-1'] },
  { name: 'crossed', intent: intentOf('1'), context: resting('99.99'), says: ['no opposite order of ours < open-1'] },
  { name: 'at the market', intent: marketOf('1', 'buy'), context: resting('200'), says: ['no opposite order of ours < open-1'] },
  {
    name: 'against a stop',
    intent: intentOf('1'),
    context: contextOf({ openOrders: [openOf('1', { side: 'sell', type: 'stop', stopPrice: price('50') })] }),
    says: ['no opposite order of ours < open-1'],
  },
  { name: 'the same side', intent: intentOf('1'), context: resting('100', { side: 'buy' }), says: [] },
  { name: 'another symbol', intent: intentOf('1'), context: resting('100', { symbol: 'BROAD' }), says: [] },
  {
    name: 'an exit',
    intent: intentOf('1', { side: 'sell' }),
    context: resting('100', { side: 'buy' }, { positions: bySymbol(positionOf('ACME', '1')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1'), context: resting('100', {}, { limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(washTrade, intent, context)).toEqual(says);
});
