import { describe, expect, test } from 'vitest';
import { money, price, ratio } from '../../money/fixed.ts';
import { UNLIMITED } from '../limits.ts';
import { before, bySymbol, contextOf, intentOf, positionOf, profileOf, saysOf } from '../sample-account.ts';
import { orderRiskControl } from './order-risk.ts';

const short = { side: 'sell' } as const;
const stopAt = (at: string) => ({ protectiveStop: price(at) });

describe('order risk at most 2 % of $100,000', () => {
  test.each([
    // Δ·100·20 % ≤ 2,000
    { name: 'one unit under', intent: intentOf('99.999999999'), says: [] },
    { name: 'exactly at the limit', intent: intentOf('100'), says: [] },
    { name: 'one unit over', intent: intentOf('100.000000001'), says: ['0.02 < 0.020000001'] },
    // a short is stressed 1.5 times: Δ·100·30 %
    { name: 'short, exactly', intent: intentOf('66.666666666', short), says: [] },
    { name: 'short, one unit over', intent: intentOf('66.666666667', short), says: ['0.02 < 0.020000001'] },
    // Δ·(100 − 84)·1.25 = 20 a share
    { name: 'with a stop, exactly', intent: intentOf('100', stopAt('84')), says: [] },
    { name: 'with a stop, one unit over', intent: intentOf('100.000000001', stopAt('84')), says: ['0.02 < 0.020000001'] },
    { name: 'short with a stop, exactly', intent: intentOf('100', { ...short, ...stopAt('116') }), says: [] },
    {
      name: 'short with a stop, one unit over',
      intent: intentOf('100.000000001', { ...short, ...stopAt('116') }),
      says: ['0.02 < 0.020000001'],
    },
  ])('$name', ({ intent, says }) => {
    expect(saysOf(orderRiskControl, intent, contextOf())).toEqual(says);
  });

  test.each([
    { name: 'HALF halves the limit: exactly', size: '50', context: contextOf({ tradingState: 'HALF' }), says: [] },
    { name: 'HALF: one unit over', size: '50.000000001', context: contextOf({ tradingState: 'HALF' }), says: ['0.01 < 0.010000001'] },
    // 6 × 5 % = 30 %
    {
      name: 'volatile: at',
      size: '66.666666666',
      context: contextOf({ profiles: bySymbol(profileOf('ACME', { dailyVolatility60: ratio('0.05') })) }),
      says: [],
    },
    {
      name: 'volatile: over',
      size: '66.666666667',
      context: contextOf({ profiles: bySymbol(profileOf('ACME', { dailyVolatility60: ratio('0.05') })) }),
      says: ['0.02 < 0.020000001'],
    },
    {
      name: 'a long loses at most all',
      size: '20',
      context: contextOf({ profiles: bySymbol(profileOf('ACME', { dailyVolatility60: ratio('0.5') })) }),
      says: [],
    },
    { name: 'unknown volatility: everything', size: '20', context: contextOf({ profiles: new Map() }), says: [] },
    { name: 'unknown volatility: over', size: '20.000000001', context: contextOf({ profiles: new Map() }), says: ['0.02 < 0.020000001'] },
    { name: 'no price', size: '1', context: contextOf({ marks: new Map() }), says: ['0.02 < unknown'] },
    { name: 'no equity', size: '1', context: contextOf({ equity: undefined }), says: ['0.02 < unknown'] },
    { name: 'equity of no time', size: '1', context: contextOf({ equityAt: undefined }), says: ['0.02 < unknown'] },
    { name: 'equity 60 s old', size: '1', context: contextOf({ equityAt: before(60_000) }), says: [] },
    { name: 'equity 60,001 ms old', size: '1', context: contextOf({ equityAt: before(60_001) }), says: ['0.02 < unknown'] },
    { name: 'equity from the future', size: '1', context: contextOf({ equityAt: before(-1_001) }), says: ['0.02 < unknown'] },
    { name: 'no money at all', size: '1', context: contextOf({ equity: money('0') }), says: ['0.02 < unknown'] },
    {
      name: 'unlimited needs nothing',
      size: '1',
      context: contextOf({ equity: undefined, marks: new Map(), limits: UNLIMITED }),
      says: [],
    },
  ])('$name', ({ size, context, says }) => {
    expect(saysOf(orderRiskControl, intentOf(size), context)).toEqual(says);
  });

  test('fees count where a stop bounds the loss', () => {
    const context = contextOf({ feeRate: ratio('0.01') });
    // Δ·(16·1.25 + 1) = 21 a share
    expect(saysOf(orderRiskControl, intentOf('95.238095238', stopAt('84')), context)).toEqual([]);
    expect(saysOf(orderRiskControl, intentOf('95.238095239', stopAt('84')), context)).toEqual(['0.02 < 0.020000001']);
  });

  test('only the part that increases the position counts', () => {
    const context = contextOf({ positions: bySymbol(positionOf('ACME', '-500')) });
    expect(saysOf(orderRiskControl, intentOf('500'), context)).toEqual([]);
    expect(saysOf(orderRiskControl, intentOf('600'), context)).toEqual([]);
    expect(saysOf(orderRiskControl, intentOf('600.000000001'), context)).toEqual(['0.02 < 0.020000001']);
  });
});
