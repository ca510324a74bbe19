import { expect, test } from 'vitest';
import { price } from '../../money/fixed.ts';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { capitalDeployed } from './capital-deployed.ts';

const bought = (units: string, at = '100') => ({ positions: bySymbol({ ...positionOf('BROAD', units), averagePrice: price(at) }) });

test.each([
  { name: 'one unit under', intent: intentOf('99.999999999'), context: contextOf(bought('700')), says: [] },
  { name: 'exactly', intent: intentOf('100'), context: contextOf(bought('700')), says: [] },
  { name: 'one unit over', intent: intentOf('100.000000001'), context: contextOf(bought('700')), says: ['0.8 < 0.800000001'] },
  { name: 'at what was paid, not at the price', intent: intentOf('1'), context: contextOf(bought('700', '200')), says: ['0.8 < 1.401'] },
  { name: 'shorts have cost as well', intent: intentOf('101'), context: contextOf(bought('-700')), says: ['0.8 < 0.801'] },
  {
    name: 'open entries reserve, whoever holds them',
    intent: intentOf('100'),
    context: contextOf({ ...bought('600'), openOrders: [{ ...openOf('101', { symbol: 'BROAD' }), heldByBroker: true }] }),
    says: ['0.8 < 0.801'],
  },
  {
    name: 'open exits do not',
    intent: intentOf('100'),
    context: contextOf({ ...bought('700'), openOrders: [openOf('700', { symbol: 'BROAD', side: 'sell' })] }),
    says: [],
  },
  { name: 'no equity', intent: intentOf('1'), context: contextOf({ equity: undefined }), says: ['0.8 < unknown'] },
  { name: 'an exit', intent: intentOf('1', { symbol: 'BROAD', side: 'sell' }), context: contextOf(bought('9000')), says: [] },
  { name: 'unlimited', intent: intentOf('1'), context: contextOf({ equity: undefined, limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(capitalDeployed, intent, context)).toEqual(says);
});
