import { describe, expect, test } from 'vitest';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { grossExposure } from './gross-exposure.ts';

const held = (units: string) => ({ positions: bySymbol(positionOf('BROAD', units)) });

describe('gross exposure at most 100 % of equity', () => {
  test.each([
    { name: 'one unit under', size: '99.999999999', context: contextOf(held('900')), says: [] },
    { name: 'exactly', size: '100', context: contextOf(held('900')), says: [] },
    { name: 'one unit over', size: '100.000000001', context: contextOf(held('900')), says: ['1 < 1.000000001'] },
    { name: 'shorts add up with longs', size: '100.000000001', context: contextOf(held('-900')), says: ['1 < 1.000000001'] },
    {
      name: 'open orders reserve',
      size: '101',
      context: contextOf({ ...held('800'), openOrders: [openOf('100', { symbol: 'BROAD' })] }),
      says: ['1 < 1.001'],
    },
    {
      name: 'a held symbol without a price',
      size: '1',
      context: contextOf({ positions: bySymbol(positionOf('GONE', '1')) }),
      says: ['1 < unknown'],
    },
    {
      name: 'an ordered symbol without a price counts at its limit',
      size: '100',
      context: contextOf({ openOrders: [openOf('900', { symbol: 'GONE' })] }),
      says: [],
    },
    { name: 'the order has no price', size: '1', context: contextOf({ marks: new Map() }), says: ['1 < unknown'] },
    { name: 'no equity', size: '1', context: contextOf({ equity: undefined }), says: ['1 < unknown'] },
    { name: 'unlimited', size: '1', context: contextOf({ equity: undefined, limits: UNLIMITED }), says: [] },
  ])('$name', ({ size, context, says }) => {
    expect(saysOf(grossExposure, intentOf(size), context)).toEqual(says);
  });
  test('an exit passes', () => {
    const context = contextOf({ positions: bySymbol(positionOf('ACME', '5000')) });
    expect(saysOf(grossExposure, intentOf('1', { side: 'sell' }), context)).toEqual([]);
  });
});
