import { expect, test } from 'vitest';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { openOrders } from './open-orders.ts';

const open = (count: number, symbolOf: (index: number) => string, more: object = {}) =>
  contextOf({
    openOrders: Array.from({ length: count }, (_, index) => openOf('1', { id: `open-${index}`, symbol: symbolOf(index) })),
    ...more,
  });
const spread = (index: number): string => `S${index}`;
const same = (): string => 'ACME';

test.each([
  { name: 'one under', intent: intentOf('1'), context: open(48, spread), says: [] },
  { name: 'exactly', intent: intentOf('1'), context: open(49, spread), says: [] },
  { name: 'one over', intent: intentOf('1'), context: open(50, spread), says: ['50 < 51'] },
  { name: 'one symbol, one under', intent: intentOf('1'), context: open(3, same), says: [] },
  { name: 'one symbol, exactly', intent: intentOf('1'), context: open(4, same), says: [] },
  { name: 'one symbol, one over', intent: intentOf('1'), context: open(5, same), says: ['5 < 6'] },
  { name: 'both', intent: intentOf('1'), context: open(50, same), says: ['50 < 51', '5 < 51'] },
  { name: 'not itself twice', intent: intentOf('1', { id: 'open-0' }), context: open(5, same), says: [] },
  {
    name: 'an exit',
    intent: intentOf('1', { side: 'sell' }),
    context: open(60, same, { positions: bySymbol(positionOf('ACME', '1')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1'), context: open(60, same, { limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(openOrders, intent, context)).toEqual(says);
});
