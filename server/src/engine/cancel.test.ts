import { expect, test } from 'vitest';
import { openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';
import { entered, guarded, pair } from './test/family-desk.ts';

const cancels = (desk: Desk) => desk.last.flatMap((effect) => (effect.kind === 'CancelOrder' ? [effect.orderId] : []));

test('a cancel is wanted, and the list of open orders leaves the order out: the broker is asked again, as the list may be behind', () => {
  const desk = openDesk();
  desk.ticket('t1');
  desk.says('t1', { event: 'new', at: 1 });
  desk.reconcile([], []);
  expect(cancels(desk)).toEqual([]);
  desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ada', action: 'freeze', reason: 'drill' });
  expect(cancels(desk)).toEqual(['t1']);
  // The process died before it had asked: the one after it asks with the first list, whatever that holds.
  desk.reconcile([], []);
  expect(cancels(desk)).toEqual(['t1']);
  expect(desk.last).toContainEqual({ kind: 'ResolveOrder', orderId: 't1' });
  desk.says('t1', { event: 'canceled', at: 2 });
  desk.reconcile([], []);
  expect(cancels(desk)).toEqual([]);
});

test.each([
  {
    name: 'an OCO',
    open: (): Desk => {
      const desk = guarded();
      desk.give(pair(desk, { event: 'new', at: 2 }, { event: 'held', at: 2 }));
      return desk;
    },
    asked: 'o1',
  },
  { name: 'the exits of a bracket that has entered', open: entered, asked: 'b1-tp' },
])('of $name that the list leaves out one is asked again', ({ open, asked }) => {
  const desk = open();
  desk.give({ kind: 'CancelRequested', at: desk.state.now, by: 'user:ada', orderId: asked });
  expect(cancels(desk)).toEqual([asked]);
  const [position] = [...desk.state.positions.values()];
  if (position === undefined) throw new Error('nothing is held');
  desk.reconcile([{ symbol: position.symbol, quantity: position.quantity, averagePrice: position.averagePrice }], []);
  expect(cancels(desk)).toEqual([asked]);
});
