import { describe, expect, test } from 'vitest';
import { price, quantity } from '../money/fixed.ts';
import type { BrokerPosition } from '../orders/broker.ts';
import { NOON, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const held = (size: string): readonly BrokerPosition[] => [{ symbol: 'ALDR', quantity: quantity(size), averagePrice: price('100') }];

/** An order of 100 whose answer was lost. */
function doubtful(): Desk {
  const desk = openDesk();
  desk.ticket('doubt');
  desk.give({ kind: 'OrderOutcomeUnknown', at: NOON, orderId: 'doubt', message: 'timed out' });
  return desk;
}

const differences = (desk: Desk): readonly string[] =>
  desk.effects.flatMap((effect) => (effect.kind === 'DifferenceFound' ? [effect.what] : []));

describe('the broker holds what an order in doubt may have filled', () => {
  test.each(['1', '40', '100'])('%s of 100, seen three times: entries wait, and nothing halts', (size) => {
    const desk = doubtful();
    for (const _sight of [1, 2, 3]) desk.reconcile(held(size));
    expect(desk.state).toMatchObject({ tradingState: 'ACTIVE', differences: new Map([['ALDR', { explained: true }]]) });
    expect(differences(desk)).toEqual([]);
  });

  test.each([
    { name: 'more than it could fill', size: '101' },
    { name: 'on the other side', size: '-1' },
  ])('$name is a finding at the second sight', ({ size }) => {
    const desk = doubtful();
    desk.reconcile(held(size));
    expect(desk.state.tradingState).toBe('ACTIVE');
    desk.reconcile(held(size));
    expect(desk.state.tradingState).toBe('HALTED');
    expect(differences(desk)).toEqual(['position ALDR']);
  });

  test('the order is found: it books what was missing, and the difference is over', () => {
    const desk = doubtful();
    desk.reconcile(held('100'));
    desk.says('doubt', { event: 'fill', filled: '100', execution: ['100', '100', 'x1'], at: 10 });
    desk.reconcile(held('100'));
    expect(desk.state).toMatchObject({ tradingState: 'ACTIVE', differences: new Map() });
  });

  test('the broker never had the order: what it holds is a finding after two more sights', () => {
    const desk = doubtful();
    for (const _sight of [1, 2]) desk.reconcile(held('100'));
    desk.give({ kind: 'OrderNotFound', at: NOON, orderId: 'doubt' });
    desk.reconcile(held('100'));
    expect(desk.state.tradingState).toBe('ACTIVE');
    desk.reconcile(held('100'));
    expect(desk.state.tradingState).toBe('HALTED');
  });

  test('an exit that waits for others to end has not left: it explains nothing', () => {
    const desk = openDesk();
    desk.hold('100');
    desk.ticket('rests', { limitPrice: price('100'), quantity: quantity('50') });
    desk.says('rests', { event: 'new' });
    desk.ticket('exit', { side: 'sell', limitPrice: price('99'), quantity: quantity('100') });
    expect([...desk.state.withheld.keys()]).toEqual(['exit']);
    desk.reconcile(held('60'));
    desk.reconcile(held('60'));
    expect(differences(desk)).toEqual(['position ALDR']);
  });

  test('a person who releases trading meanwhile does not book it: the order will', () => {
    const desk = doubtful();
    desk.reconcile(held('100'));
    desk.give({ kind: 'KillSwitchEngaged', at: NOON, by: 'user:ada', action: 'freeze', reason: 'drill' });
    desk.give({ kind: 'KillSwitchReleased', at: NOON, by: 'user:ada', reason: 'looked at it' });
    expect(desk.state.positions.size).toBe(0);
    desk.says('doubt', { event: 'fill', filled: '100', execution: ['100', '100', 'x1'], at: 10 });
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('100'));
  });
});
