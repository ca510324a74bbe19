import { describe, expect, test } from 'vitest';
import { money, price, quantity } from '../money/fixed.ts';
import { held, NOON, openDesk, reportOf } from './test/desk.ts';
import type { Said } from './test/desk.ts';

const codes = (desk: ReturnType<typeof openDesk>): readonly string[] => [...desk.state.alerts.values()].map(({ code }) => code);

interface Life {
  readonly name: string;
  readonly said: readonly Said[];
  readonly state: string;
  readonly filled: string;
  readonly alerts?: readonly string[];
}

const whole: Said = { event: 'fill', filled: '100', execution: ['100', '99', 'e1'], at: 30 };
const firstHalf: Said = { event: 'partial_fill', status: 'partially_filled', filled: '50', execution: ['50', '99', 'e1'], at: 20 };
const secondHalf: Said = { event: 'fill', status: 'filled', filled: '100', execution: ['50', '101', 'e2'], at: 30 };

const LIVES: readonly Life[] = [
  { name: 'accepted, new, filled', said: [{ event: 'accepted' }, { event: 'new', at: 10 }, whole], state: 'filled', filled: '100' },
  {
    name: 'filled before it is acknowledged',
    said: [whole, { event: 'accepted' }, { event: 'new', at: 10 }],
    state: 'filled',
    filled: '100',
  },
  { name: 'the same fill three times', said: [{ event: 'new' }, whole, whole, whole], state: 'filled', filled: '100' },
  { name: 'in two pieces', said: [{ event: 'new' }, firstHalf, secondHalf], state: 'filled', filled: '100' },
  { name: 'in two pieces, the second first', said: [{ event: 'new' }, secondHalf, firstHalf], state: 'filled', filled: '100' },
  { name: 'a piece, then cancelled', said: [firstHalf, { event: 'canceled', filled: '50', at: 40 }], state: 'canceled', filled: '50' },
  {
    name: 'cancelled, then the piece',
    said: [{ event: 'canceled', filled: '50', at: 40 }, firstHalf],
    state: 'canceled',
    filled: '50',
    alerts: ['LateFill'],
  },
  {
    name: 'cancelled, then wholly filled',
    said: [{ event: 'canceled', at: 10 }, whole],
    state: 'filled',
    filled: '100',
    alerts: ['LateFill'],
  },
  { name: 'expired with a piece', said: [firstHalf, { event: 'expired', filled: '50', at: 50 }], state: 'expired', filled: '50' },
  {
    name: 'a stale word after a newer one',
    said: [
      { event: 'pending_cancel', at: 30 },
      { event: 'order_cancel_rejected', at: 40 },
      { event: 'pending_cancel', at: 30 },
    ],
    state: 'working',
    filled: '0',
  },
  {
    name: 'a part of nothing is no part',
    said: [{ event: 'new' }, { event: 'partial_fill', status: 'partially_filled', filled: '0', at: 10 }],
    state: 'working',
    filled: '0',
  },
  { name: 'rejected by the venue', said: [{ event: 'pending_new' }, { event: 'rejected', at: 10 }], state: 'rejected', filled: '0' },
  {
    name: 'a word that nobody knows',
    said: [{ event: 'new' }, { event: 'teleported', at: 10 }],
    state: 'working',
    filled: '0',
    alerts: ['OrderContradiction'],
  },
  {
    name: 'cancelled after it was filled',
    said: [whole, { event: 'canceled', filled: '100', at: 50 }],
    state: 'filled',
    filled: '100',
    alerts: ['OrderContradiction'],
  },
];

describe('the life of an order', () => {
  test.each(LIVES)('$name', ({ said, state, filled, alerts = [] }) => {
    const desk = openDesk();
    desk.ticket('t1');
    desk.says('t1', ...said);
    expect(desk.order('t1')).toMatchObject({ state, filledQuantity: quantity(filled), brokerOrderId: 'broker-t1' });
    expect(held(desk) ?? 0n).toBe(quantity(filled));
    expect(codes(desk)).toEqual(alerts);
  });

  test('average, cash, position and equity after two pieces', () => {
    const desk = openDesk();
    desk.ticket('t1');
    desk.says('t1', firstHalf, secondHalf);
    expect(desk.order('t1').averagePrice).toBe(price('100'));
    expect(desk.state.cash).toBe(money('90000'));
    expect(desk.state.positions.get('ALDR')).toMatchObject({ quantity: quantity('100'), averagePrice: price('100') });
    expect(desk.state.equity?.equity).toBe(money('100000'));
  });

  test('a gap in the stream is looked up, filled from the cumulative quantity, and the lost execution is recognised when it comes', () => {
    const desk = openDesk();
    desk.ticket('t1');
    desk.says('t1', secondHalf);
    expect(desk.last).toContainEqual({ kind: 'ResolveOrder', orderId: 't1' });
    expect(desk.order('t1').state).toBe('partially_filled');
    const order = reportOf(desk.order('t1'), { event: 'fill', status: 'filled', filled: '100', average: '100', at: 30 });
    desk.give({ kind: 'OrderAcknowledged', at: NOON, orderId: 't1', order, basis: 'lookup' });
    expect(desk.order('t1')).toMatchObject({ state: 'filled', averagePrice: price('100') });
    expect(desk.state.cash).toBe(money('90000'));
    desk.says('t1', firstHalf);
    expect(desk.order('t1').filledQuantity).toBe(quantity('100'));
    expect(desk.state.cash).toBe(money('90000'));
    expect(codes(desk)).toEqual([]);
  });

  test('the activity list may call an execution by another name: it is booked once', () => {
    const desk = openDesk();
    desk.ticket('t1');
    desk.says('t1', firstHalf);
    const execution = {
      executionId: 'activity-7',
      brokerOrderId: 'broker-t1',
      symbol: 'ALDR',
      side: 'buy',
      quantity: quantity('50'),
      price: price('99'),
      at: NOON,
    } as const;
    desk.give({ kind: 'ExecutionFound', at: NOON, execution }, { kind: 'ExecutionFound', at: NOON, execution });
    expect(held(desk)).toBe(quantity('50'));
    desk.give({ kind: 'ExecutionFound', at: NOON, execution: { ...execution, executionId: 'activity-8', price: price('99.5') } });
    expect(desk.order('t1').state).toBe('filled');
    expect(held(desk)).toBe(quantity('100'));
  });

  test('more than was ordered is never booked', () => {
    const desk = openDesk();
    desk.ticket('t1');
    desk.says('t1', whole, { event: 'fill', filled: '200', execution: ['100', '99', 'e9'], at: 60 });
    expect(held(desk)).toBe(quantity('100'));
    expect(codes(desk)).toContain('ExcessExecution');
  });

  test('a report of another symbol, side or size under our id changes nothing', () => {
    const desk = openDesk();
    desk.ticket('t1');
    const order = { ...reportOf(desk.order('t1'), whole), side: 'sell' as const };
    desk.give({
      kind: 'OrderUpdated',
      at: NOON,
      update: { event: 'fill', order, execution: { executionId: 'e1', quantity: quantity('100'), price: price('99'), at: NOON } },
    });
    expect(desk.order('t1').state).toBe('approved');
    expect(codes(desk)).toEqual(['OrderMismatch']);
  });

  test('orders and executions that are not ours are told, and booked nowhere', () => {
    const desk = openDesk();
    desk.ticket('t1');
    const order = { ...reportOf(desk.order('t1'), whole), clientOrderId: 'foreign', brokerOrderId: 'foreign' };
    desk.give({ kind: 'OrderUpdated', at: NOON, update: { event: 'fill', order } });
    expect(codes(desk)).toEqual(['ForeignOrder']);
    expect(held(desk)).toBeUndefined();
    desk.reconcile(undefined, [order]);
    expect(desk.last).toContainEqual({ kind: 'CancelOrder', orderId: 'foreign', brokerOrderId: 'foreign' });
  });

  test('an unknown outcome keeps its reservation until the broker has spoken', () => {
    const desk = openDesk();
    desk.ticket('t1');
    desk.give({ kind: 'OrderOutcomeUnknown', at: NOON, orderId: 't1', message: 'timed out.' });
    expect(desk.order('t1').state).toBe('unknown');
    expect(desk.last).toContainEqual({ kind: 'ResolveOrder', orderId: 't1' });
    desk.give({ kind: 'CancelRequested', at: NOON, by: 'user:ada', orderId: 't1' });
    expect(desk.kinds()).not.toContain('CancelOrder');
    desk.says('t1', { event: 'new' });
    expect(desk.kinds()).toContain('CancelOrder');
    expect(codes(desk)).toEqual([]);
  });

  test('never sent: closed, and its reservation ends', () => {
    const desk = openDesk();
    desk.ticket('t1');
    desk.give({ kind: 'OrderNotFound', at: NOON, orderId: 't1' });
    expect(desk.order('t1')).toMatchObject({ state: 'expired', rejection: 'never sent' });
    desk.says('t1', whole);
    expect(desk.order('t1').state).toBe('filled');
    expect(codes(desk)).toEqual(expect.arrayContaining(['LateFill']));
  });

  test('a refusal is kept in the broker’s words', () => {
    const desk = openDesk();
    desk.ticket('t1');
    desk.give({ kind: 'OrderRejected', at: NOON, orderId: 't1', code: '40310000', message: 'insufficient buying power' });
    expect(desk.order('t1')).toMatchObject({ state: 'rejected', rejection: '40310000: insufficient buying power' });
  });
});
