import { describe, expect, test } from 'vitest';
import { money, price, ratio } from '../../money/fixed.ts';
import { DEFAULT_LIMITS, UNLIMITED, withLimit } from '../limits.ts';
import { ACME, bySymbol, contextOf, intentOf, markOf, marketOf, positionOf, profileOf, saysOf } from '../sample-account.ts';
import { collaredLimit, priceCollar } from './price-collar.ts';

const sell = { side: 'sell' } as const;
const at = (limit: string, side: 'buy' | 'sell' = 'buy') => intentOf('1', { side, limitPrice: price(limit) });
const liquid = { profiles: bySymbol(profileOf('ACME', { averageDollarVolume20: money('50000000') })) };
const long = { positions: bySymbol(positionOf('ACME', '10')) };
const stale = { marks: new Map([['ACME', markOf('100', 30_001)]]) };

describe('a limit crosses the price by at most 5 %, 3 % where liquid', () => {
  test.each([
    { name: 'one unit under', intent: at('104.999999999'), context: contextOf(), says: [] },
    { name: 'exactly', intent: at('105'), context: contextOf(), says: [] },
    { name: 'one unit over', intent: at('105.000000001'), context: contextOf(), says: ['0.05 < 0.050000001'] },
    { name: 'short, exactly', intent: at('95', 'sell'), context: contextOf(), says: [] },
    { name: 'short, one unit over', intent: at('94.999999999', 'sell'), context: contextOf(), says: ['0.05 < 0.050000001'] },
    { name: 'far from the market does not cross', intent: at('1'), context: contextOf(), says: [] },
    { name: 'a far sell neither', intent: at('999', 'sell'), context: contextOf(), says: [] },
    { name: 'liquid, exactly', intent: at('103'), context: contextOf(liquid), says: [] },
    { name: 'liquid, one unit over', intent: at('103.000000001'), context: contextOf(liquid), says: ['0.03 < 0.030000001'] },
    { name: 'a market entry', intent: marketOf('1', 'buy'), context: contextOf(), says: ['0.05 < market'] },
    { name: 'a market exit', intent: marketOf('1', 'sell'), context: contextOf(long), says: [] },
    { name: 'no price', intent: at('100'), context: contextOf({ marks: new Map() }), says: ['0.05 < unknown'] },
    { name: 'unlimited', intent: marketOf('1', 'buy'), context: contextOf({ limits: UNLIMITED }), says: [] },
    {
      name: 'stop-limit, from its stop',
      intent: intentOf('1', { type: 'stop_limit', stopPrice: price('120'), limitPrice: price('126') }),
      context: contextOf(),
      says: [],
    },
    {
      name: 'stop-limit, over',
      intent: intentOf('1', { type: 'stop_limit', stopPrice: price('120'), limitPrice: price('126.01') }),
      context: contextOf(),
      says: ['0.05 < 0.050083334'],
    },
    {
      name: 'stop-limit already through, from the price',
      intent: intentOf('1', { type: 'stop_limit', stopPrice: price('50'), limitPrice: price('105') }),
      context: contextOf(),
      says: [],
    },
    { name: 'exit, exactly 10 %', intent: at('90', 'sell'), context: contextOf(long), says: [] },
    { name: 'exit, one unit over', intent: at('89.999999999', 'sell'), context: contextOf(long), says: ['0.1 < 0.100000001'] },
    {
      name: 'reduce-only, one unit over',
      intent: intentOf('1', { ...sell, limitPrice: price('89.999999999'), reduceOnly: true }),
      context: contextOf(long),
      says: ['0.1 < 0.100000001'],
    },
    { name: 'an exit is not held to an old price', intent: at('50', 'sell'), context: contextOf({ ...long, ...stale }), says: [] },
    { name: 'an exit needs no price', intent: at('50', 'sell'), context: contextOf({ ...long, marks: new Map() }), says: [] },
  ])('$name', ({ intent, context, says }) => {
    expect(saysOf(priceCollar, intent, context)).toEqual(says);
  });
});

describe('the limit that a market order becomes', () => {
  const liquidProfile = profileOf('ACME', { averageDollarVolume20: money('50000000') });
  const quoted = { ...markOf('100'), bid: price('99'), ask: price('103'), basis: 'quote' } as const;
  test.each([
    { name: 'buy', side: 'buy', mark: markOf('100'), profile: profileOf('ACME'), limit: '105' },
    { name: 'sell', side: 'sell', mark: markOf('100'), profile: profileOf('ACME'), limit: '95' },
    { name: 'liquid', side: 'buy', mark: markOf('100'), profile: liquidProfile, limit: '103' },
    { name: 'nothing known: the tighter', side: 'sell', mark: markOf('100'), profile: undefined, limit: '97' },
    { name: 'rounded toward the price', side: 'buy', mark: markOf('33.33'), profile: profileOf('ACME'), limit: '34.99' },
    { name: 'rounded up for a sell', side: 'sell', mark: markOf('33.33'), profile: profileOf('ACME'), limit: '31.67' },
    { name: 'sub-penny below a dollar', side: 'buy', mark: markOf('0.5'), profile: profileOf('ACME'), limit: '0.525' },
    { name: 'from the middle of a quote', side: 'buy', mark: quoted, profile: profileOf('ACME'), limit: '106.05' },
  ] as const)('$name', ({ side, mark, profile, limit }) => {
    expect(collaredLimit(side, mark, ACME, DEFAULT_LIMITS, profile)).toBe(price(limit));
  });

  test('always passes the collar', () => {
    for (const side of ['buy', 'sell'] as const) {
      for (const collar of ['0', '0.0001', '0.03', '0.05', '0.1']) {
        for (const reference of ['0.0001', '0.9999', '1', '1.003', '5', '33.333333333', '99999.99']) {
          const limits = withLimit(DEFAULT_LIMITS, 'priceCollarRatioMax', ratio(collar));
          const context = contextOf({ limits, marks: new Map([['ACME', markOf(reference)]]) });
          const limitPrice = collaredLimit(side, markOf(reference), ACME, limits, profileOf('ACME'));
          expect(saysOf(priceCollar, intentOf('1', { side, limitPrice }), context), `${side} ${reference} ${collar}`).toEqual([]);
        }
      }
    }
  });

  test('without limits the widest collar is taken', () => {
    expect(collaredLimit('buy', markOf('100'), ACME, UNLIMITED)).toBe(price('110'));
  });
});
