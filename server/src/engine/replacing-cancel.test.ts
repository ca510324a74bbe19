import { describe, expect, test } from 'vitest';
import { price, quantity } from '../money/fixed.ts';
import { openDesk, requestReplace, ticketIntent } from './test/desk.ts';
import type { Desk } from './test/desk.ts';
import { entered, legSays } from './test/family-desk.ts';

/** A resting order that another is to replace, of which nobody knows yet what the broker made. */
function replacing(filled = '0'): Desk {
  const desk = openDesk();
  desk.ticket('old');
  desk.says('old', { event: 'new', at: 1 });
  if (filled !== '0')
    desk.says('old', { event: 'partial_fill', status: 'partially_filled', filled, execution: [filled, '100', 'e1'], at: 2 });
  requestReplace(desk, ticketIntent('new', { replaces: 'old', limitPrice: price('101') }));
  desk.give({ kind: 'OrderOutcomeUnknown', at: desk.state.now, orderId: 'new', message: 'timed out' });
  return desk;
}

const cancel = (desk: Desk, orderId: string): void => desk.give({ kind: 'CancelRequested', at: desk.state.now, by: 'user:ada', orderId });
const cancels = (desk: Desk) => desk.last.filter(({ kind }) => kind === 'CancelOrder');

const REJECTED = { kind: 'OrderRejected', orderId: 'new', code: '42210000', message: 'no' } as const;
const NOT_FOUND = { kind: 'OrderNotFound', orderId: 'new' } as const;

describe('a replacement comes to nothing after a cancel was wanted', () => {
  test.each([
    { wanted: 'old', end: REJECTED },
    { wanted: 'old', end: NOT_FOUND },
    // Only the new order was named: with it goes what stands in its place again.
    { wanted: 'new', end: REJECTED },
    { wanted: 'new', end: NOT_FOUND },
  ])('of the $wanted order, by $end.kind: the broker is asked at once to cancel the old one', ({ wanted, end }) => {
    for (const filled of ['0', '40']) {
      const desk = replacing(filled);
      cancel(desk, wanted);
      // While nobody knows which of the two the broker has it would refuse.
      expect(cancels(desk)).toEqual([]);
      desk.give({ ...end, at: desk.state.now });
      expect(cancels(desk)).toEqual([{ kind: 'CancelOrder', orderId: 'old', brokerOrderId: 'broker-old' }]);
      expect(desk.order('old').state).toBe('pending_cancel');
    }
  });

  test.each([REJECTED, NOT_FOUND])('of neither, by $kind: nothing is cancelled', (end) => {
    const desk = replacing();
    desk.give({ ...end, at: desk.state.now });
    expect([cancels(desk), desk.order('old').state]).toEqual([[], 'working']);
  });

  test('and the old order has filled meanwhile: there is nothing left to cancel', () => {
    const desk = replacing();
    cancel(desk, 'old');
    desk.says('old', { event: 'fill', filled: '100', execution: ['100', '100', 'e1'], at: 3 });
    desk.give({ ...REJECTED, at: desk.state.now });
    expect([cancels(desk), desk.order('old').state]).toEqual([[], 'filled']);
  });
});

describe('an exit of a bracket is being replaced, and nobody knows what the broker made of it', () => {
  const moving = (exit: string, type: 'limitPrice' | 'stopPrice', to: string): Desk => {
    const desk = entered();
    if (exit === 'b1-sl') legSays(desk, exit, { event: 'new', at: 12 });
    requestReplace(desk, { ...desk.order(exit).intent, id: 'moved', replaces: exit, [type]: price(to) });
    desk.give({ kind: 'OrderOutcomeUnknown', at: desk.state.now, orderId: 'moved', message: 'timed out' });
    expect(desk.order(exit).state).toBe('pending_replace');
    return desk;
  };

  test.each([
    { exit: 'b1-tp', type: 'limitPrice', to: '111', other: 'b1-sl' },
    { exit: 'b1-sl', type: 'stopPrice', to: '91', other: 'b1-tp' },
  ] as const)('of $exit: the kill switch asks for $other, which the broker would cancel, and so does the next list', (one) => {
    const desk = moving(one.exit, one.type, one.to);
    const asked = [{ kind: 'CancelOrder', orderId: one.other, brokerOrderId: `broker-${one.other}` }];
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ada', action: 'freeze', reason: 'drill' });
    expect(cancels(desk)).toEqual(asked);
    desk.reconcile([{ symbol: 'ALDR', quantity: quantity('10'), averagePrice: price('100') }], []);
    expect(cancels(desk)).toEqual(asked);
  });
});
