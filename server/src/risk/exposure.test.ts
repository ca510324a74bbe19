import { describe, expect, test } from 'vitest';
import { format, money, price, quantity, ratio } from '../money/fixed.ts';
import { entryPart, exposureOf, openEntries, symbolExposure, withOrder, worstValue } from './exposure.ts';
import { heat, positionRisk } from './heat.ts';
import { moneyOf, orderRiskMoney, stressRatio } from './order-risk.ts';
import { bySymbol, contextOf, intentOf, marketOf, markOf, openOf, positionOf, profileOf } from './sample-account.ts';
import type { RiskContext } from './types.ts';
import type { FineMoney } from './valuation.ts';

const sell = { side: 'sell' } as const;
const dollars = (fine: FineMoney | undefined): string | undefined => (fine === undefined ? undefined : format(orderRiskMoney(fine)));
const grossOf = (context: RiskContext): string | undefined => {
  const { gross } = exposureOf(context);
  return gross === undefined ? undefined : format(moneyOf(gross));
};
describe('gross', () => {
  test.each([
    { name: 'nothing', context: contextOf(), gross: '0', count: 0 },
    {
      name: 'a long and a short',
      context: contextOf({ positions: bySymbol(positionOf('ACME', '10'), positionOf('BROAD', '-4')) }),
      gross: '1400',
      count: 2,
    },
    {
      name: 'an open buy',
      context: contextOf({ positions: bySymbol(positionOf('ACME', '10')), openOrders: [openOf('5')] }),
      gross: '1500',
      count: 1,
    },
    {
      name: 'an open exit frees nothing yet',
      context: contextOf({ positions: bySymbol(positionOf('ACME', '10')), openOrders: [openOf('10', sell)] }),
      gross: '1000',
      count: 1,
    },
    {
      name: 'an open sell through zero',
      context: contextOf({ positions: bySymbol(positionOf('ACME', '10')), openOrders: [openOf('50', sell)] }),
      gross: '4000',
      count: 1,
    },
    {
      name: 'buys and sells: the worse',
      context: contextOf({ openOrders: [openOf('5'), openOf('7', { ...sell, id: 'open-2' })] }),
      gross: '700',
      count: 1,
    },
    {
      name: 'only what remains',
      context: contextOf({
        openOrders: [
          { ...openOf('5'), remaining: quantity('2') },
          { ...openOf('5', { id: 'x' }), remaining: quantity('0') },
        ],
      }),
      gross: '200',
      count: 1,
    },
    {
      name: 'a crossed quote still counts what is held',
      context: contextOf({
        positions: bySymbol(positionOf('ACME', '1')),
        marks: new Map([['ACME', { ...markOf('90'), bid: price('92'), ask: price('91') }]]),
      }),
      gross: '90',
      count: 1,
    },
    { name: 'no price', context: contextOf({ positions: bySymbol(positionOf('GONE', '1')) }), gross: undefined, count: 1 },
  ])('$name', ({ context, gross, count }) => {
    expect(grossOf(context)).toBe(gross);
    expect(exposureOf(context).count).toBe(count);
  });

  test('counting an order afterwards equals counting it as open', () => {
    const intent = intentOf('30', { ...sell, id: 'new' });
    const context = contextOf({ positions: bySymbol(positionOf('ACME', '10')), openOrders: [openOf('5', sell)] });
    const open = { ...context, openOrders: [...context.openOrders, { id: 'new', intent, remaining: intent.quantity }] };
    expect(withOrder(exposureOf(context), { intent, remaining: intent.quantity }, context)).toEqual(exposureOf(open));
    expect(exposureOf(open, 'new')).toEqual(exposureOf(context));
  });
});

describe('Δ, the part that increases a position', () => {
  test.each([
    { name: 'nothing held', held: '0', pending: undefined, intent: intentOf('10'), entry: '10' },
    { name: 'adding', held: '5', pending: undefined, intent: intentOf('10'), entry: '10' },
    { name: 'closing part', held: '-15', pending: undefined, intent: intentOf('10'), entry: '0' },
    { name: 'closing all', held: '-10', pending: undefined, intent: intentOf('10'), entry: '0' },
    { name: 'through zero', held: '-4', pending: undefined, intent: intentOf('10'), entry: '6' },
    { name: 'one unit through zero', held: '-9.999999999', pending: undefined, intent: intentOf('10'), entry: '0.000000001' },
    { name: 'a pending exit has taken its part', held: '10', pending: openOf('8', sell), intent: intentOf('10', sell), entry: '8' },
    { name: 'a pending entry takes none', held: '10', pending: openOf('8'), intent: intentOf('10', sell), entry: '0' },
    { name: 'more pending than held', held: '10', pending: openOf('18', sell), intent: intentOf('10', sell), entry: '10' },
  ])('$name', ({ held, pending, intent, entry }) => {
    const context = contextOf({ positions: bySymbol(positionOf('ACME', held)), openOrders: pending === undefined ? [] : [pending] });
    expect(format(entryPart({ ...intent, id: 'new' }, intent.quantity, symbolExposure(exposureOf(context), 'ACME', context)))).toBe(entry);
  });

  test('of each open order, in their order', () => {
    const context = contextOf({
      positions: bySymbol(positionOf('ACME', '10')),
      openOrders: ['a', 'b', 'c'].map((id) => openOf('6', { ...sell, id })),
    });
    expect(openEntries(context).map(({ entry }) => format(entry))).toEqual(['0', '2', '6']);
  });
});

test('the worst of one symbol counts its orders at their own price where that is higher', () => {
  const context = contextOf({
    positions: bySymbol(positionOf('ACME', '10')),
    openOrders: [openOf('5', { limitPrice: price('104') }), openOf('1', { id: 'b', limitPrice: price('50') })],
  });
  const worst = worstValue(symbolExposure(exposureOf(context), 'ACME', context));
  expect(worst === undefined ? undefined : format(moneyOf(worst))).toBe('1620');
});

describe('stress without a stop', () => {
  test.each([
    { name: 'calm', side: 'buy', volatility: '0.01', stress: '0.2' },
    { name: 'at the floor', side: 'buy', volatility: '0.033333333', stress: '0.2' },
    { name: 'above the floor', side: 'buy', volatility: '0.033333334', stress: '0.200000004' },
    { name: 'a long loses at most all', side: 'buy', volatility: '0.2', stress: '1' },
    { name: 'a short more', side: 'sell', volatility: '0.2', stress: '1.8' },
    { name: 'a calm short', side: 'sell', volatility: '0.01', stress: '0.3' },
    { name: 'unknown', side: 'buy', volatility: undefined, stress: '1' },
    { name: 'unknown short', side: 'sell', volatility: undefined, stress: '1.5' },
    { name: 'impossible', side: 'buy', volatility: '-0.01', stress: '1' },
  ] as const)('$name', ({ side, volatility, stress }) => {
    expect(format(stressRatio(side, volatility === undefined ? undefined : ratio(volatility)))).toBe(stress);
  });
});

describe('heat', () => {
  const long = positionOf('ACME', '10');
  const stop = (size: string, at: string) => openOf(size, { ...sell, type: 'stop_limit', stopPrice: price(at), limitPrice: price(at) });
  test.each([
    { name: 'a bare long at stress', position: long, openOrders: [], risk: '200' },
    { name: 'a bare short at its stress', position: positionOf('ACME', '-10'), openOrders: [], risk: '300' },
    { name: 'stopped', position: long, openOrders: [stop('10', '96')], risk: '50' },
    { name: 'half stopped', position: long, openOrders: [stop('5', '96')], risk: '125' },
    { name: 'a stop for more than is held', position: long, openOrders: [stop('50', '96')], risk: '50' },
    { name: 'a stop that locks a gain in', position: long, openOrders: [stop('10', '101')], risk: '0' },
    {
      name: 'a stop of another symbol',
      position: long,
      openOrders: [openOf('10', { ...sell, symbol: 'BROAD', stopPrice: price('96') })],
      risk: '200',
    },
    { name: 'a limit sell is no stop', position: long, openOrders: [openOf('10', sell)], risk: '200' },
  ])('$name', ({ position, openOrders, risk }) => {
    const context = contextOf({ positions: bySymbol(position), openOrders });
    expect(dollars(positionRisk(position, context))).toBe(risk);
  });

  test('adds up positions and open entries', () => {
    const context = contextOf({
      positions: bySymbol(long),
      openOrders: [openOf('10', { symbol: 'BROAD' }), openOf('10', { ...sell, id: 'exit' })],
      profiles: bySymbol(profileOf('ACME'), profileOf('BROAD')),
    });
    expect(dollars(heat(context))).toBe('400');
  });
  test('is unknown where a price is', () => {
    expect(heat(contextOf({ positions: bySymbol(positionOf('GONE', '1')) }))).toBeUndefined();
    expect(heat(contextOf({ openOrders: [{ ...openOf('1'), intent: marketOf('1', 'buy', { symbol: 'GONE' }) }] }))).toBeUndefined();
    expect(heat(contextOf({ positions: bySymbol(positionOf('GONE', '0')) }))).toBe(0n);
    expect(heat(contextOf({ equity: money('1') }))).toBe(0n);
  });
});
