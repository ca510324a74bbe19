import { describe, expect, test } from 'vitest';
import { price, quantity, ratio } from '../money/fixed.ts';
import type { OrderIntent } from '../orders/order.ts';
import { UNLIMITED } from '../risk/limits.ts';
import { riskContext } from './risk-context.ts';
import { openDesk, requestReplace } from './test/desk.ts';
import type { Desk } from './test/desk.ts';
import { BRACKET, entered, family, filledHead, leg, legSays } from './test/family-desk.ts';

const states = (desk: Desk): readonly string[] => ['b1', 'b1-tp', 'b1-sl'].map((id) => desk.order(id).state);

describe('a bracket', () => {
  test('its legs are approved with it and named after it, and nothing but the entry is sent', () => {
    const desk = openDesk();
    desk.ticket('b1', BRACKET);
    expect(desk.effects.filter(({ kind }) => kind === 'SubmitOrder')).toHaveLength(1);
    expect(desk.order('b1-tp')).toMatchObject({
      state: 'approved',
      intent: { side: 'sell', type: 'limit', limitPrice: price('110'), reduceOnly: true },
    });
    expect(desk.order('b1-sl').intent).toMatchObject({ side: 'sell', type: 'stop', stopPrice: price('90') });
    expect(desk.order('b1-sl').decision).toBe(desk.order('b1').decision);
    // The entry alone is reserved: what the exits would close is not there yet.
    expect(riskContext(desk.state).openOrders.map(({ id }) => id)).toEqual(['b1']);
  });

  test('once it has filled, the stop alone is counted as closing', () => {
    expect(riskContext(entered().state).openOrders.map(({ id }) => id)).toEqual(['b1-sl']);
  });

  test('a word on a leg before the answer to the order is no stranger’s: the family is read', () => {
    const desk = openDesk();
    desk.ticket('b1', BRACKET);
    desk.says('b1', { event: 'new', at: 1 });
    legSays(desk, 'b1-tp', { event: 'held', at: 2 });
    expect(desk.kinds()).toContain('ReadFamily');
    expect([...desk.state.alerts.values()]).toEqual([]);
  });

  test('an exit that the list shows alone while the answer to its order is in doubt is no stranger’s: it stays, and its order is asked for', () => {
    const desk = openDesk();
    desk.ticket('b1', BRACKET);
    desk.give({ kind: 'OrderOutcomeUnknown', at: desk.state.now, orderId: 'b1', message: 'The connection broke.' });
    desk.reconcile(
      [{ symbol: 'ALDR', quantity: quantity('10'), averagePrice: price('100') }],
      [leg(desk, 'b1-tp', { event: 'new', at: 2 })],
    );
    expect(desk.kinds()).not.toContain('CancelOrder');
    expect(desk.last).toContainEqual({ kind: 'ResolveOrder', orderId: 'b1' });
    expect([...desk.state.alerts.values()].map(({ code }) => code)).toEqual(['OutcomeUnknown']);
    // One that fits nothing which waits is cancelled as before.
    const stranger = {
      ...leg(desk, 'b1-tp', { event: 'new', at: 3 }),
      side: 'buy',
      brokerOrderId: 'elsewhere',
      clientOrderId: 'e',
    } as const;
    desk.reconcile([], [stranger]);
    expect(desk.last).toContainEqual({ kind: 'CancelOrder', orderId: 'e', brokerOrderId: 'elsewhere' });
    expect(desk.state.alerts.has('OrphanOrder-elsewhere')).toBe(true);
  });

  test('the end of an exit whose family has ended here, before it had a name, is no stranger’s; that of another size is', () => {
    const desk = openDesk();
    desk.ticket('b1', BRACKET);
    desk.says('b1', { event: 'new', at: 1 }, { event: 'canceled', at: 2 });
    legSays(desk, 'b1-sl', { event: 'canceled', status: 'canceled', at: 3 });
    expect([...desk.state.alerts.values()].map(({ code }) => code)).toEqual([]);
    const order = {
      ...leg(desk, 'b1-sl', { event: 'canceled', status: 'canceled', at: 4 }),
      brokerOrderId: 'else',
      quantity: quantity('7'),
    };
    desk.give({ kind: 'OrderUpdated', at: order.updatedAt, update: { event: 'canceled', order } });
    expect(desk.state.alerts.has('ForeignOrder-else')).toBe(true);
  });

  test('a take profit that fills: the stream says nothing of the stop, so that the family is read until it has ended', () => {
    const desk = entered();
    legSays(desk, 'b1-tp', { event: 'fill', status: 'filled', filled: '10', execution: ['10', '110', 'e2'], at: 20 });
    expect(desk.last).toContainEqual({ kind: 'ReadFamily', orderId: 'b1', brokerOrderId: 'broker-b1' });
    const profit = { event: 'fill', status: 'filled', filled: '10', average: '110', at: 20 };
    desk.give(family(desk, filledHead, profit, { event: 'held', at: 20 }));
    expect(desk.kinds()).toContain('ReadFamily');
    desk.give(family(desk, filledHead, profit, { event: 'canceled', at: 21 }));
    expect(desk.kinds()).not.toContain('ReadFamily');
    expect(states(desk)).toEqual(['filled', 'filled', 'canceled']);
    expect(desk.state.positions.size).toBe(0);
  });

  test('a part of the take profit makes the stop smaller', () => {
    const desk = entered();
    legSays(desk, 'b1-tp', { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['4', '110', 'e2'], at: 20 });
    expect(desk.order('b1-sl').intent.quantity).toBe(quantity('6'));
    const profit = { event: 'partial_fill', status: 'partially_filled', filled: '4', average: '110', at: 20 };
    desk.give(family(desk, filledHead, profit, { event: 'held', at: 21 }));
    expect([...desk.state.alerts.values()]).toEqual([]);
  });

  test('in a fast market both exits fill: the second is booked, and the position is the broker’s', () => {
    const desk = entered();
    legSays(desk, 'b1-tp', { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['4', '110', 'e2'], at: 20 });
    legSays(desk, 'b1-sl', { event: 'fill', status: 'filled', filled: '10', execution: ['10', '90', 'e3'], at: 21 });
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('-4'));
    expect(desk.state.alerts.has('ExcessExecution-e3')).toBe(false);
  });

  test('what has waited for a take profit is judged when all of the report is taken: the stop that it ended closes nothing any more', () => {
    const desk = openDesk({ ...UNLIMITED, grossExposureRatioMax: ratio('10') });
    desk.decide(0, 100, 1);
    const bought = [...desk.state.orders.values()].find(({ intent }) => intent.origin.kind === 'strategy');
    if (bought === undefined) throw new Error('the strategy has bought nothing');
    desk.says(bought.id, { event: 'fill', filled: '10', execution: ['10', '100', 'e0'], at: 1 });
    entered(desk);
    // The price has come to the take profit: the strategy's target, on the other side, waits for it.
    desk.mark('110');
    desk.decide(1 / 1440, 110, -1);
    const sold = () => [...desk.state.orders.values()].filter(({ intent }) => intent.origin.kind === 'strategy' && intent.side === 'sell');
    expect(sold()).toEqual([]);
    // No entry is let through from now on.
    desk.give({ kind: 'BrokerDisconnected', at: desk.state.now, reason: 'cable' });
    const profit = { event: 'fill', status: 'filled', filled: '10', average: '110', at: 20 };
    desk.give(family(desk, filledHead, profit, { event: 'canceled', at: 20 }));
    expect(sold()).toMatchObject([{ state: 'approved', intent: { quantity: quantity('10') }, decision: { denials: [] } }]);
  });

  test('a stop that triggers: the take profit shows as replaced, and that is no contradiction', () => {
    const desk = entered();
    legSays(desk, 'b1-tp', { event: 'replaced', at: 20 });
    legSays(desk, 'b1-sl', { event: 'new', at: 20 });
    legSays(desk, 'b1-sl', { event: 'fill', status: 'filled', filled: '10', execution: ['10', '90', 'e3'], at: 21 });
    expect(states(desk)).toEqual(['filled', 'replaced', 'filled']);
    expect([...desk.state.alerts.values()]).toEqual([]);
  });

  test('cancelling one member asks the broker once, and wants all of them gone', () => {
    const desk = entered();
    desk.give({ kind: 'CancelRequested', at: desk.state.now, by: 'user:ada', orderId: 'b1-sl' });
    expect(desk.kinds().filter((kind) => kind === 'CancelOrder')).toHaveLength(1);
    desk.give(family(desk, filledHead, { event: 'canceled', at: 30 }, { event: 'canceled', at: 30 }));
    expect(states(desk)).toEqual(['filled', 'canceled', 'canceled']);
  });

  test('an entry that is refused takes its legs along', () => {
    const desk = openDesk();
    desk.ticket('b1', BRACKET);
    desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: 'b1', code: '403', message: 'no' });
    expect(states(desk)).toEqual(['rejected', 'canceled', 'canceled']);
  });

  test('an entry that ends with a part: the broker drops the exits, and they are kept here', () => {
    const desk = openDesk();
    desk.ticket('b1', BRACKET);
    desk.give(family(desk, { event: 'new', at: 1 }, { event: 'held', at: 1 }, { event: 'held', at: 1 }));
    desk.says('b1', { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['4', '100', 'e1'], at: 10 });
    desk.says('b1', { event: 'canceled', filled: '4', at: 20 });
    const exit = desk.effects.findLast((effect) => effect.kind === 'SubmitOrder');
    expect(exit).toMatchObject({ order: { intent: { orderClass: 'oco', quantity: quantity('4'), side: 'sell', protects: true } } });
    expect([...desk.state.alerts.values()].map(({ code }) => code)).toContain('ExitsTakenOver');
  });
});

describe('an order in the place of another', () => {
  const resting = (): Desk => {
    const desk = openDesk();
    desk.ticket('t1', { quantity: quantity('10') });
    desk.says('t1', { event: 'new', at: 1 });
    return desk;
  };
  const replace = (desk: Desk, change: Partial<OrderIntent> = {}): void =>
    requestReplace(desk, { ...desk.order('t1').intent, id: 't2', replaces: 't1', limitPrice: price('101'), ...change });

  test('is judged anew, and the larger of the two is reserved until the broker has answered', () => {
    const desk = resting();
    replace(desk);
    expect(desk.kinds()).toEqual(['OrderChanged', 'OrderChanged', 'ReplaceOrder']);
    expect([desk.order('t1').state, desk.order('t2').state]).toEqual(['pending_replace', 'approved']);
    expect(riskContext(desk.state).openOrders.map(({ id }) => id)).toEqual(['t2']);
    desk.says('t1', { event: 'replaced', at: 2 });
    desk.says('t2', { event: 'new', at: 2 });
    expect([desk.order('t1').state, desk.order('t2').state]).toEqual(['replaced', 'working']);
  });

  test('loses the race: the old one filled, the new one is refused', () => {
    const desk = resting();
    replace(desk);
    desk.says('t1', { event: 'fill', filled: '10', execution: ['10', '100', 'e1'], at: 2 });
    desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: 't2', code: '42210000', message: 'order is already filled' });
    expect([desk.order('t1').state, desk.order('t2').state]).toEqual(['filled', 'rejected']);
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('10'));
  });

  test('is refused: the old one is at the market as before, and the broker is asked how it stands', () => {
    const desk = resting();
    replace(desk);
    desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: 't2', code: '403', message: 'no' });
    expect(desk.order('t1').state).toBe('working');
    expect(desk.last).toContainEqual({ kind: 'ResolveOrder', orderId: 't1' });
  });

  test('what the old one filled counts towards the whole, whether the broker carries it over or not', () => {
    for (const carried of ['4', '0']) {
      const desk = resting();
      desk.says('t1', { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['4', '100', 'e1'], at: 2 });
      replace(desk);
      desk.says('t1', { event: 'replaced', filled: '4', at: 3 });
      desk.says('t2', { event: 'new', filled: carried, at: 3 });
      const total = carried === '4' ? '10' : '6';
      desk.says('t2', { event: 'fill', filled: total, execution: ['6', '101', 'e2'], at: 4 });
      expect(desk.order('t2')).toMatchObject({ state: 'filled', filledQuantity: quantity('6'), carriedQuantity: quantity('4') });
      expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('10'));
    }
  });

  test.each([
    { name: 'another side', change: { side: 'sell' as const } },
    { name: 'less than has filled', change: { quantity: quantity('0') } },
    { name: 'a fraction', change: { quantity: quantity('9.5') } },
    { name: 'an id that was used', change: { id: 't1' } },
    { name: 'an order that is not there', change: { replaces: 'nothing' } },
  ])('$name is refused, and told', ({ change }) => {
    const desk = resting();
    replace(desk, change);
    expect(desk.kinds()).toEqual(['AlertRaised']);
    expect(desk.order('t1').state).toBe('working');
  });

  test('a cancel meanwhile reaches whichever of the two there is', () => {
    const desk = resting();
    replace(desk);
    desk.give({ kind: 'CancelRequested', at: desk.state.now, by: 'user:ada', orderId: 't1' });
    expect(desk.kinds()).not.toContain('CancelOrder');
    desk.says('t2', { event: 'new', at: 3 });
    expect(desk.last).toContainEqual({ kind: 'CancelOrder', orderId: 't2', brokerOrderId: 'broker-t2' });
  });
});
