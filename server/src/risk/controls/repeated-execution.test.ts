import { expect, test } from 'vitest';
import type { OrderExecuted } from '../activity.ts';
import { UNLIMITED } from '../limits.ts';
import { before, bySymbol, contextOf, intentOf, positionOf, saysOf } from '../sample-account.ts';
import { repeatedExecution } from './repeated-execution.ts';

const own = { origin: { kind: 'strategy', strategyId: 's1', version: 'v1' } } as const;
const filled = (count: number, ageMs: number, fields: Partial<OrderExecuted> = {}, more: object = {}) => {
  const one: OrderExecuted = { at: before(ageMs), strategyId: 's1', symbol: 'ACME', side: 'buy', ...fields };
  return contextOf({ activity: { requests: [], executed: Array.from({ length: count }, () => one) }, ...more });
};

test.each([
  { name: 'one under', intent: intentOf('1', own), context: filled(8, 599_999), says: [] },
  { name: 'exactly', intent: intentOf('1', own), context: filled(9, 599_999), says: [] },
  { name: 'one over', intent: intentOf('1', own), context: filled(10, 599_999), says: ['10 < 11'] },
  { name: 'ten minutes have passed', intent: intentOf('1', own), context: filled(10, 600_000), says: [] },
  { name: 'the other side', intent: intentOf('1', own), context: filled(10, 1, { side: 'sell' }), says: [] },
  { name: 'another symbol', intent: intentOf('1', own), context: filled(10, 1, { symbol: 'BROAD' }), says: [] },
  { name: 'another strategy', intent: intentOf('1', own), context: filled(10, 1, { strategyId: 's2' }), says: [] },
  { name: 'a person', intent: intentOf('1'), context: filled(10, 1), says: [] },
  {
    name: 'an exit',
    intent: intentOf('1', { ...own, side: 'sell' }),
    context: filled(10, 1, { side: 'sell' }, { positions: bySymbol(positionOf('ACME', '1')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1', own), context: filled(99, 1, {}, { limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(repeatedExecution, intent, context)).toEqual(says);
});
