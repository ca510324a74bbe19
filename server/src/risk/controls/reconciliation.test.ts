import { expect, test } from 'vitest';
import { UNLIMITED } from '../limits.ts';
import { before, bySymbol, contextOf, intentOf, positionOf, saysOf } from '../sample-account.ts';
import { reconciliation } from './reconciliation.ts';

const since = (ms: number, more: object = {}) => contextOf({ differences: [{ what: 'cash', since: before(ms) }], ...more });

test.each([
  { name: 'one millisecond under', intent: intentOf('1'), context: since(4_999), says: [] },
  { name: 'exactly', intent: intentOf('1'), context: since(5_000), says: [] },
  { name: 'one over', intent: intentOf('1'), context: since(5_001), says: ['5000 < 5001'] },
  {
    name: 'two',
    intent: intentOf('1'),
    context: contextOf({
      differences: [
        { what: 'cash', since: before(6_000) },
        { what: 'BROAD', since: before(7_000) },
      ],
    }),
    says: ['5000 < 6000', '5000 < 7000'],
  },
  {
    name: 'an exit',
    intent: intentOf('1', { side: 'sell' }),
    context: since(90_000, { positions: bySymbol(positionOf('ACME', '1')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1'), context: since(90_000, { limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(reconciliation, intent, context)).toEqual(says);
});
