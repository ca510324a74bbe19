import { expect, test } from 'vitest';
import { price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { EngineEvent } from './events.ts';
import { NOON, openDesk, reportOf } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

/** The answer to a question, of a moment that many milliseconds after noon, before which the activity list shows nothing. */
const lookup = (desk: Desk, filled: string, average: string, at: number): EngineEvent => ({
  kind: 'OrderAcknowledged',
  at: instantFromMs(NOON + at),
  orderId: 'a',
  order: reportOf(desk.order('a'), { event: 'partial_fill', status: 'partially_filled', filled, average, at }),
  basis: 'lookup',
  executions: [],
});

test('a lookup that is older than an execution books what it shows beside it, and no share twice', () => {
  const desk = openDesk();
  desk.ticket('a');
  // 3 at 50 ms get lost on their way; 2 at 90 ms are told; then an answer of 60 ms comes, which knows only the 3.
  desk.says('a', { event: 'partial_fill', filled: '5', average: '100', execution: ['2', '100', 'x2'], at: 90 });
  desk.give(lookup(desk, '3', '99', 60));
  expect(desk.order('a').filledQuantity).toBe(quantity('5'));
  desk.says('a', { event: 'partial_fill', filled: '3', average: '99', execution: ['3', '99', 'x1'], at: 50 });
  expect(desk.order('a')).toMatchObject({ filledQuantity: quantity('5'), averagePrice: price('99.4') });
});

test('an execution after a lookup is no part of what it has shown', () => {
  const desk = openDesk();
  desk.ticket('a');
  desk.give(lookup(desk, '3', '99', 60));
  desk.says('a', { event: 'partial_fill', filled: '5', average: '99.4', execution: ['2', '100', 'x2'], at: 90 });
  expect(desk.order('a').filledQuantity).toBe(quantity('5'));
  desk.says('a', { event: 'partial_fill', filled: '3', average: '99', execution: ['3', '99', 'x1'], at: 50 });
  expect(desk.order('a').filledQuantity).toBe(quantity('5'));
});

test('an older lookup after a newer one says nothing new', () => {
  const desk = openDesk();
  desk.ticket('a');
  desk.give(lookup(desk, '5', '99', 80), lookup(desk, '3', '99', 60));
  expect(desk.order('a').filledQuantity).toBe(quantity('5'));
});
