import { expect, test } from 'vitest';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { netExposure } from './net-exposure.ts';

const held = (units: string, symbol = 'BROAD') => ({ positions: bySymbol(positionOf(symbol, units)) });
const sell = { side: 'sell' } as const;

test.each([
  { name: 'one unit under', intent: intentOf('99.999999999'), context: contextOf(held('700')), says: [] },
  { name: 'exactly', intent: intentOf('100'), context: contextOf(held('700')), says: [] },
  { name: 'one unit over', intent: intentOf('100.000000001'), context: contextOf(held('700')), says: ['0.8 < 0.800000001'] },
  {
    name: 'a short makes room for a long',
    intent: intentOf('100'),
    context: contextOf({
      positions: bySymbol(positionOf('BROAD', '800'), positionOf('CORP', '-100')),
      marks: new Map([...contextOf().marks, ['CORP', { price: 100_000_000_000n as never, at: contextOf().now, basis: 'trade' }]]),
    }),
    says: [],
  },
  {
    name: 'open buys reserve',
    intent: intentOf('100'),
    context: contextOf({ ...held('600'), openOrders: [openOf('101', { symbol: 'BROAD' })] }),
    says: ['0.8 < 0.801'],
  },
  {
    name: 'open sells free nothing',
    intent: intentOf('101'),
    context: contextOf({ ...held('700'), openOrders: [openOf('700', { symbol: 'BROAD', ...sell })] }),
    says: ['0.8 < 0.801'],
  },
  { name: 'a short into longs makes nothing worse', intent: intentOf('100', sell), context: contextOf(held('900')), says: [] },
  { name: 'shorts, one unit over', intent: intentOf('100.000000001', sell), context: contextOf(held('-700')), says: ['0.8 < 0.800000001'] },
  { name: 'no price', intent: intentOf('1'), context: contextOf(held('1', 'GONE')), says: ['0.8 < unknown'] },
  { name: 'no equity', intent: intentOf('1'), context: contextOf({ equity: undefined }), says: ['0.8 < unknown'] },
  { name: 'an exit', intent: intentOf('1', sell), context: contextOf(held('9000', 'ACME')), says: [] },
  { name: 'unlimited', intent: intentOf('1'), context: contextOf({ equity: undefined, limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(netExposure, intent, context)).toEqual(says);
});
