import { expect, test } from 'vitest';
import { UNLIMITED } from '../limits.ts';
import { before, bySymbol, contextOf, intentOf, positionOf, saysOf } from '../sample-account.ts';
import { liveGate } from './live-gate.ts';

const own = { origin: { kind: 'strategy', strategyId: 's1', version: 'v1' } } as const;
const promoted = (version: string, paperDays: number) =>
  contextOf({ mode: 'live', liveGate: { promotions: new Map([['s1', { version, paperDays }]]), traders: new Set() } });
const trading = contextOf({ mode: 'live', liveGate: { promotions: new Map(), traders: new Set(['owner']) } });
const ticket = (agoMs: number) => ({ origin: { kind: 'ticket', principal: 'owner', confirmedAt: before(agoMs) } }) as const;

test.each([
  { name: 'one day under', intent: intentOf('1', own), context: promoted('v1', 19), says: ['20 < 19'] },
  { name: 'exactly', intent: intentOf('1', own), context: promoted('v1', 20), says: [] },
  { name: 'one day over', intent: intentOf('1', own), context: promoted('v1', 21), says: [] },
  { name: 'another version', intent: intentOf('1', own), context: promoted('v2', 90), says: ['a promoted version < v1'] },
  { name: 'never promoted', intent: intentOf('1', own), context: contextOf({ mode: 'live' }), says: ['a promoted version < v1'] },
  { name: 'log-in, one under', intent: intentOf('1', ticket(899_999)), context: trading, says: [] },
  { name: 'log-in, exactly', intent: intentOf('1', ticket(900_000)), context: trading, says: [] },
  { name: 'log-in, one over', intent: intentOf('1', ticket(900_001)), context: trading, says: ['900000 < 900001'] },
  { name: 'a key, which has no log-in', intent: intentOf('1'), context: trading, says: ['a fresh log-in < none'] },
  {
    name: 'no role',
    intent: intentOf('1', { origin: { kind: 'ticket', principal: 'guest', confirmedAt: before(0) } }),
    context: trading,
    says: ['a role for live trading < none'],
  },
  { name: 'nobody', intent: intentOf('1', ticket(0)), context: contextOf({ mode: 'live' }), says: ['a role for live trading < none'] },
  { name: 'on paper', intent: intentOf('1', own), context: contextOf(), says: [] },
  {
    name: 'an exit',
    intent: intentOf('1', { side: 'sell' }),
    context: contextOf({ mode: 'live', positions: bySymbol(positionOf('ACME', '1')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1'), context: contextOf({ mode: 'live', limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(liveGate, intent, context)).toEqual(says);
});
