import { describe, expect, test } from 'vitest';
import { price } from '../../money/fixed.ts';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { concentration } from './concentration.ts';

const held = (units: string, symbol = 'ACME') => ({ positions: bySymbol(positionOf(symbol, units)) });
const sell = { side: 'sell' } as const;

describe('one symbol at most 10 % of equity, a broad fund 25 %', () => {
  test.each([
    { name: 'one unit under', intent: intentOf('39.999999999'), context: contextOf(held('60')), says: [] },
    { name: 'exactly', intent: intentOf('40'), context: contextOf(held('60')), says: [] },
    { name: 'one unit over', intent: intentOf('40.000000001'), context: contextOf(held('60')), says: ['0.1 < 0.100000001'] },
    { name: 'short, exactly', intent: intentOf('40', sell), context: contextOf(held('-60')), says: [] },
    { name: 'short, one unit over', intent: intentOf('40.000000001', sell), context: contextOf(held('-60')), says: ['0.1 < 0.100000001'] },
    { name: 'broad, exactly', intent: intentOf('190', { symbol: 'BROAD' }), context: contextOf(held('60', 'BROAD')), says: [] },
    {
      name: 'broad, one unit over',
      intent: intentOf('190.000000001', { symbol: 'BROAD' }),
      context: contextOf(held('60', 'BROAD')),
      says: ['0.25 < 0.250000001'],
    },
    { name: 'an open buy reserves', intent: intentOf('40'), context: contextOf({ ...held('50'), openOrders: [openOf('10')] }), says: [] },
    {
      name: 'an open buy reserves, over',
      intent: intentOf('41'),
      context: contextOf({ ...held('50'), openOrders: [openOf('10')] }),
      says: ['0.1 < 0.101'],
    },
    {
      name: 'an open sell frees nothing',
      intent: intentOf('41'),
      context: contextOf({ ...held('60'), openOrders: [openOf('60', sell)] }),
      says: ['0.1 < 0.101'],
    },
    {
      name: 'an open buy counts at its own higher price',
      intent: intentOf('50'),
      context: contextOf({ openOrders: [openOf('50', { limitPrice: price('104') })] }),
      says: ['0.1 < 0.102'],
    },
    {
      name: 'the order itself is not counted twice',
      intent: intentOf('100', { id: 'open-1' }),
      context: contextOf({ openOrders: [openOf('100')] }),
      says: [],
    },
    { name: 'other symbols do not count', intent: intentOf('100'), context: contextOf(held('200', 'BROAD')), says: [] },
    { name: 'an exit passes', intent: intentOf('100', sell), context: contextOf(held('500')), says: [] },
    { name: 'no price', intent: intentOf('1'), context: contextOf({ marks: new Map() }), says: ['0.1 < unknown'] },
    { name: 'no equity', intent: intentOf('1'), context: contextOf({ equity: undefined }), says: ['0.1 < unknown'] },
    { name: 'unlimited', intent: intentOf('1'), context: contextOf({ equity: undefined, marks: new Map(), limits: UNLIMITED }), says: [] },
  ])('$name', ({ intent, context, says }) => {
    expect(saysOf(concentration, intent, context)).toEqual(says);
  });
});
