import { expect, test } from 'vitest';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, positionOf, saysOf } from '../sample-account.ts';
import { clockSkew } from './clock-skew.ts';

test.each([
  { name: 'one millisecond under', intent: intentOf('1'), context: contextOf({ clockSkewMs: 999 }), says: [] },
  { name: 'exactly', intent: intentOf('1'), context: contextOf({ clockSkewMs: -1_000 }), says: [] },
  { name: 'one over', intent: intentOf('1'), context: contextOf({ clockSkewMs: 1_001 }), says: ['1000 < 1001'] },
  { name: 'one over, behind', intent: intentOf('1'), context: contextOf({ clockSkewMs: -1_001 }), says: ['1000 < 1001'] },
  { name: 'never measured', intent: intentOf('1'), context: contextOf({ clockSkewMs: undefined }), says: ['1000 < unknown'] },
  { name: 'a simulated venue', intent: intentOf('1'), context: contextOf({ clockSkewMs: undefined, mode: 'simulated' }), says: [] },
  {
    name: 'an exit',
    intent: intentOf('1', { side: 'sell' }),
    context: contextOf({ clockSkewMs: 60_000, positions: bySymbol(positionOf('ACME', '1')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1'), context: contextOf({ clockSkewMs: undefined, limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(clockSkew, intent, context)).toEqual(says);
});
