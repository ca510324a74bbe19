import { expect, test } from 'vitest';
import { instantFromMs } from '../../money/instant.ts';
import { UNLIMITED } from '../limits.ts';
import { ACME, before, bySymbol, contextOf, intentOf, NOW, positionOf, saysOf } from '../sample-account.ts';
import { marketHours } from './market-hours.ts';

const since = (ms: number) => contextOf({ session: { openAt: before(ms), closeAt: instantFromMs(NOW + 10_000_000) } });
const until = (ms: number) => contextOf({ session: { openAt: before(10_000_000), closeAt: instantFromMs(NOW + ms) } });
const closed = { marketOpen: false, session: undefined };
const exit = intentOf('1', { side: 'sell' });
const held = { positions: bySymbol(positionOf('ACME', '1')) };

test.each([
  { name: 'opened, one millisecond under', intent: intentOf('1'), context: since(119_999), says: ['120000 < 119999'] },
  { name: 'opened, exactly', intent: intentOf('1'), context: since(120_000), says: [] },
  { name: 'opened, one over', intent: intentOf('1'), context: since(120_001), says: [] },
  { name: 'closes, one under', intent: intentOf('1'), context: until(119_999), says: ['120000 < 119999'] },
  { name: 'closes, exactly', intent: intentOf('1'), context: until(120_000), says: [] },
  { name: 'closed: waits for the next opening', intent: intentOf('1'), context: contextOf(closed), says: [] },
  { name: 'closed: at the opening', intent: intentOf('1', { timeInForce: 'opg' }), context: contextOf(closed), says: [] },
  { name: 'closed: at once', intent: intentOf('1', { timeInForce: 'ioc' }), context: contextOf(closed), says: ['day, gtc, opg < ioc'] },
  { name: 'closed in regular hours', intent: intentOf('1'), context: contextOf({ marketOpen: false }), says: ['open < halted'] },
  {
    name: 'open, and the calendar knows nothing',
    intent: intentOf('1'),
    context: contextOf({ session: undefined }),
    says: ['a session of the calendar < unknown'],
  },
  { name: 'halted', intent: intentOf('1'), context: contextOf({ halted: new Set(['ACME']) }), says: ['not halted < halted'] },
  { name: 'another is halted', intent: intentOf('1'), context: contextOf({ halted: new Set(['BROAD']) }), says: [] },
  {
    name: 'crypto',
    intent: intentOf('1'),
    context: contextOf({ ...closed, instruments: bySymbol({ ...ACME, assetClass: 'crypto' }) }),
    says: [],
  },
  { name: 'an exit', intent: exit, context: contextOf({ ...held, halted: new Set(['ACME']), marketOpen: false }), says: [] },
  { name: 'unlimited', intent: intentOf('1'), context: contextOf({ marketOpen: false, limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(marketHours, intent, context)).toEqual(says);
});
