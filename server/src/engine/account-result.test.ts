import { describe, expect, test } from 'vitest';
import { format, money, price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { UNLIMITED } from '../risk/limits.ts';
import { totalPnl } from './account-result.ts';
import { initialState } from './initial-state.ts';
import { step } from './step.ts';
import { ACCOUNT, ALDER, NOON, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const total = ({ state }: Desk): string | undefined => {
  const made = totalPnl(state);
  return made === undefined ? undefined : format(made);
};
const moves = (desk: Desk, id: string, kind: 'transfer' | 'dividend' | 'fee', amount: string): void => {
  const at = desk.state.now;
  desk.give({ kind: 'ActivityReported', at, activity: { id, kind, at, amount: money(amount), date: '2024-03-04', words: 'told' } });
};

describe('what the account has made', () => {
  test('is closed and open together, after fees, and no deposit', () => {
    const desk = openDesk();
    expect(total(desk)).toBe('0');
    desk.hold('10', '100');
    desk.mark('103');
    expect(total(desk)).toBe('30');
    desk.hold('-4', '105');
    // 4 × 5 closed, 6 × 5 open.
    desk.mark('105');
    expect(total(desk)).toBe('50');
    moves(desk, 'd1', 'transfer', '1000');
    expect([format(desk.state.cash), total(desk)]).toEqual(['100420', '50']);
    moves(desk, 'd2', 'dividend', '2.5');
    moves(desk, 'd3', 'fee', '-1');
    expect(total(desk)).toBe('51.5');
  });

  test('counts what the account held when it was first seen from its cost', () => {
    const held = [{ symbol: 'ALDR', quantity: quantity('10'), averagePrice: price('90') }];
    const desk = openDesk();
    let state = initialState(desk.state.options, UNLIMITED);
    expect(totalPnl(state)).toBeUndefined();
    for (const event of [
      { kind: 'InstrumentListed', at: NOON, instrument: ALDER },
      { kind: 'BrokerConnected', at: NOON },
      { kind: 'Reconciled', at: NOON, account: ACCOUNT, positions: held, openOrders: [] },
    ] as const)
      ({ state } = step(state, event));
    expect(format(totalPnl(state) ?? money('-1'))).toBe('0');
    const at = instantFromMs(NOON + 1000);
    ({ state } = step(state, { kind: 'Marked', at, marks: [{ symbol: 'ALDR', mark: { price: price('104'), at, basis: 'trade' } }] }));
    expect(format(totalPnl(state) ?? money('-1'))).toBe('140');
  });
});
