import { describe, expect, test } from 'vitest';
import { sampleShare } from '../instruments/sample-instrument.ts';
import type { Instrument } from '../instruments/instrument.ts';
import { money, price, quantity } from '../money/fixed.ts';
import type { Quantity } from '../money/fixed.ts';
import { instant } from '../money/instant.ts';
import type { BrokerActivity } from '../orders/broker.ts';
import { assertState } from './invariants.ts';
import { ACCOUNT, ALDER, NOON } from './test/desk.ts';
import { initialState } from './initial-state.ts';
import { ACCOUNT_OWNER } from '../positions/sub-ledgers.ts';
import { DEFAULT_LIMITS } from '../risk/limits.ts';
import { step } from './step.ts';
import type { EngineEvent } from './events.ts';
import type { EngineState } from './state.ts';

const CALL = 'ALDR240308C00100000';
const call: Instrument = {
  ...sampleShare(CALL),
  assetClass: 'us_option',
  option: { underlying: 'ALDR', right: 'call', strike: price('100'), expiresOn: '2024-03-08', style: 'american' },
};
const run = (state: EngineState, ...events: readonly EngineEvent[]): EngineState => {
  const after = events.reduce((current, event) => step(current, event).state, state);
  assertState(after);
  return after;
};

/** An account that was first seen with so many calls, which had cost 2 each. */
function holding(contracts: string): EngineState {
  const { mode, accountId } = { mode: 'paper', accountId: 'A1' } as const;
  const options = { mode, accountId, feeRateEstimate: money('0'), collarMarketOrders: false, initialTradingState: 'ACTIVE' } as const;
  const positions = contracts === '0' ? [] : [{ symbol: CALL, quantity: quantity(contracts), averagePrice: price('2') }];
  return run(
    initialState(options, DEFAULT_LIMITS),
    { kind: 'InstrumentListed', at: NOON, instrument: ALDER },
    { kind: 'InstrumentListed', at: NOON, instrument: call },
    { kind: 'BrokerConnected', at: NOON },
    { kind: 'Reconciled', at: NOON, account: ACCOUNT, positions, openOrders: [], activities: 'read' },
  );
}

const base = { id: 'a1', at: NOON, date: '2024-03-08', words: 'told', amount: money('0') } as const;
const report = (activity: BrokerActivity): EngineEvent => ({ kind: 'ActivityReported', at: NOON, activity });
const end = (size: string, amount = '0'): EngineEvent =>
  report({ ...base, kind: 'option-end', end: 'assigned', symbol: CALL, quantity: quantity(size), amount: money(amount) });
const expired = (size: string): EngineEvent =>
  report({ ...base, kind: 'option-end', end: 'expired', symbol: CALL, quantity: quantity(size) });
const delivery = (size: string, amount: string): EngineEvent =>
  report({ ...base, id: 'a1:OPTRD', kind: 'option-delivery', symbol: 'ALDR', quantity: quantity(size), amount: money(amount) });
const held = ({ positions }: EngineState, symbol: string): Quantity | undefined => positions.get(symbol)?.quantity;
const codes = ({ alerts }: EngineState): readonly string[] => [...alerts.values()].map(({ code }) => code);

describe('contracts that end', () => {
  test.each([
    ['all of them', '3', '-3', undefined],
    ['some of them', '3', '-1', quantity('2')],
    ['short ones', '-2', '2', undefined],
  ])('%s leave the books for nothing, once', (_name, before, size, after) => {
    const state = run(holding(before), end(size), end(size));
    expect(held(state, CALL)).toBe(after);
    expect(state.cash).toBe(ACCOUNT.cash);
    expect(codes(state)).toContain('OptionEnded');
  });

  test.each([
    ['more than are held', '3', end('-4')],
    ['the other way', '3', end('1')],
    ['of none', '0', end('-1')],
    ['with cash', '3', end('-3', '5')],
  ])('%s: it is told and not booked', (_name, before, event) => {
    const state = run(holding(before), event);
    expect(held(state, CALL)).toBe(before === '0' ? undefined : quantity(before));
    expect(codes(state)).toContain('ActivityNotBooked');
  });
});

describe('shares that are delivered', () => {
  test.each([
    { name: 'bought by calls', before: '3', ends: '-3', size: '300', amount: '-30000', cash: '70000' },
    { name: 'sold by short calls', before: '-3', ends: '3', size: '-300', amount: '30000', cash: '130000' },
    { name: 'of some of them', before: '3', ends: '-1', size: '100', amount: '-10000', cash: '90000' },
  ])('$name cost the strike, once, whether told before the end or after it', ({ before, ends, size, amount, cash }) => {
    const [ended, delivered] = [end(ends), delivery(size, amount)];
    for (const told of [
      [ended, delivered, delivered, ended],
      [delivered, ended, ended, delivered],
    ]) {
      const state = run(holding(before), ...told);
      expect(state.positions.get('ALDR')).toMatchObject({ quantity: quantity(size), averagePrice: price('100') });
      expect(state.cash).toBe(money(cash));
      expect(codes(state)).not.toContain('ActivityNotBooked');
    }
  });

  test('what they cost is a fact, of the account itself', () => {
    const { effects } = step(run(holding('3'), end('-3')), delivery('300', '-30000'));
    expect(effects.filter(({ kind }) => kind === 'CashMoved')).toEqual([
      {
        kind: 'CashMoved',
        activityId: 'a1:OPTRD',
        what: 'option-delivery',
        amount: money('-30000'),
        parts: [{ owner: ACCOUNT_OWNER, amount: money('-30000') }],
        symbol: 'ALDR',
        words: 'told',
        at: NOON,
      },
    ]);
  });

  test.each([
    { name: 'at another price than the strike', before: '3', told: [end('-3'), delivery('300', '-29999')] },
    { name: 'for nothing', before: '3', told: [end('-3'), delivery('300', '0')] },
    { name: 'the other way', before: '3', told: [end('-3'), delivery('-300', '30000')] },
    { name: 'more than ended', before: '3', told: [end('-3'), delivery('400', '-40000')] },
    { name: 'without a contract', before: '0', told: [delivery('300', '-30000')] },
    { name: 'by what expired worthless', before: '3', told: [expired('-3'), delivery('300', '-30000')] },
  ])('$name: they are told and not booked', ({ before, told }) => {
    const state = run(holding(before), ...told);
    expect([state.cash, held(state, 'ALDR')]).toEqual([ACCOUNT.cash, undefined]);
    expect(codes(state)).toContain('ActivityNotBooked');
  });
});

describe('reminders at each opening', () => {
  const opened = (date: string): EngineEvent => ({ kind: 'SessionOpened', at: instant(`${date}T14:30:00Z`), date });
  const reminded = (state: EngineState): readonly string[] => [...state.alerts.keys()].filter((id) => id.startsWith('OptionExpires'));

  /** Held since then. */
  const since = (state: EngineState, at: string): EngineState => ({
    ...state,
    positions: new Map([...state.positions].map(([symbol, position]) => [symbol, { ...position, openedAt: instant(at) }])),
  });

  test('five days before, and on the last day; gone with the position', () => {
    const early = { ...holding('3'), now: instant('2024-03-01T15:00:00Z') };
    expect(reminded(run(early, opened('2024-03-01')))).toEqual([]);
    const week = run(holding('3'), opened('2024-03-04'));
    expect(reminded(week)).toEqual([`OptionExpires-${CALL}`]);
    expect(week.alerts.get(`OptionExpires-${CALL}`)?.detail).toContain('300 ALDR are bought at 100 for $30000');
    const last = run(week, opened('2024-03-08'));
    expect(reminded(last)).toEqual([`OptionExpires-${CALL}`, `OptionExpires-${CALL}-last`]);
    expect(reminded(run(last, end('-3')))).toEqual([]);
  });

  test('an alert that a person closes comes back on the last day, and not before', () => {
    const id = `OptionExpires-${CALL}`;
    const close = (state: EngineState, alertId: string): EngineEvent => ({
      kind: 'AlertAcknowledged',
      at: state.now,
      by: 'user:ada',
      alertId,
    });
    const monday = run(since(holding('3'), '2024-03-01T20:00:00Z'), opened('2024-03-04'));
    const closed = run(monday, close(monday, id));
    expect(reminded(closed)).toEqual([]);
    const thursday = run(closed, opened('2024-03-05'), opened('2024-03-06'), opened('2024-03-07'));
    expect(reminded(thursday)).toEqual([]);
    const friday = run(thursday, opened('2024-03-08'));
    expect(reminded(friday)).toEqual([`${id}-last`]);
    // What waits for the broker's word on the next Monday is no news of an expiry.
    expect(reminded(run(friday, close(friday, `${id}-last`), opened('2024-03-11')))).toEqual([]);
  });

  test('what was bought within the five days is told at the next opening', () => {
    const tuesday = { ...holding('3'), sessionOpenedAt: instant('2024-03-05T14:30:00Z') };
    expect(reminded(run(since(tuesday, '2024-03-05T20:00:00Z'), opened('2024-03-06')))).toEqual([`OptionExpires-${CALL}`]);
  });

  test('what has ended and is not held is forgotten; what is held is not', () => {
    const listed = (state: EngineState): boolean => state.instruments.has(CALL);
    expect(listed(run(holding('0'), opened('2024-03-08')))).toBe(true);
    expect(listed(run(holding('0'), opened('2024-03-11')))).toBe(false);
    expect(listed(run(holding('3'), opened('2024-03-11')))).toBe(true);
  });

  test('only an option’s symbol is listed with the terms of one', () => {
    const { option: _option, ...bare } = call;
    for (const instrument of [bare, { ...call, symbol: 'ALDR' }, { ...call, assetClass: 'us_equity' } as const])
      expect(() => step(holding('0'), { kind: 'InstrumentListed', at: NOON, instrument })).toThrow('Invariant: ');
  });
});
