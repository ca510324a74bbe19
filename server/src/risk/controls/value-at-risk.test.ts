import { describe, expect, test } from 'vitest';
import { price, ratio } from '../../money/fixed.ts';
import { DEFAULT_LIMITS, UNLIMITED, withLimit } from '../limits.ts';
import { before, bySymbol, contextOf, intentOf, markOf, NOW, openOf, positionOf, profileOf, saysOf } from '../sample-account.ts';
import { CALL, options, PUT } from '../sample-options.ts';
import type { Mark, RiskContext } from '../types.ts';
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

/** The third worst of 250 days of ACME, and the same turned around: three days on which it rose by as much. */
const fell = (by: number) => acme(by, by, by);
const rose = (by: number) => acme(-by, -by, -by);
interface Quoted {
  readonly premium?: string;
  readonly delta?: string;
  readonly theta?: string;
  readonly ageMs?: number;
}
const quoted = (symbol: string, { premium = '10', delta = '0.5', theta = '0', ageMs = 0 }: Quoted = {}): readonly [string, Mark] => [
  symbol,
  {
    ...markOf(premium),
    option: {
      delta: ratio(delta),
      gamma: ratio('0'),
      theta: ratio(theta),
      vega: ratio('0'),
      source: 'computed',
      at: before(ageMs),
    },
  },
];
const optionContext = (mark: readonly [string, Mark], change: Partial<RiskContext>): RiskContext =>
  contextOf({ options, marks: new Map([['ACME', markOf('100')], mark]), ...change });
const buys = (size: string, symbol: string = CALL) => intentOf(size, { symbol, limitPrice: price('10') });
const ONE_MORE = '6.000000001';

describe('options, by the moves of what they are written on', () => {
  test.each([
    // Half of 100 dollars, times a hundred shares, times 10 %: $500 a contract.
    { name: 'one unit under', size: '5.999999999', mark: quoted(CALL), context: fell(100_000), says: [] },
    { name: 'at', size: '6', mark: quoted(CALL), context: fell(100_000), says: [] },
    { name: 'one unit over', size: ONE_MORE, mark: quoted(CALL), context: fell(100_000), says: ['0.03 < 0.0300001'] },
    { name: 'a call gains where it rises', size: ONE_MORE, mark: quoted(CALL), context: rose(100_000), says: [] },
    { name: 'a put loses there, at', size: '6', symbol: PUT, mark: quoted(PUT, { delta: '-0.5' }), context: rose(100_000), says: [] },
    {
      name: 'a put, one unit over',
      size: ONE_MORE,
      symbol: PUT,
      mark: quoted(PUT, { delta: '-0.5' }),
      context: rose(100_000),
      says: ['0.03 < 0.0300001'],
    },
    // A dollar a share is taken by the day, as a fall by 2 % does.
    { name: 'a day takes its theta, at', size: '15', mark: quoted(CALL, { theta: '-1' }), context: fell(20_000), says: [] },
    { name: 'and over', size: '15.000000001', mark: quoted(CALL, { theta: '-1' }), context: fell(20_000), says: ['0.03 < 0.03000102'] },
    { name: 'no more than the premium, at', size: '30', mark: quoted(CALL, { premium: '1' }), context: fell(400_000), says: [] },
    {
      name: 'the premium, one unit over',
      size: '30.000000001',
      mark: quoted(CALL, { premium: '1' }),
      context: fell(400_000),
      says: ['0.03 < 0.030001'],
    },
    // Without fresh figures all of it: $1,000 a contract.
    { name: 'stale figures, at', size: '3', mark: quoted(CALL, { ageMs: 60_001 }), context: fell(1), says: [] },
    {
      name: 'stale figures, over',
      size: '3.000000001',
      mark: quoted(CALL, { ageMs: 60_001 }),
      context: fell(1),
      says: ['0.03 < 0.030001'],
    },
    { name: 'no figures', size: '3.000000001', mark: [CALL, markOf('10')] as const, context: fell(1), says: ['0.03 < 0.030001'] },
    {
      name: 'a delta that none can have',
      size: '3.000000001',
      mark: quoted(CALL, { delta: '-0.5' }),
      context: fell(1),
      says: ['0.03 < 0.030001'],
    },
  ])('$name', ({ size, symbol = CALL, mark, context, says }) => {
    const limits = { ...DEFAULT_LIMITS, expectedShortfallRatioMax: ratio('0.1') };
    expect(saysOf(valueAtRisk, buys(size, symbol), optionContext(mark, { ...context, limits }))).toEqual(says);
  });

  test('a put on what is held takes from the value at risk', () => {
    const held = { ...fell(60_001), positions: bySymbol(positionOf('ACME', '499')) };
    const plain = saysOf(valueAtRisk, intentOf('1'), contextOf(held));
    expect(plain).toEqual(['0.03 < 0.0300005']);
    const insured = { ...held, positions: bySymbol(positionOf('ACME', '499'), positionOf(PUT, '1')) };
    expect(saysOf(valueAtRisk, intentOf('1'), optionContext(quoted(PUT, { delta: '-0.5' }), insured))).toEqual([]);
  });

  test('a call that was sold on what is held loses what the shares gain, and gains nothing where they fall', () => {
    const held = (by: number) => ({ ...fell(by), positions: bySymbol(positionOf('ACME', '499'), positionOf(CALL, '-4')) });
    expect(saysOf(valueAtRisk, intentOf('1'), optionContext(quoted(CALL), held(60_000)))).toEqual([]);
    expect(saysOf(valueAtRisk, intentOf('1'), optionContext(quoted(CALL), held(60_001)))).toEqual(['0.03 < 0.0300005']);
    // Stale, it loses one and a half times its premium on every day.
    expect(saysOf(valueAtRisk, intentOf('1'), optionContext(quoted(CALL, { ageMs: 60_001 }), held(1)))).toEqual([
      '0.03 < 0.0600005',
      '0.045 < 0.0600005',
    ]);
  });
});
