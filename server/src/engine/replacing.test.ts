import { describe, expect, test } from 'vitest';
import { money, price, quantity, ratio } from '../money/fixed.ts';
import type { OrderIntent } from '../orders/order.ts';
import { UNLIMITED } from '../risk/limits.ts';
import { riskContext } from './risk-context.ts';
import { openDesk, reportOf, requestReplace, ticketIntent } from './test/desk.ts';
import type { Desk, Said } from './test/desk.ts';

/** A resting order of 100, known to the broker, of which some have filled. */
function atMarket(filled = '0'): Desk {
  const desk = openDesk();
  desk.ticket('old');
  desk.says('old', { event: 'new', at: 1 });
  if (filled !== '0')
    desk.says('old', { event: 'partial_fill', status: 'partially_filled', filled, execution: [filled, '100', 'e1'], at: 2 });
  return desk;
}

const replace = (desk: Desk, change: Partial<OrderIntent> = {}): void =>
  requestReplace(desk, ticketIntent('new', { replaces: 'old', limitPrice: price('101'), ...change }));

const refusal = (desk: Desk): string | undefined => desk.state.alerts.get('ReplaceRefused-new')?.detail;
const reserved = (desk: Desk) => riskContext(desk.state).openOrders.map(({ id, remaining }) => [id, remaining]);

describe('what cannot take another order’s place', () => {
  test.each<{ name: string; desk?: () => Desk; change?: Partial<OrderIntent>; says: string }>([
    { name: 'of an order that is not there', change: { replaces: 'nothing' }, says: 'There is no such order.' },
    {
      name: 'of one that the broker has not answered',
      desk: () => {
        const desk = openDesk();
        desk.ticket('old');
        return desk;
      },
      says: 'It is approved: only an order at the market can be replaced.',
    },
    {
      name: 'of one that has filled',
      desk: () => {
        const desk = atMarket();
        desk.says('old', { event: 'fill', filled: '100', execution: ['100', '100', 'e1'], at: 2 });
        return desk;
      },
      says: 'It is filled: only an order at the market can be replaced.',
    },
    {
      name: 'of one that is being cancelled',
      desk: () => {
        const desk = atMarket();
        desk.give({ kind: 'CancelRequested', at: desk.state.now, by: 'user:ada', orderId: 'old' });
        return desk;
      },
      says: 'It is pending_cancel: only an order at the market can be replaced.',
    },
    { name: 'on the other side', change: { side: 'sell' }, says: 'Symbol, side, type and class of an order cannot change.' },
    { name: 'of another type', change: { type: 'market' }, says: 'Symbol, side, type and class of an order cannot change.' },
    {
      name: 'of no more than has filled',
      desk: () => atMarket('40'),
      change: { quantity: quantity('40') },
      says: 'Of it 40 have filled: the new quantity must be more.',
    },
    { name: 'of a fraction', change: { quantity: quantity('50.5') }, says: 'The quantity of a fraction cannot change.' },
    {
      name: 'under an id that was used',
      desk: () => {
        const desk = atMarket();
        desk.ticket('new');
        return desk;
      },
      says: 'The id new was used before.',
    },
  ])('an order $name', ({ desk: make = atMarket, change = {}, says }) => {
    const desk = make();
    replace(desk, change);
    expect(refusal(desk)).toBe(says);
    expect(desk.kinds()).not.toContain('ReplaceOrder');
  });

  test('one that the gate denies: it is on record as denied, and the old one stands', () => {
    const { unchecked: _unchecked, ...limits } = UNLIMITED;
    const desk = openDesk({ ...limits, orderNotionalUsdMax: money('20000') });
    desk.ticket('old');
    desk.says('old', { event: 'new', at: 1 });
    replace(desk, { quantity: quantity('300') });
    expect([desk.order('new').state, desk.order('old').state]).toEqual(['denied', 'working']);
    expect(desk.order('new').decision.denials.map(({ code }) => code)).toEqual(['OrderNotional']);
    expect(desk.kinds()).not.toContain('ReplaceOrder');
  });
});

describe('an order in another’s place', () => {
  test('is approved under an id of its own; until the broker answers the larger of the two is reserved', () => {
    const desk = atMarket('40');
    replace(desk, { quantity: quantity('70') });
    const sent = desk.last.find((effect) => effect.kind === 'ReplaceOrder');
    expect(sent).toMatchObject({ brokerOrderId: 'broker-old', order: { intent: { id: 'new', replaces: 'old' } } });
    expect([desk.order('old').state, desk.order('new').state]).toEqual(['pending_replace', 'approved']);
    expect(desk.order('new').carriedQuantity).toBe(quantity('40'));
    // Of the old one 60 are left, of the new one 30.
    expect(reserved(desk)).toEqual([['old', quantity('60')]]);
    desk.says('old', { event: 'replaced', filled: '40', at: 3 });
    desk.says('new', { event: 'new', filled: '40', at: 4 });
    expect(reserved(desk)).toEqual([['new', quantity('30')]]);
    desk.says('new', { event: 'fill', filled: '70', execution: ['30', '101', 'e2'], at: 5 });
    expect([desk.order('old').state, desk.order('new').state]).toEqual(['replaced', 'filled']);
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('70'));
  });

  test('that is at the market counts alone, whether the end of the old one has been heard of or not, and can be replaced in turn', () => {
    const desk = openDesk();
    desk.hold('100');
    desk.ticket('old', { side: 'sell', type: 'limit', limitPrice: price('120'), reduceOnly: true });
    desk.says('old', { event: 'new', at: 1 });
    const exit = { side: 'sell', reduceOnly: true } as const;
    replace(desk, { ...exit, limitPrice: price('110') });
    expect(reserved(desk)).toEqual([['old', quantity('100')]]);
    desk.says('new', { event: 'new', at: 2 });
    expect(desk.order('old').state).toBe('pending_replace');
    expect(reserved(desk)).toEqual([['new', quantity('100')]]);
    requestReplace(desk, ticketIntent('newer', { ...exit, replaces: 'new', limitPrice: price('105') }));
    expect([desk.order('newer').state, desk.order('new').state]).toEqual(['approved', 'pending_replace']);
    expect(reserved(desk)).toEqual([['new', quantity('100')]]);
    // The end of the first is still not heard of when the second has been replaced in turn.
    desk.says('new', { event: 'replaced', at: 3 });
    desk.says('newer', { event: 'new', at: 4 });
    expect([desk.order('old').state, desk.order('new').state]).toEqual(['pending_replace', 'replaced']);
    expect(reserved(desk)).toEqual([['newer', quantity('100')]]);
  });

  test('asks for what is left after those before it, as soon as they have filled, and not when it is told so', () => {
    const desk = atMarket();
    replace(desk);
    desk.says('new', { event: 'pending_new', at: 2 });
    desk.says('old', { event: 'partial_fill', status: 'pending_replace', filled: '40', execution: ['40', '100', 'e1'], at: 3 });
    expect(reserved(desk)).toEqual([['new', quantity('60')]]);
    desk.says('old', { event: 'fill', filled: '100', execution: ['60', '100', 'e2'], at: 4 });
    expect(reserved(desk)).toEqual([['new', 0n]]);
  });

  test('of an exit of which a part has filled is judged by what is left of it', () => {
    const desk = openDesk();
    desk.hold('100');
    desk.ticket('old', { side: 'sell', limitPrice: price('120'), reduceOnly: true });
    desk.says('old', { event: 'new', at: 1 });
    desk.says('old', { event: 'partial_fill', status: 'partially_filled', filled: '40', execution: ['40', '120', 'e1'], at: 2 });
    const exit = { side: 'sell', reduceOnly: true } as const;
    replace(desk, { ...exit, limitPrice: price('110'), quantity: quantity('101') });
    const [denial] = desk.order('new').decision.denials;
    expect(denial?.message).toBe('A reduce-only order of 61 is larger than the 60 that may still be closed.');
    requestReplace(desk, ticketIntent('other', { ...exit, replaces: 'old', limitPrice: price('110') }));
    expect(desk.order('other')).toMatchObject({ state: 'approved', carriedQuantity: quantity('40') });
  });

  test('of an entry of which a part has filled takes room for what is left of it: the rest is in the position', () => {
    const { unchecked: _unchecked, ...limits } = UNLIMITED;
    const desk = openDesk({ ...limits, concentrationRatioMax: ratio('0.12') });
    desk.ticket('old');
    desk.says('old', { event: 'new', at: 1 });
    desk.says('old', { event: 'partial_fill', status: 'partially_filled', filled: '40', execution: ['40', '100', 'e1'], at: 2 });
    replace(desk, { limitPrice: price('100'), quantity: quantity('99') });
    expect(desk.order('new').decision.denials).toEqual([]);
    expect(reserved(desk)).toEqual([['old', quantity('60')]]);
  });

  test('of an order that has filled nothing is replaced: it takes no room any more, before the broker refuses it', () => {
    const desk = atMarket();
    replace(desk);
    desk.says('old', { event: 'fill', filled: '100', execution: ['100', '100', 'e1'], at: 3 });
    expect(reserved(desk)).toEqual([['new', 0n]]);
  });

  test('loses the race to a fill: the old one is filled, the new one rejected, and nothing is booked twice', () => {
    const desk = atMarket();
    replace(desk);
    desk.says('old', { event: 'fill', filled: '100', execution: ['100', '100', 'e1'], at: 3 });
    desk.give({
      kind: 'OrderRejected',
      at: desk.state.now,
      orderId: 'new',
      code: '42210000',
      message: 'order is already in "filled" state',
    });
    expect([desk.order('old').state, desk.order('new').state]).toEqual(['filled', 'rejected']);
    expect(reserved(desk)).toEqual([]);
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('100'));
  });

  test('is refused: the old one is at the market as before, and the broker is asked how it stands', () => {
    const desk = atMarket('40');
    replace(desk);
    desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: 'new', code: '42210000', message: 'no' });
    expect(desk.order('old').state).toBe('partially_filled');
    expect(desk.last).toContainEqual({ kind: 'ResolveOrder', orderId: 'old' });
  });

  test('has an unknown outcome: both stay reserved, and a cancel reaches whichever there is', () => {
    const desk = atMarket();
    replace(desk, { quantity: quantity('120') });
    desk.give({ kind: 'OrderOutcomeUnknown', at: desk.state.now, orderId: 'new', message: 'timed out' });
    expect(reserved(desk)).toEqual([['new', quantity('120')]]);
    desk.give({ kind: 'CancelRequested', at: desk.state.now, by: 'user:ada', orderId: 'old' });
    expect(desk.last.filter(({ kind }) => kind === 'CancelOrder')).toEqual([]);
    desk.says('new', { event: 'new', at: 4 });
    expect(desk.last).toContainEqual({ kind: 'CancelOrder', orderId: 'new', brokerOrderId: 'broker-new' });
  });
});

describe('what the simulation found', () => {
  test('while the new order is not over, no other takes the place of the old, even where the broker has said that the replace failed', () => {
    const desk = atMarket();
    replace(desk);
    desk.says('old', { event: 'order_replace_rejected', status: 'new', at: 3 });
    expect([desk.order('old').state, desk.order('new').state]).toEqual(['working', 'approved']);
    requestReplace(desk, ticketIntent('third', { replaces: 'old', limitPrice: price('102') }));
    expect(desk.state.alerts.get('ReplaceRefused-third')?.detail).toBe('Another order is about to take its place.');
    expect(desk.kinds()).not.toContain('ReplaceOrder');
  });

  const looksUp = (desk: Desk, orderId: string, said: Said): void =>
    desk.give({ kind: 'OrderAcknowledged', at: desk.state.now, orderId, basis: 'lookup', order: reportOf(desk.order(orderId), said) });
  const FILLED: Said = { event: 'fill', status: 'filled', filled: '100', average: '101', at: 5 };

  test('has filled, and no execution tells of it: what the broker says is booked where the one before it ended with nothing filled', () => {
    const desk = atMarket();
    replace(desk);
    desk.says('old', { event: 'replaced', at: 3 });
    desk.says('new', { event: 'new', at: 4 });
    looksUp(desk, 'new', FILLED);
    expect(desk.order('new')).toMatchObject({ state: 'filled', filledQuantity: quantity('100'), averagePrice: price('101') });
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('100'));
  });

  test.each<{ name: string; ended: readonly Said[] }>([
    { name: 'has not been heard of', ended: [] },
    { name: 'came with fills that are not booked yet', ended: [{ event: 'replaced', filled: '40', at: 3 }] },
  ])('the end of the one before it $name: nothing is inferred from a sum that may hold what that one has filled', ({ ended }) => {
    const desk = atMarket();
    replace(desk);
    desk.says('old', ...ended);
    desk.says('new', { event: 'new', at: 4 });
    looksUp(desk, 'new', FILLED);
    expect(desk.order('new').filledQuantity).toBe(0n);
    desk.says('old', { event: 'fill', status: 'replaced', filled: '40', execution: ['40', '100', 'e1'], at: 3 });
    desk.says('new', { event: 'fill', status: 'filled', filled: '100', execution: ['60', '101', 'e2'], at: 5 });
    expect(desk.order('new').state).toBe('filled');
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('100'));
  });

  test('counts towards the rate of orders, like every other', () => {
    const { unchecked: _unchecked, ...limits } = UNLIMITED;
    const desk = openDesk({ ...limits, orderRateMinuteMax: 1 });
    desk.ticket('old');
    desk.says('old', { event: 'new', at: 1 });
    replace(desk);
    expect(desk.order('new').decision.denials.map(({ code }) => code)).toEqual(['OrderRate']);
    expect(desk.state.activity.requests.map(({ approved }) => approved)).toEqual([true, false]);
  });
});
