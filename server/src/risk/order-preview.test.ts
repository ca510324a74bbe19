import { describe, expect, test } from 'vitest';
import { money, price, quantity, ratio } from '../money/fixed.ts';
import type { OrderIntent } from '../orders/order.ts';
import { evaluate } from './gate.ts';
import { collaredIntent, previewOrder } from './order-preview.ts';
import { bySymbol, contextOf, intentOf, marketOf, openOf, positionOf } from './sample-account.ts';

const collar = { collarMarketOrders: true };

describe('preview', () => {
  test('shows what the order would do, and places nothing', () => {
    const context = contextOf({ positions: bySymbol(positionOf('ACME', '10'), positionOf('BROAD', '5')), openOrders: [openOf('5')] });
    expect(previewOrder(intentOf('20'), context, collar)).toEqual({
      verdict: 'approved',
      denials: [],
      intent: intentOf('20'),
      referencePrice: price('100'),
      notional: money('2000'),
      orderRisk: money('400'),
      orderRiskRatio: ratio('0.004'),
      entry: quantity('20'),
      exposureBefore: money('1500'),
      exposureAfter: money('3500'),
      grossBefore: money('2000'),
      grossAfter: money('4000'),
    });
  });

  test('a market entry is shown as the marketable limit that it becomes', () => {
    const preview = previewOrder(marketOf('20', 'buy'), contextOf(), collar);
    expect(preview).toMatchObject({ verdict: 'approved', intent: { type: 'limit', limitPrice: price('105') }, notional: money('2100') });
    expect(previewOrder(marketOf('20', 'buy'), contextOf(), { collarMarketOrders: false }).denials.map((denial) => denial.code)).toEqual([
      'PriceCollar',
    ]);
  });

  test('says the same as the gate', () => {
    const intent = intentOf('5000', { limitPrice: price('120') });
    const { decision } = evaluate(intent, contextOf());
    expect(previewOrder(intent, contextOf(), collar)).toMatchObject({ verdict: 'denied', denials: decision.denials });
  });

  test('shows no figure that the data cannot support', () => {
    const blind = contextOf({ marks: new Map(), equity: undefined, positions: bySymbol(positionOf('ACME', '1')) });
    expect(previewOrder(marketOf('20', 'buy'), blind, collar)).toMatchObject({
      verdict: 'denied',
      referencePrice: undefined,
      notional: undefined,
      orderRisk: undefined,
      orderRiskRatio: undefined,
      exposureBefore: undefined,
      exposureAfter: undefined,
      grossAfter: undefined,
    });
    const nonsense = { ...intentOf('1'), quantity: 0n } as OrderIntent;
    expect(previewOrder(nonsense, contextOf(), collar)).toMatchObject({ verdict: 'denied', notional: undefined, exposureAfter: undefined });
  });
});

describe('market orders', () => {
  const long = contextOf({ positions: bySymbol(positionOf('ACME', '10')) });
  test.each([
    { name: 'an exit stays a market order', intent: marketOf('10', 'sell'), context: long, type: 'market' },
    { name: 'an entry becomes a limit', intent: marketOf('10', 'buy'), context: long, type: 'limit' },
    { name: 'an order through zero too', intent: marketOf('11', 'sell'), context: long, type: 'limit' },
    { name: 'not without a price', intent: marketOf('1', 'buy'), context: contextOf({ marks: new Map() }), type: 'market' },
    { name: 'nor for an unknown symbol', intent: marketOf('1', 'buy', { symbol: 'NOPE' }), context: contextOf(), type: 'market' },
    { name: 'nor without sense', intent: { ...marketOf('1', 'buy'), quantity: -1n } as OrderIntent, context: contextOf(), type: 'market' },
  ])('$name', ({ intent, context, type }) => {
    expect(collaredIntent(intent, context).type).toBe(type);
  });
});
