import { expect, test } from 'vitest';
import { quantity, ratio } from '../../money/fixed.ts';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, openOf, saysOf } from '../sample-account.ts';
import { strategyAllocation } from './strategy-allocation.ts';

const origin = { kind: 'strategy', strategyId: 's1', version: 'v1' } as const;
const own = (size: string, fields: Parameters<typeof intentOf>[1] = {}) => intentOf(size, { origin, ...fields });
const allotted = (allocation: string, ...held: readonly (readonly [string, string])[]) => ({
  strategies: new Map([
    [
      's1',
      {
        id: 's1',
        version: 'v1',
        allocation: ratio(allocation),
        holdings: new Map(held.map(([symbol, units]) => [symbol, quantity(units)])),
      },
    ],
  ]),
});

test.each([
  { name: 'one unit under', intent: own('39.999999999'), context: contextOf(allotted('0.1', ['BROAD', '60'])), says: [] },
  { name: 'exactly', intent: own('40'), context: contextOf(allotted('0.1', ['BROAD', '60'])), says: [] },
  { name: 'one unit over', intent: own('40.000000001'), context: contextOf(allotted('0.1', ['BROAD', '60'])), says: ['1 < 1.000000001'] },
  { name: 'shorts are held as well', intent: own('41'), context: contextOf(allotted('0.1', ['BROAD', '-60'])), says: ['1 < 1.01'] },
  {
    name: 'its open orders reserve',
    intent: own('40'),
    context: contextOf({ ...allotted('0.1', ['BROAD', '50']), openOrders: [openOf('11', { origin })] }),
    says: ['1 < 1.01'],
  },
  {
    name: 'those of others do not',
    intent: own('40'),
    context: contextOf({ ...allotted('0.1', ['BROAD', '60']), openOrders: [openOf('11')] }),
    says: [],
  },
  { name: 'a strategy that is not known', intent: own('1'), context: contextOf(), says: ['1 < unknown'] },
  { name: 'nothing allotted', intent: own('1'), context: contextOf(allotted('0')), says: ['1 < unknown'] },
  { name: 'a holding without a price', intent: own('1'), context: contextOf(allotted('0.1', ['GONE', '1'])), says: ['1 < unknown'] },
  { name: 'no equity', intent: own('1'), context: contextOf({ ...allotted('0.1'), equity: undefined }), says: ['1 < unknown'] },
  { name: 'a person has no allocation', intent: intentOf('900'), context: contextOf(), says: [] },
  {
    name: 'an exit',
    intent: own('1', { side: 'sell' }),
    context: contextOf({ positions: bySymbol({ symbol: 'ACME', quantity: quantity('1'), averagePrice: 1n as never }) }),
    says: [],
  },
  { name: 'unlimited', intent: own('900'), context: contextOf({ limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(strategyAllocation, intent, context)).toEqual(says);
});
