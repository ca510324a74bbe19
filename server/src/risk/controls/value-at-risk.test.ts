import { expect, test } from 'vitest';
import { ratio } from '../../money/fixed.ts';
import { DEFAULT_LIMITS, UNLIMITED, withLimit } from '../limits.ts';
import { bySymbol, contextOf, intentOf, NOW, openOf, positionOf, profileOf, saysOf } from '../sample-account.ts';
import { valueAtRisk } from './value-at-risk.ts';

const TODAY = Math.floor(NOW / 86_400_000);
/** 250 days without a move, except the worst ones: shares lost, in millionths. */
const history = (symbol: string, ...worst: readonly number[]) => {
  const millionths = Array.from({ length: 250 }, (_, day) => (day < worst.length ? -(worst[day] ?? 0) : 1));
  return profileOf(symbol, { dailyReturns: { days: millionths.map((_, index) => TODAY - 250 + index), millionths } });
};
const acme = (...worst: readonly number[]) => ({ profiles: bySymbol(history('ACME', ...worst), history('BROAD')) });
const young = (days: number) => {
  const { days: all, millionths } = history('ACME').dailyReturns ?? { days: [], millionths: [] };
  return {
    profiles: bySymbol(
      history('BROAD'),
      profileOf('ACME', { dailyReturns: { days: all.slice(-days), millionths: millionths.slice(-days) } }),
    ),
  };
};
const roomy = withLimit(DEFAULT_LIMITS, 'valueAtRiskRatioMax', ratio('0.1'));

test.each([
  { name: 'the third worst day, one millionth under', intent: intentOf('500'), context: contextOf(acme(60_000, 60_000, 59_999)), says: [] },
  { name: 'exactly', intent: intentOf('500'), context: contextOf(acme(60_000, 60_000, 60_000)), says: [] },
  { name: 'one millionth over', intent: intentOf('500'), context: contextOf(acme(60_001, 60_001, 60_001)), says: ['0.03 < 0.0300005'] },
  { name: 'two worse days are no more than 1 %', intent: intentOf('500'), context: contextOf(acme(70_000, 70_000, 0)), says: [] },
  {
    name: 'shortfall, exactly',
    intent: intentOf('500'),
    context: contextOf({ ...acme(100_000, 95_000, 60_000), limits: roomy }),
    says: [],
  },
  {
    name: 'shortfall, one millionth over',
    intent: intentOf('500'),
    context: contextOf({ ...acme(100_001, 95_000, 60_000), limits: roomy }),
    says: ['0.045 < 0.0450002'],
  },
  {
    name: 'an order that lowers it',
    intent: intentOf('10', { symbol: 'BROAD' }),
    context: contextOf({ ...acme(90_000, 90_000, 90_000), positions: bySymbol(positionOf('ACME', '900')) }),
    says: [],
  },
  {
    name: 'open entries count',
    intent: intentOf('250'),
    context: contextOf({ ...acme(60_001, 60_001, 60_001), openOrders: [openOf('250')] }),
    says: ['0.03 < 0.0300005'],
  },
  { name: 'a day before its history loses its stress, exactly', intent: intentOf('150'), context: contextOf(young(247)), says: [] },
  { name: 'and more', intent: intentOf('151'), context: contextOf(young(247)), says: ['0.03 < 0.0302'] },
  {
    name: 'two such days are no more than 1 %',
    intent: intentOf('500'),
    context: contextOf({ ...young(248), limits: { ...DEFAULT_LIMITS, expectedShortfallRatioMax: ratio('0.1') } }),
    says: [],
  },
  {
    name: 'no history at all',
    intent: intentOf('226'),
    context: contextOf({ profiles: new Map() }),
    says: ['0.03 < 0.226', '0.045 < 0.226'],
  },
  { name: 'no equity', intent: intentOf('1'), context: contextOf({ equity: undefined }), says: ['0.03 < unknown'] },
  { name: 'no price', intent: intentOf('1'), context: contextOf({ marks: new Map() }), says: ['0.03 < unknown'] },
  {
    name: 'an exit',
    intent: intentOf('1', { side: 'sell' }),
    context: contextOf({ ...acme(90_000, 90_000, 90_000), positions: bySymbol(positionOf('ACME', '9000')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('900'), context: contextOf({ equity: undefined, limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(valueAtRisk, intent, context)).toEqual(says);
});
