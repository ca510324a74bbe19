import { expect, test } from 'vitest';
import { UNLIMITED } from '../limits.ts';
import { before, bySymbol, contextOf, intentOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { unknownOutcome } from './unknown-outcome.ts';

const lost = (ages: readonly number[], symbol = 'BROAD', more: object = {}) =>
  contextOf({
    openOrders: ages.map((age, index) => ({ ...openOf('1', { id: `open-${index}`, symbol }), unknownSince: before(age) })),
    ...more,
  });

test.each([
  { name: 'one elsewhere', intent: intentOf('1'), context: lost([0]), says: [] },
  { name: 'two elsewhere', intent: intentOf('1'), context: lost([0, 0]), says: [] },
  { name: 'three', intent: intentOf('1'), context: lost([0, 0, 0]), says: ['2 < 3'] },
  { name: 'one on the symbol', intent: intentOf('1'), context: lost([0], 'ACME'), says: ['0 < 1'] },
  { name: 'for 30 s', intent: intentOf('1'), context: lost([30_000]), says: [] },
  { name: 'for longer', intent: intentOf('1'), context: lost([30_001]), says: ['30000 < 30001'] },
  { name: 'all at once', intent: intentOf('1'), context: lost([40_000, 0, 0], 'ACME'), says: ['0 < 3', '2 < 3', '30000 < 40000'] },
  { name: 'an order that is only open', intent: intentOf('1'), context: contextOf({ openOrders: [openOf('1')] }), says: [] },
  {
    name: 'an exit',
    intent: intentOf('1', { side: 'sell' }),
    context: lost([90_000, 0, 0], 'ACME', { positions: bySymbol(positionOf('ACME', '1')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1'), context: lost([90_000], 'ACME', { limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(unknownOutcome, intent, context)).toEqual(says);
});
