import { expect, test } from 'vitest';
import { price } from '../../money/fixed.ts';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { portfolioHeat } from './portfolio-heat.ts';

const held = (units: string, fields: object = {}) => contextOf({ positions: bySymbol(positionOf('BROAD', units)), ...fields });
const stopAt = (at: string, size: string) => openOf(size, { symbol: 'BROAD', side: 'sell', type: 'stop', stopPrice: price(at) });

test.each([
  { name: 'one unit under', intent: intentOf('99.999999999'), context: held('300'), says: [] },
  { name: 'exactly', intent: intentOf('100'), context: held('300'), says: [] },
  { name: 'one unit over', intent: intentOf('100.000000001'), context: held('300'), says: ['0.08 < 0.080000001'] },
  { name: 'a short risks half as much again', intent: intentOf('101'), context: held('-200'), says: ['0.08 < 0.0802'] },
  { name: 'a stop of our own lessens it', intent: intentOf('100'), context: held('400', { openOrders: [stopAt('96', '400')] }), says: [] },
  {
    name: 'for what it covers alone',
    intent: intentOf('100'),
    context: held('400', { openOrders: [stopAt('96', '50')] }),
    says: ['0.08 < 0.0925'],
  },
  { name: 'an order with a stop of its own', intent: intentOf('100', { protectiveStop: price('96') }), context: held('375'), says: [] },
  {
    name: 'open entries reserve',
    intent: intentOf('101'),
    context: held('200', { openOrders: [openOf('100', { symbol: 'BROAD' })] }),
    says: ['0.08 < 0.0802'],
  },
  { name: 'not itself twice', intent: intentOf('100', { id: 'open-1' }), context: held('300', { openOrders: [openOf('100')] }), says: [] },
  {
    name: 'a held symbol without a price',
    intent: intentOf('1'),
    context: contextOf({ positions: bySymbol(positionOf('GONE', '1')) }),
    says: ['0.08 < unknown'],
  },
  { name: 'no equity', intent: intentOf('1'), context: contextOf({ equity: undefined }), says: ['0.08 < unknown'] },
  { name: 'an exit', intent: intentOf('1', { symbol: 'BROAD', side: 'sell' }), context: held('9000'), says: [] },
  { name: 'unlimited', intent: intentOf('900'), context: contextOf({ equity: undefined, limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(portfolioHeat, intent, context)).toEqual(says);
});
