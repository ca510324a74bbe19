import { describe, expect, test } from 'vitest';
import { money, price } from '../../money/fixed.ts';
import { DEFAULT_LIMITS, UNLIMITED, withLimit } from '../limits.ts';
import { contextOf, intentOf, positionOf, bySymbol, saysOf } from '../sample-account.ts';
import { orderNotional } from './order-notional.ts';

const rich = contextOf({ equity: money('1000000') });

describe('size of an order at most $25,000 and 10 % of equity', () => {
  test.each([
    { name: 'share, one unit under', size: '99.999999999', context: contextOf(), says: [] },
    { name: 'share, exactly', size: '100', context: contextOf(), says: [] },
    { name: 'share, one unit over', size: '100.000000001', context: contextOf(), says: ['0.1 < 0.100000001'] },
    { name: 'dollars, one unit under', size: '249.999999999', context: rich, says: [] },
    { name: 'dollars, exactly', size: '250', context: rich, says: [] },
    { name: 'dollars, one unit over', size: '250.000000001', context: rich, says: ['25000 < 25000.0000001'] },
    { name: 'both', size: '300', context: contextOf(), says: ['25000 < 30000', '0.1 < 0.3'] },
    { name: 'HALF, exactly', size: '50', context: contextOf({ tradingState: 'HALF' }), says: [] },
    { name: 'HALF, one unit over', size: '50.000000001', context: contextOf({ tradingState: 'HALF' }), says: ['0.05 < 0.050000001'] },
    {
      name: 'HALF dollars, one unit over',
      size: '125.000000001',
      context: { ...rich, tradingState: 'HALF' as const },
      says: ['12500 < 12500.0000001'],
    },
    { name: 'no price', size: '1', context: contextOf({ marks: new Map() }), says: ['25000 < unknown', '0.1 < unknown'] },
    { name: 'no equity', size: '1', context: contextOf({ equity: undefined }), says: ['0.1 < unknown'] },
    { name: 'unlimited', size: '1', context: contextOf({ equity: undefined, marks: new Map(), limits: UNLIMITED }), says: [] },
    { name: 'an exit has no size', size: '5000', context: contextOf({ positions: bySymbol(positionOf('ACME', '-5000')) }), says: [] },
  ])('$name', ({ size, context, says }) => {
    expect(saysOf(orderNotional, intentOf(size), context)).toEqual(says);
  });

  test.each([
    { name: 'a limit above the price counts at the limit', limitPrice: price('102'), size: '98.1', says: ['0.1 < 0.100062'] },
    { name: 'a limit below the price counts at the price', limitPrice: price('50'), size: '100.1', says: ['0.1 < 0.1001'] },
  ])('$name', ({ limitPrice, size, says }) => {
    expect(saysOf(orderNotional, intentOf(size, { limitPrice }), contextOf())).toEqual(says);
  });

  test('an odd limit is halved exactly, not rounded', () => {
    const limits = withLimit(DEFAULT_LIMITS, 'orderNotionalUsdMax', money('100.000000001'));
    const context = contextOf({
      limits,
      tradingState: 'HALF',
      marks: new Map([['ACME', { ...contextOf().marks.get('ACME'), price: price('1'), at: contextOf().now, basis: 'trade' as const }]]),
    });
    expect(saysOf(orderNotional, intentOf('50', { limitPrice: price('1') }), context)).toEqual([]);
    expect(saysOf(orderNotional, intentOf('50.000000001', { limitPrice: price('1') }), context)).toEqual(['50 < 50.000000001']);
  });
});
