import { describe, expect, test } from 'vitest';
import { money, quantity } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { BrokerActivity } from '../orders/broker.ts';
import { ACCOUNT, NOON, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

/** The broker's answer, after its activities were read. */
function compare(desk: Desk, cash: string, activities: 'read' | 'not listed' = 'read'): void {
  const positions = [...desk.state.positions.values()].map(({ symbol, quantity: size, averagePrice }) => ({
    symbol,
    quantity: size,
    averagePrice,
  }));
  const account = { ...ACCOUNT, cash: money(cash) };
  desk.give({
    kind: 'Reconciled',
    at: desk.state.now,
    account,
    positions,
    openOrders: [],
    ...(activities === 'read' ? { activities } : {}),
  });
}

const wait = (desk: Desk, ms: number): void => desk.give({ kind: 'ClockTicked', at: instantFromMs(desk.state.now + ms) });
const cashOf = (desk: Desk): Money => desk.state.cash;
const alert = (desk: Desk) => desk.state.alerts.get('CashDifference-account');

const dividend = (id: string, amount: string): BrokerActivity => ({
  kind: 'dividend',
  id,
  at: NOON,
  date: '2024-03-04',
  amount: money(amount),
  symbol: 'ALDR',
  words: 'DIV',
});

describe('cash that no fill and no activity explains', () => {
  test('seen once it is nothing; seen twice it is told, and ours stays', () => {
    const desk = openDesk();
    compare(desk, '100012.34');
    expect(desk.kinds()).not.toContain('DifferenceFound');
    compare(desk, '100012.34');
    expect(alert(desk)).toMatchObject({ severity: 'critical', title: "The broker's cash differs by 12.34" });
    expect(desk.kinds()).toContain('DifferenceFound');
    expect([cashOf(desk), desk.state.tradingState]).toEqual([money('100000'), 'ACTIVE']);
  });

  test('an activity that comes later explains it', () => {
    const desk = openDesk();
    compare(desk, '100012.34');
    compare(desk, '100012.34');
    desk.give({ kind: 'ActivityReported', at: desk.state.now, activity: dividend('d1', '12.34') });
    compare(desk, '100012.34');
    expect(alert(desk)).toBeUndefined();
    expect([cashOf(desk), desk.state.cashDifferenceAt]).toEqual([money('100012.34'), undefined]);
  });

  test('what stands for five minutes halts, and whoever releases accepts it', () => {
    const desk = openDesk();
    compare(desk, '99990');
    compare(desk, '99990');
    wait(desk, 299_000);
    expect(desk.state.tradingState).toBe('ACTIVE');
    wait(desk, 2_000);
    expect(desk.state).toMatchObject({ tradingState: 'HALTED', tradingStateBecause: "cash differs from the broker's by -10" });
    compare(desk, '99990');
    desk.give({ kind: 'KillSwitchReleased', at: desk.state.now, by: 'user:ada', reason: 'a fee by telephone' });
    expect(desk.state).toMatchObject({ tradingState: 'ACTIVE', cash: money('99990'), cashAdjustments: money('-10') });
    expect(desk.state.results.get('')).toMatchObject({ transfers: money('-10') });
    compare(desk, '99990');
    expect(alert(desk)).toBeUndefined();
  });

  test('what an activity or a fill has explained is not accepted once more by whoever releases before the next comparison', () => {
    const desk = openDesk();
    compare(desk, '100012.34');
    compare(desk, '100012.34');
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:a', action: 'freeze', reason: 'looks odd' });
    desk.give({ kind: 'ActivityReported', at: desk.state.now, activity: dividend('d1', '12.00') });
    const release = (): void =>
      desk.give({ kind: 'KillSwitchReleased', at: desk.state.now, by: 'user:a', reason: 'a dividend, and 34 cents' });
    release();
    expect([cashOf(desk), desk.state.tradingState]).toEqual([money('100012'), 'FROZEN']);
    compare(desk, '100012.34');
    release();
    expect([cashOf(desk), desk.state.cashDifference, desk.state.tradingState]).toEqual([money('100012.34'), money('0'), 'ACTIVE']);
  });

  test('a comparison of long ago is accepted by nobody', () => {
    const desk = openDesk();
    compare(desk, '100012.34');
    compare(desk, '100012.34');
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:a', action: 'freeze', reason: 'looks odd' });
    wait(desk, 10_001);
    desk.give({ kind: 'KillSwitchReleased', at: desk.state.now, by: 'user:a', reason: 'looked at it' });
    expect([cashOf(desk), desk.state.tradingState]).toEqual([money('100000'), 'FROZEN']);
    compare(desk, '100012.34');
    desk.give({ kind: 'KillSwitchReleased', at: desk.state.now, by: 'user:a', reason: 'looked at it' });
    expect([cashOf(desk), desk.state.tradingState]).toEqual([money('100012.34'), 'ACTIVE']);
  });

  test('a broker that lists no activities is believed', () => {
    const desk = openDesk();
    compare(desk, '100012.34', 'not listed');
    compare(desk, '100012.34', 'not listed');
    expect([cashOf(desk), alert(desk), desk.state.tradingState]).toEqual([money('100012.34'), undefined, 'ACTIVE']);
  });
});

describe('the end of a session', () => {
  const closed = (): Desk => {
    const desk = openDesk();
    desk.hold('10');
    desk.give({ kind: 'SessionClosed', at: instantFromMs(NOON + 14_400_000), date: '2024-03-04' });
    return desk;
  };
  const balanced = (desk: Desk) => desk.effects.find((effect) => effect.kind === 'DayBalanced');

  test('that is equal to the cent is written down, once', () => {
    const desk = closed();
    compare(desk, '99000');
    compare(desk, '99000');
    expect(desk.effects.filter(({ kind }) => kind === 'DayBalanced')).toHaveLength(1);
    expect(balanced(desk)).toMatchObject({ date: '2024-03-04', cash: money('99000'), brokersCash: money('99000'), charges: 0n });
    expect(desk.state.tradingState).toBe('ACTIVE');
  });

  test('that differs halts at once when it is seen twice', () => {
    const desk = closed();
    compare(desk, '98999.97');
    expect(balanced(desk)).toBeUndefined();
    compare(desk, '98999.97');
    expect(balanced(desk)).toMatchObject({ cash: money('99000'), brokersCash: money('98999.97') });
    expect(desk.state.tradingState).toBe('HALTED');
  });

  test('the fees of the day are theirs who traded on it', () => {
    const desk = openDesk();
    desk.hold('10');
    const id = 'mine';
    const origin = { kind: 'strategy', strategyId: 's1', version: 'v1' } as const;
    desk.ticket(id, { origin, quantity: quantity('30') });
    desk.says(id, { event: 'fill', filled: '30', execution: ['30', '100', 'f1'] });
    const fee: BrokerActivity = { kind: 'fee', id: 'fee', at: NOON, date: '2024-03-04', amount: money('-0.08'), words: 'FEE' };
    desk.give({ kind: 'ActivityReported', at: desk.state.now, activity: fee });
    expect(desk.state.results.get('s1')).toMatchObject({ charges: money('-0.06') });
    expect(desk.state.results.get('')).toMatchObject({ charges: money('-0.02') });
    const other: BrokerActivity = { ...fee, id: 'older', date: '2024-03-01' };
    desk.give({ kind: 'ActivityReported', at: desk.state.now, activity: other });
    expect(desk.state.results.get('')).toMatchObject({ charges: money('-0.1') });
  });
});

describe('a split', () => {
  const split = (change: string, amount = '0'): BrokerActivity => ({
    kind: 'split',
    id: `split ${change}`,
    at: instantFromMs(NOON + 5_000),
    date: '2024-03-04',
    symbol: 'ALDR',
    quantity: quantity(change),
    amount: money(amount),
    words: 'SPLIT',
  });

  test('whole shares go to whole owners, what is left over is paid out, and nothing is made of it', () => {
    const desk = openDesk();
    desk.hold('51');
    desk.ticket('mine', { origin: { kind: 'strategy', strategyId: 's1', version: 'v1' }, quantity: quantity('50') });
    desk.says('mine', { event: 'fill', filled: '50', execution: ['50', '100', 'f1'] });
    const before = desk.state.equity?.equity;
    // 3 for 2 of 101 are 151.5: half a share is paid at 66.
    desk.give({ kind: 'ActivityReported', at: desk.state.now, activity: split('50', '33') });
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('151'));
    const owned = ['', 's1'].map((owner) =>
      desk.state.ledgers
        .get(owner)
        ?.get('ALDR')
        ?.reduce((sum, lot) => sum + lot.quantity, 0n),
    );
    expect(owned).toEqual([quantity('76'), quantity('75')]);
    expect(desk.state.strategies.get('s1')?.holdings.get('ALDR')).toBe(quantity('75'));
    const gained = (desk.state.equity?.equity ?? 0n) - (before ?? 0n);
    expect(gained < money('34') && gained > money('32')).toBe(true);
  });

  test('a reverse one that leaves nothing closes the position, and its cost is lost', () => {
    const desk = openDesk();
    desk.hold('3');
    desk.give({ kind: 'ActivityReported', at: desk.state.now, activity: split('-3', '299') });
    expect(desk.state.positions.size).toBe(0);
    expect(desk.effects.findLast(({ kind }) => kind === 'PositionClosed')).toMatchObject({ realizedPnl: money('-300') });
    expect(cashOf(desk)).toBe(money('99999'));
  });

  test('exits that are kept for a position are scaled with it', () => {
    const desk = openDesk();
    desk.wish(1, 100, { symbol: 'ALDR', exposure: 1, reason: 'test' });
    const [id = ''] = [...desk.state.orders.keys()];
    desk.says(id, { event: 'fill', filled: '10', execution: ['10', '100', 'f1'] });
    desk.wish(2, 100, { symbol: 'ALDR', kind: 'protect', measure: 'units', amount: 0, stopLoss: 90, reason: 'test' });
    desk.give({ kind: 'ActivityReported', at: desk.state.now, activity: split('30') });
    const [protection] = desk.state.protections.values();
    expect(protection).toMatchObject({ stopPrice: money('22.5') });
    expect(desk.state.orders.values().every(({ intent }) => intent.type !== 'market' || intent.id === id)).toBe(true);
  });

  test('of something that is not held is told, and left to the comparison of positions', () => {
    const desk = openDesk();
    desk.give({ kind: 'ActivityReported', at: desk.state.now, activity: split('30') });
    expect([...desk.state.alerts.values()].map(({ code }) => code)).toContain('ActivityNotBooked');
    expect(desk.state.positions.size).toBe(0);
  });
});
