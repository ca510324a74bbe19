import { expect, test } from 'vitest';
import { UNLIMITED } from '../limits.ts';
import { ACME, bySymbol, contextOf, intentOf, positionOf, saysOf } from '../sample-account.ts';
import { restrictedSymbol } from './restricted-symbol.ts';

const lists = (fields: object, more: object = {}) =>
  contextOf({ restrictions: { denied: new Set(), allowed: new Set(), excepted: new Set(), ...fields }, ...more });
const otc = { instruments: bySymbol({ ...ACME, overTheCounter: true }) };
const leveraged = { instruments: bySymbol({ ...ACME, leveraged: true }) };

test.each([
  { name: 'no lists', intent: intentOf('1'), context: lists({}), says: [] },
  { name: 'denied by name', intent: intentOf('1'), context: lists({ denied: new Set(['ACME']) }), says: ['not on the deny list < ACME'] },
  { name: 'another is denied', intent: intentOf('1'), context: lists({ denied: new Set(['BROAD']) }), says: [] },
  { name: 'allowed by name', intent: intentOf('1'), context: lists({ allowed: new Set(['ACME']) }), says: [] },
  {
    name: 'others are allowed',
    intent: intentOf('1'),
    context: lists({ allowed: new Set(['BROAD']) }),
    says: ['on the allow list < ACME'],
  },
  {
    name: 'denied wins',
    intent: intentOf('1'),
    context: lists({ allowed: new Set(['ACME']), denied: new Set(['ACME']) }),
    says: ['not on the deny list < ACME'],
  },
  { name: 'outside of exchanges', intent: intentOf('1'), context: lists({}, otc), says: ['listed on an exchange < over the counter'] },
  { name: 'a leveraged fund', intent: intentOf('1'), context: lists({}, leveraged), says: ['no leverage < a leveraged fund'] },
  { name: 'let through by name', intent: intentOf('1'), context: lists({ excepted: new Set(['ACME']) }, leveraged), says: [] },
  {
    name: 'an exit',
    intent: intentOf('1', { side: 'sell' }),
    context: lists({ denied: new Set(['ACME']) }, { positions: bySymbol(positionOf('ACME', '1')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1'), context: lists({ denied: new Set(['ACME']) }, { limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(restrictedSymbol, intent, context)).toEqual(says);
});
