import { expect, test } from 'vitest';
import { orderOf } from './order-of.ts';

test.each([
  { of: 'a proposal', payload: { kind: 'OrderProposed', by: 'agent:k', intent: { id: 'o-1', symbol: 'A' } }, id: 'o-1' },
  { of: 'what became of it', payload: { kind: 'RecommendationChanged', recommendation: { id: 'o-2', intent: { id: 'o-2' } } }, id: 'o-2' },
  { of: 'a decision', payload: { kind: 'RecommendationDecided', recommendationId: 'o-3' }, id: 'o-3' },
  { of: 'an order that changed', payload: { kind: 'OrderChanged', order: { intent: { id: 'o-4' } } }, id: 'o-4' },
  { of: 'a cancellation', payload: { kind: 'CancelRequested', orderId: 'o-5' }, id: 'o-5' },
  { of: 'a limit', payload: { kind: 'LimitSet', name: 'x' }, id: undefined },
  { of: 'an id that is no text', payload: { intent: { id: 5 } }, id: undefined },
  { of: 'a list', payload: [{ orderId: 'o-6' }], id: undefined },
])('the order of $of', ({ payload, id }) => {
  expect(orderOf(JSON.stringify(payload))).toBe(id);
});

test('what is not JSON names no order', () => {
  expect(orderOf('{"orderId": "o-1"')).toBeUndefined();
});
