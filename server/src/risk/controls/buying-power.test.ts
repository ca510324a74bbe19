import { describe, expect, test } from 'vitest';
import { money, price } from '../../money/fixed.ts';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { buyingPower } from './buying-power.ts';

const power = (usd: string) => ({ buyingPower: money(usd) });
const sell = { side: 'sell' } as const;

describe('at most 90 % of buying power', () => {
  test.each([
    { name: 'one unit under', intent: intentOf('89.999999999'), context: contextOf(power('10000')), says: [] },
    { name: 'exactly', intent: intentOf('90'), context: contextOf(power('10000')), says: [] },
    { name: 'one unit over', intent: intentOf('90.000000001'), context: contextOf(power('10000')), says: ['0.9 < 0.900000001'] },
    {
      name: 'a higher limit costs more',
      intent: intentOf('90', { limitPrice: price('101') }),
      context: contextOf(power('10000')),
      says: ['0.9 < 0.909'],
    },
    { name: 'a short costs 1.03 times, exactly', intent: intentOf('90', sell), context: contextOf(power('10300')), says: [] },
    {
      name: 'a short, one unit over',
      intent: intentOf('90.000000001', sell),
      context: contextOf(power('10300')),
      says: ['0.9 < 0.900000001'],
    },
    {
      name: 'open orders reserve',
      intent: intentOf('50'),
      context: contextOf({ ...power('10000'), openOrders: [openOf('40.1')] }),
      says: ['0.9 < 0.901'],
    },
    {
      name: 'but not what the broker holds already',
      intent: intentOf('90'),
      context: contextOf({ ...power('10000'), openOrders: [{ ...openOf('40'), heldByBroker: true }] }),
      says: [],
    },
    {
      name: 'closing costs nothing',
      intent: intentOf('990'),
      context: contextOf({ ...power('10000'), positions: bySymbol(positionOf('ACME', '-900')) }),
      says: [],
    },
    {
      name: 'nor does an open exit',
      intent: intentOf('90', { symbol: 'BROAD' }),
      context: contextOf({ ...power('10000'), positions: bySymbol(positionOf('ACME', '50')), openOrders: [openOf('50', sell)] }),
      says: [],
    },
    { name: 'unknown', intent: intentOf('1'), context: contextOf({ buyingPower: undefined }), says: ['0.9 < unknown'] },
    { name: 'none left', intent: intentOf('1'), context: contextOf(power('0')), says: ['0.9 < unknown'] },
    { name: 'no price', intent: intentOf('1'), context: contextOf({ marks: new Map() }), says: ['0.9 < unknown'] },
    { name: 'unlimited', intent: intentOf('1'), context: contextOf({ buyingPower: undefined, limits: UNLIMITED }), says: [] },
    {
      name: 'an exit',
      intent: intentOf('10', sell),
      context: contextOf({ buyingPower: undefined, positions: bySymbol(positionOf('ACME', '10')) }),
      says: [],
    },
  ])('$name', ({ intent, context, says }) => {
    expect(saysOf(buyingPower, intent, context)).toEqual(says);
  });
});
