import { expect, test } from 'vitest';
import { money } from '../../money/fixed.ts';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, positionOf, profileOf, saysOf } from '../sample-account.ts';
import { minimumLiquidity } from './minimum-liquidity.ts';

const traded = (usd: string) => ({ profiles: bySymbol(profileOf('ACME', { averageDollarVolume20: money(usd) })) });

test.each([
  { name: 'one unit over', intent: intentOf('1'), context: contextOf(traded('500000.000000001')), says: [] },
  { name: 'exactly', intent: intentOf('1'), context: contextOf(traded('500000')), says: [] },
  { name: 'one unit under', intent: intentOf('1'), context: contextOf(traded('499999.999999999')), says: ['500000 < 499999.999999999'] },
  { name: 'no history', intent: intentOf('1'), context: contextOf({ profiles: new Map() }), says: ['500000 < unknown'] },
  {
    name: 'an exit',
    intent: intentOf('1', { side: 'sell' }),
    context: contextOf({ profiles: new Map(), positions: bySymbol(positionOf('ACME', '1')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1'), context: contextOf({ profiles: new Map(), limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(minimumLiquidity, intent, context)).toEqual(says);
});
