import { describe, expect, test } from 'vitest';
import { sampleShare } from '../instruments/sample-instrument.ts';
import type { Instrument } from '../instruments/instrument.ts';
import { money, price, quantity } from '../money/fixed.ts';
import { instant, instantFromMs } from '../money/instant.ts';
import type { BrokerPosition } from '../orders/broker.ts';
import type { EngineEvent } from './events.ts';
import { ACCOUNT, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const CALL = 'ALDR240308C00100000';
const PUT = 'ALDR240308P00100000';
const LATER = 'ALDR240315C00100000';

const option = (symbol: string, right: 'call' | 'put', expiresOn: string): Instrument => ({
  ...sampleShare(symbol),
  assetClass: 'us_option',
  option: { underlying: 'ALDR', right, strike: price('100'), expiresOn, style: 'american' },
});

const AFTER_CLOSE = instant('2024-03-08T21:10:00Z');
const MONDAY = instant('2024-03-11T13:00:00Z');
const TUESDAY = instant('2024-03-12T13:00:00Z');

interface Held {
  readonly [symbol: string]: string;
}

const positionsOf = (held: Held): readonly BrokerPosition[] =>
  Object.entries(held).map(([symbol, size]) => ({
    symbol,
    quantity: quantity(size),
    averagePrice: price(symbol === 'ALDR' ? '100' : '2'),
  }));

/** An account that holds options, on some time after their last close. */
function deskWith(held: Held, at = AFTER_CLOSE): Desk {
  const desk = openDesk();
  desk.give(
    ...[option(CALL, 'call', '2024-03-08'), option(PUT, 'put', '2024-03-08'), option(LATER, 'call', '2024-03-15')].map(
      (instrument): EngineEvent => ({ kind: 'InstrumentListed', at: desk.state.now, instrument }),
    ),
  );
  for (const [symbol, size] of Object.entries(held)) {
    const side = size.startsWith('-') ? 'sell' : 'buy';
    const units = size.replace('-', '');
    desk.ticket(symbol, { symbol, side, quantity: quantity(units), limitPrice: price('2') });
    desk.says(symbol, { event: 'fill', filled: units, execution: [units, symbol === 'ALDR' ? '100' : '2', `fill-${symbol}`] });
  }
  desk.give({ kind: 'ClockTicked', at });
  return desk;
}

/** The broker shows that, twice, for long enough to be accepted. */
function shows(desk: Desk, held: Held, moved = '0'): void {
  const cash = money(String(Number(desk.state.cash) / 1e9 + Number(moved)));
  desk.reconcile(positionsOf(held), [], { cash });
  desk.give({ kind: 'ClockTicked', at: instantFromMs(desk.state.now + 11_000) });
  desk.reconcile(positionsOf(held), [], { cash });
}

const findings = (desk: Desk): readonly string[] =>
  desk.effects.flatMap((effect) => (effect.kind === 'DifferenceFound' ? [effect.what] : []));

const tell = (desk: Desk, kind: 'end' | 'delivery', symbol: string, size: string, amount = '0'): void => {
  const told = { id: `${kind}-${symbol}`, at: desk.state.now, date: '2024-03-08', words: 'told', symbol, quantity: quantity(size) };
  const moved = { ...told, amount: money(amount) };
  desk.give({
    kind: 'ActivityReported',
    at: desk.state.now,
    activity: kind === 'end' ? { ...moved, kind: 'option-end', end: 'exercised' } : { ...moved, kind: 'option-delivery' },
  });
};

describe('the broker’s positions are of after the end, and nothing has told of it', () => {
  test.each([
    { name: 'a call was exercised', held: { [CALL]: '1' }, shown: { ALDR: '100' }, moved: '-10000' },
    { name: 'a call is gone', held: { [CALL]: '1' }, shown: {}, moved: '0' },
    { name: 'the shares came before the call went', held: { [CALL]: '1' }, shown: { [CALL]: '1', ALDR: '100' }, moved: '-10000' },
    { name: 'some of the calls are gone', held: { [CALL]: '3' }, shown: { [CALL]: '1', ALDR: '200' }, moved: '-20000' },
    { name: 'a put was exercised', held: { [PUT]: '1', ALDR: '100' }, shown: {}, moved: '10000' },
    { name: 'a short call was assigned', held: { ALDR: '100', [CALL]: '-1' }, shown: {}, moved: '10000' },
    { name: 'a short put was assigned', held: { [PUT]: '-1' }, shown: { ALDR: '100' }, moved: '-10000' },
  ])('$name: it waits', ({ held, shown, moved }) => {
    for (const at of [AFTER_CLOSE, MONDAY]) {
      const desk = deskWith(held, at);
      shows(desk, shown, moved);
      expect(findings(desk)).toEqual([]);
      expect(desk.state.tradingState).toBe('ACTIVE');
      expect([...desk.state.differences.values()].every(({ explained }) => explained === true)).toBe(true);
    }
  });

  test.each([
    { name: 'more shares than contracts deliver', held: { [CALL]: '1' }, shown: { ALDR: '101' }, at: AFTER_CLOSE, what: ['position ALDR'] },
    { name: 'shares the other way', held: { [CALL]: '1' }, shown: { [CALL]: '1', ALDR: '-1' }, at: AFTER_CLOSE, what: ['position ALDR'] },
    { name: 'more contracts', held: { [CALL]: '1' }, shown: { [CALL]: '2' }, at: AFTER_CLOSE, what: [`position ${CALL}`] },
    { name: 'contracts on the other side', held: { [CALL]: '1' }, shown: { [CALL]: '-1' }, at: AFTER_CLOSE, what: [`position ${CALL}`] },
    { name: 'contracts that go on', held: { [LATER]: '1' }, shown: {}, at: AFTER_CLOSE, what: [`position ${LATER}`] },
    { name: 'a call before its close', held: { [CALL]: '1' }, shown: {}, at: instant('2024-03-08T20:59:30Z'), what: [`position ${CALL}`] },
    { name: 'a call after the next session', held: { [CALL]: '1' }, shown: {}, at: TUESDAY, what: [`position ${CALL}`] },
  ])('$name is a finding', ({ held, shown, at, what }) => {
    const desk = deskWith(held, at);
    shows(desk, shown);
    expect(findings(desk)).toEqual(what);
    expect(desk.state.tradingState).toBe('HALTED');
  });
});

test('activities are told first: what the broker shows of before waits as well', () => {
  const desk = deskWith({ [CALL]: '1' }, MONDAY);
  tell(desk, 'end', CALL, '-1');
  tell(desk, 'delivery', 'ALDR', '100', '-10000');
  shows(desk, { [CALL]: '1' }, '10000');
  shows(desk, {}, '10000');
  expect(findings(desk)).toEqual([]);
  shows(desk, { ALDR: '100' });
  expect(desk.state.differences.size).toBe(0);
});

test('the end is told, and its shares a little later', () => {
  const desk = deskWith({ [CALL]: '1' }, MONDAY);
  tell(desk, 'end', CALL, '-1');
  shows(desk, { ALDR: '100' }, '-10000');
  expect(findings(desk)).toEqual([]);
  tell(desk, 'delivery', 'ALDR', '100', '-10000');
  shows(desk, { ALDR: '100' });
  expect(desk.state).toMatchObject({ tradingState: 'ACTIVE', differences: new Map(), cashDifference: 0n });
});

describe('a person releases trading', () => {
  const release = (desk: Desk): void =>
    desk.give(
      { kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ada', action: 'freeze', reason: 'drill' },
      { kind: 'KillSwitchReleased', at: desk.state.now, by: 'user:ada', reason: 'looked at it' },
    );
  const tellAll = (desk: Desk): void => {
    tell(desk, 'end', CALL, '-1');
    tell(desk, 'delivery', 'ALDR', '100', '-10000');
  };

  test('what waits is taken over by nobody, its cash included, and booked once', () => {
    const desk = deskWith({ [CALL]: '1' });
    const { cash } = desk.state;
    shows(desk, { ALDR: '100', BIRK: '5' }, '-10000');
    expect(findings(desk)).toEqual(['position BIRK']);
    release(desk);
    expect([...desk.state.positions.keys()]).toEqual([CALL, 'BIRK']);
    desk.give({ kind: 'ClockTicked', at: MONDAY });
    tellAll(desk);
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('100'));
    expect(desk.state.cash).toBe(cash - money('10000'));
  });

  test('what was taken over is not booked again when it is told at last', () => {
    const desk = deskWith({ [CALL]: '1' }, TUESDAY);
    const { cash } = desk.state;
    shows(desk, { ALDR: '100' }, '-10000');
    release(desk);
    shows(desk, { ALDR: '100' }, String(Number(cash - money('10000') - desk.state.cash) / 1e9));
    const after = desk.state.cash;
    tellAll(desk);
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('100'));
    expect(desk.state.cash).toBe(after);
    expect([...desk.state.alerts.values()].filter(({ code }) => code === 'ActivityNotBooked')).toHaveLength(2);
  });

  test('shares that were taken over after their end was told are not booked again', () => {
    const desk = deskWith({ [CALL]: '1' }, MONDAY);
    tell(desk, 'end', CALL, '-1');
    desk.give({ kind: 'ClockTicked', at: TUESDAY });
    shows(desk, { ALDR: '100' }, '-10000');
    release(desk);
    const { cash } = desk.state;
    tell(desk, 'delivery', 'ALDR', '100', '-10000');
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('100'));
    expect(desk.state.cash).toBe(cash);
  });
});

test('what was told of an end is kept for a week', () => {
  const desk = deskWith({ [CALL]: '1' }, MONDAY);
  tell(desk, 'end', CALL, '-1');
  desk.give({ kind: 'SessionOpened', at: instant('2024-03-12T13:30:00Z'), date: '2024-03-12' });
  expect([...desk.state.settlements.keys()]).toEqual([CALL]);
  desk.give({ kind: 'SessionOpened', at: instant('2024-03-19T13:30:00Z'), date: '2024-03-19' });
  expect(desk.state.settlements.size).toBe(0);
});

test('contracts that nobody listed are known by their symbol', () => {
  const desk = openDesk();
  desk.give({ kind: 'Reconciled', at: desk.state.now, account: ACCOUNT, positions: [], openOrders: [] });
  expect(desk.state.instruments.has(CALL)).toBe(false);
  desk.reconcile(positionsOf({ [CALL]: '1' }));
  expect(desk.state.differences.size).toBe(1);
});
