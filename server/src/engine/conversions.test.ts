import { describe, expect, test } from 'vitest';
import { format, money, price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { BrokerActivity, UnitsMoved } from '../orders/broker.ts';
import { holdingOf } from '../positions/sub-ledgers.ts';
import { NOON, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const told = { id: 'a1', at: NOON, date: '2024-03-04', words: 'MA: merger' } as const;
const units = (symbol: string, size: string): UnitsMoved => ({ symbol, quantity: quantity(size) });
const conversion = (from: UnitsMoved, to: UnitsMoved, amount = '0'): BrokerActivity => ({
  ...told,
  kind: 'conversion',
  legs: [from, to],
  amount: money(amount),
});
const redemption = (size: string, amount: string): BrokerActivity => ({
  ...told,
  ...units('ALDR', size),
  kind: 'redemption',
  amount: money(amount),
});
const spinOff = (size: string, parent?: string): BrokerActivity => ({
  ...told,
  ...units('NEW', size),
  kind: 'spin-off',
  amount: money('0'),
  ...(parent === undefined ? {} : { parent }),
});

const report = (desk: Desk, activity: BrokerActivity): void => desk.give({ kind: 'ActivityReported', at: desk.state.now, activity });
const codes = (desk: Desk): readonly string[] => [...desk.state.alerts.values()].map(({ code }) => code);
const held = (desk: Desk): readonly string[] =>
  [...desk.state.positions.values()].map(
    ({ symbol, quantity: size, averagePrice }) => `${symbol} ${format(size)} at ${format(averagePrice)}`,
  );

/** Ten for the strategy, and so many for a person. */
function openHeld(person: string): Desk {
  const desk = openDesk();
  desk.decide(1, 100, 1);
  const [id = ''] = [...desk.state.orders.keys()];
  desk.says(id, { event: 'fill', filled: '10', execution: ['10', '90', 'f1'] });
  if (person !== '0') desk.hold(person, '110');
  return desk;
}

describe('what is booked', () => {
  test('every owner’s units become others with their cost, in the ratio of what they were', () => {
    const desk = openHeld('30');
    const { cash } = desk.state;
    report(desk, conversion(units('NEW', '20'), units('ALDR', '-40')));
    expect(held(desk)).toEqual(['NEW 20 at 210']);
    const { ledgers, strategies } = desk.state;
    expect([format(holdingOf(ledgers, 's1', 'NEW')), format(holdingOf(ledgers, '', 'NEW'))]).toEqual(['5', '15']);
    expect(ledgers.get('s1')?.get('NEW')).toMatchObject([{ quantity: quantity('5'), price: price('180') }]);
    expect(strategies.get('s1')?.holdings).toEqual(new Map([['NEW', quantity('5')]]));
    expect(strategies.get('s1')?.entryPrices).toEqual(new Map([['NEW', price('180')]]));
    expect(desk.state.cash).toBe(cash);
    expect(desk.state.alerts.get('UnitsConverted-a1')?.detail).toContain('s1 does not follow NEW');
    // Told again, nothing moves.
    report(desk, conversion(units('NEW', '20'), units('ALDR', '-40')));
    expect(held(desk)).toEqual(['NEW 20 at 210']);
  });

  test('they join what is held of the new symbol', () => {
    const desk = openHeld('0');
    report(desk, { ...spinOff('10', 'ALDR'), id: 's' });
    report(desk, conversion(units('ALDR', '-10'), units('NEW', '30')));
    expect(held(desk)).toEqual(['NEW 40 at 22.5']);
    expect(desk.state.strategies.get('s1')?.entryPrices.get('NEW')).toBe(price('22.5'));
  });

  test('what was short stays short', () => {
    const desk = openDesk();
    desk.decide(1, 100, -1);
    const [id = ''] = [...desk.state.orders.keys()];
    desk.says(id, { event: 'fill', filled: '10', execution: ['10', '90', 'f1'] });
    report(desk, conversion(units('ALDR', '10'), units('NEW', '-5'), '-3'));
    expect(held(desk)).toEqual(['NEW -5 at 180']);
    expect(desk.state.results.get('s1')?.income).toBe(money('-3'));
  });

  test('units that are too few for anything are closed for nothing, and the cash for them is income', () => {
    const desk = openHeld('90');
    report(desk, conversion(units('ALDR', '-100'), units('NEW', '1'), '12'));
    expect(format(holdingOf(desk.state.ledgers, 's1', 'NEW'))).toBe('0');
    expect(desk.effects.findLast(({ kind }) => kind === 'TradeClosed')).toMatchObject({
      trade: { symbol: 'ALDR', exitPrice: 0n, strategyId: 's1' },
    });
    expect([...desk.state.results].map(([owner, { income }]) => [owner, format(income)])).toEqual([
      ['s1', '1.2'],
      ['', '10.8'],
    ]);
  });

  test('a merger for cash closes every owner’s units, to the last billionth', () => {
    const desk = openHeld('20');
    const { cash } = desk.state;
    report(desk, redemption('-30', '3333.33'));
    expect(held(desk)).toEqual([]);
    expect(format(desk.state.cash)).toBe(format((cash + money('3333.33')) as typeof cash));
    expect(
      desk.effects.filter(({ kind }) => kind === 'CashMoved').map((effect) => ('amount' in effect ? format(effect.amount) : '')),
    ).toEqual(['3333.33']);
  });

  test('a spin-off gives every owner its part for nothing', () => {
    const desk = openHeld('30');
    report(desk, spinOff('4', 'ALDR'));
    expect(held(desk)).toEqual(['ALDR 40 at 105', 'NEW 4 at 0']);
    expect(format(holdingOf(desk.state.ledgers, 's1', 'NEW'))).toBe('1');
  });
});

describe('what waits', () => {
  /** Ten that a stop protects. */
  function openProtected(): Desk {
    const desk = openDesk();
    desk.wish(1, 100, { symbol: 'ALDR', exposure: 1, reason: 'test' });
    const [id = ''] = [...desk.state.orders.keys()];
    desk.says(id, { event: 'fill', filled: '10', execution: ['10', '100', 'f1'] });
    desk.wish(2, 100, { symbol: 'ALDR', kind: 'protect', measure: 'units', amount: 0, stopLoss: 90, reason: 'test' });
    return desk;
  }
  const exits = (desk: Desk) =>
    [...desk.state.protections.values()].map(({ symbol, stopPrice }) => [symbol, format(stopPrice ?? price('0'))]);

  test('exits go with the units, at prices in the same ratio, and orders in the old symbol are cancelled', () => {
    const desk = openProtected();
    const before = [...desk.state.orders.values()].filter(({ state, intent }) => state !== 'filled' && intent.symbol === 'ALDR');
    expect(before).not.toEqual([]);
    report(desk, conversion(units('ALDR', '-10'), units('NEW', '5'), '3'));
    expect(exits(desk)).toEqual([['NEW', '180']]);
    for (const { id } of before) expect(desk.state.tracking.get(id)?.cancelWanted).toBe(true);
    const stop = [...desk.state.orders.values()].find(({ intent }) => intent.symbol === 'NEW');
    expect(stop?.intent).toMatchObject({ quantity: quantity('5'), stopPrice: price('180'), side: 'sell' });
  });

  test('where much of the price was cash, a ratio of units says nothing of prices: the exits are gone, and people are told', () => {
    const desk = openProtected();
    report(desk, conversion(units('ALDR', '-10'), units('NEW', '5'), '300'));
    expect(exits(desk)).toEqual([]);
    expect(desk.state.alerts.get('UnitsConverted-a1')?.detail).toContain('NEW has none');
  });

  test('an execution of before can no longer be taken back: people are told', () => {
    const desk = openHeld('30');
    report(desk, conversion(units('ALDR', '-40'), units('NEW', '20')));
    const [id = ''] = [...desk.state.orders.keys()];
    desk.give({ kind: 'ExecutionBusted', at: instantFromMs(NOON + 1), previousId: 'f1', brokerOrderId: `broker-${id}` });
    expect(codes(desk)).toContain('RestatementImpossible');
    expect(held(desk)).toEqual(['NEW 20 at 210']);
  });
});

test.each([
  { name: 'a part of what is held', activity: conversion(units('ALDR', '-39'), units('NEW', '20')) },
  { name: 'more than is held', activity: conversion(units('ALDR', '-41'), units('NEW', '20')) },
  { name: 'of what is not held', activity: conversion(units('OTHER', '-40'), units('NEW', '20')) },
  { name: 'long that becomes short', activity: conversion(units('ALDR', '-40'), units('NEW', '-20')) },
  { name: 'shares that become contracts', activity: conversion(units('ALDR', '-40'), units('ALDR240315C00100000', '20')) },
  { name: 'cash for a part', activity: redemption('-39', '100') },
  { name: 'cash to be paid', activity: redemption('-40', '-100') },
  { name: 'no cash', activity: redemption('-40', '0') },
  { name: 'a spin-off of nobody knows what', activity: spinOff('4') },
  { name: 'a spin-off of what is not held', activity: spinOff('4', 'OTHER') },
  { name: 'a spin-off the other way', activity: spinOff('-4', 'ALDR') },
])('$name is told and not booked', ({ activity }) => {
  const desk = openHeld('30');
  const { cash } = desk.state;
  report(desk, activity);
  expect(held(desk)).toEqual(['ALDR 40 at 105']);
  expect(desk.state.cash).toBe(cash);
  expect(codes(desk)).toContain('ActivityNotBooked');
});
