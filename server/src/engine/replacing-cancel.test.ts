import { describe, expect, test } from 'vitest';
import { price } from '../money/fixed.ts';
import { openDesk, requestReplace, ticketIntent } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

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
