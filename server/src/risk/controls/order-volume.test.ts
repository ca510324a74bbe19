import { expect, test } from 'vitest';
import { quantity } from '../../money/fixed.ts';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, positionOf, profileOf, saysOf } from '../sample-account.ts';
import { orderVolume } from './order-volume.ts';

const traded = (units: string) => ({ profiles: bySymbol(profileOf('ACME', { averageVolume20: quantity(units) })) });
const { averageVolume20: _none, ...young } = profileOf('ACME');

test.each([
  { name: 'one unit under', intent: intentOf('9.999999999'), context: contextOf(traded('1000')), says: [] },
  { name: 'exactly', intent: intentOf('10'), context: contextOf(traded('1000')), says: [] },
  { name: 'one unit over', intent: intentOf('10.000000001'), context: contextOf(traded('1000')), says: ['0.01 < 0.010000001'] },
  { name: 'no history', intent: intentOf('1'), context: contextOf({ profiles: bySymbol(young) }), says: ['0.01 < unknown'] },
  { name: 'no volume', intent: intentOf('1'), context: contextOf(traded('0')), says: ['0.01 < unknown'] },
  {
    name: 'an exit',
    intent: intentOf('100', { side: 'sell' }),
    context: contextOf({ ...traded('1'), positions: bySymbol(positionOf('ACME', '100')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1'), context: contextOf({ profiles: new Map(), limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(orderVolume, intent, context)).toEqual(says);
});
