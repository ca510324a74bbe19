import { expect, test } from 'vitest';
import { price, quantity } from '../money/fixed.ts';
import type { EngineEvent } from './events.ts';
import { riskContext } from './risk-context.ts';
import { openDesk, reportOf, requestReplace } from './test/desk.ts';
import type { Said } from './test/desk.ts';
import { BRACKET, entered, family, guarded, leg, legSays, pair } from './test/family-desk.ts';

test('the stop of an OCO fills in parts: each makes the take profit smaller by itself, and what that fills all the same is booked', () => {
  const desk = guarded();
  desk.give(pair(desk, { event: 'new', at: 2 }, { event: 'held', at: 2 }));
  legSays(desk, 'o1-sl', { event: 'partial_fill', status: 'partially_filled', filled: '2', execution: ['2', '90', 'e1'], at: 3 });
  expect(desk.order('o1').intent.quantity).toBe(quantity('10'));
  legSays(desk, 'o1-sl', { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['2', '90', 'e2'], at: 4 });
  expect(desk.order('o1').intent.quantity).toBe(quantity('8'));
  desk.says('o1', { event: 'fill', status: 'filled', filled: '12', execution: ['12', '110', 'e3'], at: 5 });
  expect(desk.order('o1')).toMatchObject({ state: 'filled', filledQuantity: quantity('12') });
  expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('-4'));
  expect(desk.state.alerts.has('ExcessExecution-e3')).toBe(false);
});

test('both exits fill, and an answer is older than the last fill that was heard: what was lost before it is booked whole', () => {
  const desk = guarded();
  desk.give(pair(desk, { event: 'new', at: 2 }, { event: 'held', at: 2 }));
  desk.says('o1', { event: 'partial_fill', status: 'partially_filled', filled: '1', execution: ['1', '110', 'e1'], at: 3 });
  expect(desk.order('o1-sl').intent.quantity).toBe(quantity('11'));
  legSays(desk, 'o1-sl', { event: 'partial_fill', status: 'partially_filled', filled: '9', execution: ['3', '90', 'e4'], at: 5 });
  legSays(desk, 'o1-sl', { event: 'fill', status: 'filled', filled: '12', execution: ['3', '90', 'e5'], at: 6 });
  desk.give(
    pair(
      desk,
      { event: 'replaced', filled: '1', at: 3 },
      { event: 'partial_fill', status: 'partially_filled', filled: '9', average: '90', at: 5 },
    ),
  );
  expect(desk.order('o1-sl').filledQuantity).toBe(quantity('12'));
  for (const [id, size] of [
    ['e2', '3'],
    ['e3', '3'],
  ] as const)
    legSays(desk, 'o1-sl', {
      event: 'partial_fill',
      status: 'partially_filled',
      filled: id === 'e2' ? '3' : '6',
      execution: [size, '90', id],
      at: 4,
    });
  expect([...desk.state.alerts.values()].filter(({ code }) => code === 'ExcessExecution')).toEqual([]);
  expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('-1'));
});

test('an exit that was made smaller here is filled by the broker’s word alone: it may fill on', () => {
  const desk = entered();
  legSays(desk, 'b1-tp', { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['4', '110', 'e2'], at: 20 });
  legSays(desk, 'b1-sl', { event: 'partial_fill', status: 'partially_filled', filled: '6', execution: ['6', '90', 'e3'], at: 21 });
  expect(desk.order('b1-sl')).toMatchObject({ state: 'partially_filled', filledQuantity: quantity('6') });
  expect(desk.order('b1-sl').intent.quantity).toBe(quantity('6'));
  legSays(desk, 'b1-sl', { event: 'fill', status: 'filled', filled: '10', execution: ['4', '90', 'e4'], at: 22 });
  expect(desk.order('b1-sl')).toMatchObject({ state: 'filled', filledQuantity: quantity('10') });
  expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('-4'));
});

test('an exit in another’s place that came to nothing, or is not there yet, sizes nobody', () => {
  const desk = entered();
  requestReplace(desk, { ...desk.order('b1-tp').intent, id: 'tp2', replaces: 'b1-tp', quantity: quantity('5') });
  legSays(desk, 'b1-tp', { event: 'partial_fill', status: 'pending_replace', filled: '2', execution: ['2', '110', 'e2'], at: 20 });
  expect(desk.order('b1-sl').intent.quantity).toBe(quantity('8'));
  desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: 'tp2', code: '42210000', message: 'no' });
  legSays(desk, 'b1-tp', { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['2', '110', 'e3'], at: 21 });
  expect(desk.order('b1-sl').intent.quantity).toBe(quantity('6'));
});

test('the take profit of a pair moves: the stop does not stand in its way, and what both close is counted once', () => {
  const desk = entered();
  requestReplace(desk, { ...desk.order('b1-tp').intent, id: 'moved', replaces: 'b1-tp', limitPrice: price('108') });
  expect(desk.order('moved').state).toBe('approved');
  expect(riskContext(desk.state).openOrders.map(({ remaining }) => remaining)).toEqual([quantity('10')]);
  desk.ticket('more', { side: 'sell', quantity: quantity('1'), reduceOnly: true });
  expect(desk.order('more').state).toBe('denied');
});

test('an exit of a pair that asks for more than is held is refused', () => {
  const desk = entered();
  requestReplace(desk, { ...desk.order('b1-tp').intent, id: 'moved', replaces: 'b1-tp', quantity: quantity('11') });
  expect(desk.order('moved').decision.denials.map(({ message }) => message)).toEqual([
    'A reduce-only order of 11 is larger than the 10 that may still be closed.',
  ]);
});

test('a replacement that comes to nothing takes no leg along, though the broker has not named it yet', () => {
  const desk = guarded();
  desk.says('o1', { event: 'new', at: 2 });
  requestReplace(desk, { ...desk.order('o1').intent, id: 'o2', replaces: 'o1', limitPrice: price('108') });
  desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: 'o2', code: '429', message: 'rate limit exceeded' });
  expect(['o1', 'o2', 'o1-sl'].map((id) => desk.order(id).state)).toEqual(['working', 'rejected', 'approved']);
});

test('nor does one that came too late, because the entry has filled', () => {
  const desk = openDesk();
  desk.ticket('b1', BRACKET);
  desk.says('b1', { event: 'new', at: 1 });
  requestReplace(desk, { ...desk.order('b1').intent, id: 'b2', replaces: 'b1', limitPrice: price('99') });
  desk.says('b1', { event: 'fill', filled: '10', execution: ['10', '100', 'e1'], at: 10 });
  desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: 'b2', code: '42210000', message: 'order is already filled' });
  expect(['b1', 'b2', 'b1-tp', 'b1-sl'].map((id) => desk.order(id).state)).toEqual(['filled', 'rejected', 'approved', 'approved']);
});

test('an exit that has taken another’s place makes the others smaller, though the end of that one is not heard of', () => {
  const desk = entered();
  requestReplace(desk, { ...desk.order('b1-tp').intent, id: 'tp2', replaces: 'b1-tp', limitPrice: price('108') });
  desk.says('tp2', { event: 'new', at: 20 });
  desk.says('tp2', { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['4', '108', 'e2'], at: 21 });
  expect(desk.order('b1-tp').state).toBe('pending_replace');
  expect(desk.order('b1-sl').intent.quantity).toBe(quantity('6'));
});

test('a fill of the exit whose place it took, told late, is part of its quantity: it is made no smaller', () => {
  const desk = entered();
  legSays(desk, 'b1-sl', { event: 'partial_fill', status: 'partially_filled', filled: '3', execution: ['3', '90', 'e2'], at: 20 });
  requestReplace(desk, { ...desk.order('b1-sl').intent, id: 'sl2', replaces: 'b1-sl', stopPrice: price('89') });
  legSays(desk, 'b1-sl', { event: 'replaced', filled: '4', at: 21 });
  desk.says('sl2', { event: 'new', filled: '4', at: 22 });
  desk.says('sl2', { event: 'partial_fill', status: 'partially_filled', filled: '6', execution: ['2', '89', 'e4'], at: 23 });
  legSays(desk, 'b1-sl', { event: 'partial_fill', status: 'replaced', filled: '4', execution: ['1', '90', 'e3'], at: 21 });
  expect(desk.order('sl2')).toMatchObject({ filledQuantity: quantity('2'), intent: { quantity: quantity('10') } });
  expect(desk.order('b1-tp').intent.quantity).toBe(quantity('4'));
  expect(riskContext(desk.state).openOrders.map(({ id, remaining }) => [id, remaining])).toContainEqual(['sl2', quantity('4')]);
});

test('an exit that never came to life sizes nobody, though the one whose place it wanted has ended since', () => {
  const desk = entered();
  requestReplace(desk, { ...desk.order('b1-tp').intent, id: 'tp2', replaces: 'b1-tp', quantity: quantity('5') });
  desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: 'tp2', code: '42210000', message: 'no' });
  legSays(desk, 'b1-tp', { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['4', '110', 'e2'], at: 20 });
  legSays(desk, 'b1-tp', { event: 'canceled', filled: '4', at: 21 });
  legSays(desk, 'b1-sl', { event: 'fill', status: 'filled', filled: '10', execution: ['10', '90', 'e3'], at: 22 });
  expect(desk.state.alerts.has('ExcessExecution-e3')).toBe(false);
  expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('-4'));
});

test('an entry that fills while it is being replaced: the family hangs on it, and its exits are counted', () => {
  const desk = openDesk();
  desk.ticket('b1', BRACKET);
  desk.give(family(desk, { event: 'new', at: 1 }, { event: 'held', at: 1 }, { event: 'held', at: 1 }));
  requestReplace(desk, { ...desk.order('b1').intent, id: 'b2', replaces: 'b1', limitPrice: price('101') });
  desk.says('b1', { event: 'fill', filled: '10', execution: ['10', '100', 'e1'], at: 10 });
  const reserved = riskContext(desk.state).openOrders.map(({ id, remaining }) => [id, remaining]);
  expect(reserved).toContainEqual(['b1-sl', quantity('10')]);
  expect(reserved).toContainEqual(['b2', 0n]);
});

test('an OCO that its stop has made smaller here is told to have ended at its full size, and ends', () => {
  const desk = openDesk();
  desk.ticket('t1', { quantity: quantity('10') });
  desk.says('t1', { event: 'fill', filled: '10', execution: ['10', '100', 'e0'], at: 1 });
  const exits = { limitPrice: price('110'), stopLoss: { stopPrice: price('90') } };
  desk.ticket('o1', { quantity: quantity('10'), side: 'sell', orderClass: 'oco', reduceOnly: true, ...exits });
  const told = (head: Said, loss: Said): EngineEvent => {
    const order = { ...reportOf(desk.order('o1'), head), quantity: quantity('10'), legs: [leg(desk, 'o1-sl', loss)] };
    return { kind: 'OrderAcknowledged', at: desk.state.now, orderId: 'o1', basis: 'lookup', order };
  };
  desk.give(told({ event: 'new', at: 2 }, { event: 'held', at: 2 }));
  legSays(desk, 'o1-sl', { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['4', '90', 'e1'], at: 3 });
  expect(desk.order('o1').intent.quantity).toBe(quantity('6'));
  desk.give(told({ event: 'replaced', at: 4 }, { event: 'partial_fill', status: 'partially_filled', filled: '4', at: 4 }));
  expect(desk.order('o1').state).toBe('replaced');
  expect(desk.state.alerts.has('OrderMismatch-o1')).toBe(false);
});

test('an OCO of which the broker says first that it has ended does not end its stop: that is asked for', () => {
  const desk = openDesk();
  desk.ticket('t1', { quantity: quantity('10') });
  desk.says('t1', { event: 'fill', filled: '10', execution: ['10', '100', 'e0'], at: 1 });
  const exits = { limitPrice: price('110'), stopLoss: { stopPrice: price('90') } };
  desk.ticket('o1', { quantity: quantity('10'), side: 'sell', orderClass: 'oco', reduceOnly: true, ...exits });
  desk.says('o1', { event: 'canceled', at: 2 });
  expect(['o1', 'o1-sl'].map((id) => desk.order(id).state)).toEqual(['canceled', 'approved']);
  expect(desk.last).toContainEqual({ kind: 'ReadFamily', orderId: 'o1', brokerOrderId: 'broker-o1' });
});

test('the other exit fills what is left, and the one that took a partly filled one’s place fills once more after its end: of its chain no more has filled than it asks for', () => {
  const desk = guarded();
  desk.give(pair(desk, { event: 'new', at: 2 }, { event: 'held', at: 2 }));
  desk.says('o1', { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['4', '110', 'e1'], at: 3 });
  requestReplace(desk, { ...desk.order('o1').intent, id: 'o2', replaces: 'o1', limitPrice: price('108') });
  desk.says('o2', { event: 'new', status: 'partially_filled', filled: '4', average: '110', at: 4 });
  desk.says('o1', { event: 'replaced', filled: '4', average: '110', at: 4 });
  legSays(desk, 'o1-sl', { event: 'fill', status: 'filled', filled: '8', execution: ['8', '90', 'e2'], at: 5 });
  desk.says('o2', { event: 'canceled', filled: '4', average: '110', at: 6 });
  expect(desk.order('o2')).toMatchObject({ state: 'canceled', filledQuantity: quantity('0') });
  desk.says('o2', { event: 'partial_fill', status: 'canceled', filled: '5', execution: ['1', '108', 'e3'], at: 7 });
  const { filledQuantity, carriedQuantity, intent, state } = desk.order('o2');
  expect([state, filledQuantity, carriedQuantity]).toEqual(['canceled', quantity('1'), quantity('4')]);
  expect(filledQuantity + (carriedQuantity ?? 0n)).toBeLessThanOrEqual(intent.quantity);
  expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('-1'));
});
