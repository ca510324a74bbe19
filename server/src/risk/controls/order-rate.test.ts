import { expect, test } from 'vitest';
import type { OrderRequest } from '../activity.ts';
import type { OrderIntent } from '../../orders/order.ts';
import { UNLIMITED } from '../limits.ts';
import { before, bySymbol, contextOf, intentOf, marketOf, positionOf, saysOf } from '../sample-account.ts';
import { orderRate } from './order-rate.ts';

const request = (ageMs: number, fields: Partial<OrderRequest> = {}): OrderRequest => ({
  at: before(ageMs),
  by: 'owner',
  symbol: 'ACME',
  side: 'buy',
  quantity: 1n as OrderRequest['quantity'],
  entry: true,
  approved: false,
  ...fields,
});
const lately = (count: number, ageMs: number, fields: Partial<OrderRequest> = {}, more: object = {}) =>
  contextOf({ activity: { requests: Array.from({ length: count }, () => request(ageMs, fields)), executed: [] }, ...more });
const strategy = { origin: { kind: 'strategy', strategyId: 's1', version: 'v1' } } as const;
const agent = { origin: { kind: 'ticket', principal: 'agent:a1' } } as const;
const held = { positions: bySymbol(positionOf('ACME', '100')) };
const exit: OrderIntent = marketOf('1', 'sell');

test.each([
  { name: 'a second, one under', intent: intentOf('1'), context: lately(3, 999), says: [] },
  { name: 'a second, exactly', intent: intentOf('1'), context: lately(4, 999), says: [] },
  { name: 'a second, one over, denied ones counted', intent: intentOf('1'), context: lately(5, 999), says: ['5 < 6'] },
  { name: 'a second has passed', intent: intentOf('1'), context: lately(5, 1_000), says: [] },
  { name: 'a minute, exactly', intent: intentOf('1'), context: lately(59, 59_999), says: [] },
  { name: 'a minute, one over', intent: intentOf('1'), context: lately(60, 59_999), says: ['60 < 61'] },
  { name: 'a minute has passed', intent: intentOf('1'), context: lately(60, 60_000), says: [] },
  { name: 'a strategy, exactly', intent: intentOf('1', strategy), context: lately(19, 30_000, { by: 'strategy:s1' }), says: [] },
  { name: 'a strategy, one over', intent: intentOf('1', strategy), context: lately(20, 30_000, { by: 'strategy:s1' }), says: ['20 < 21'] },
  { name: 'another strategy', intent: intentOf('1', strategy), context: lately(20, 30_000, { by: 'strategy:s2' }), says: [] },
  { name: 'an agent, exactly', intent: intentOf('1', agent), context: lately(4, 30_000, { by: 'agent:a1' }), says: [] },
  { name: 'an agent, one over', intent: intentOf('1', agent), context: lately(5, 30_000, { by: 'agent:a1' }), says: ['5 < 6'] },
  { name: 'exits fill no lane of entries', intent: intentOf('1'), context: lately(60, 1, { entry: false }), says: [] },
  { name: 'entries fill no lane of exits', intent: exit, context: lately(60, 1, {}, held), says: [] },
  { name: 'an exit, exactly', intent: exit, context: lately(9, 999, { entry: false }, held), says: [] },
  { name: 'an exit, one over', intent: exit, context: lately(10, 999, { entry: false }, held), says: ['10 < 11'] },
  { name: 'a basket of exits', intent: exit, context: lately(40, 0, { entry: false, symbol: 'BROAD' }, held), says: [] },
  {
    name: 'closing for the kill switch',
    intent: { ...exit, origin: { kind: 'flatten', principal: 'owner' } as const },
    context: lately(40, 0, { entry: false }, held),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1'), context: lately(900, 0, {}, { limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(orderRate, intent, context)).toEqual(says);
});
