import { describe, expect, test } from 'vitest';
import { price, quantity } from '../money/fixed.ts';
import type { BrokerOrder } from '../orders/broker.ts';
import type { OrderIntent } from '../orders/order.ts';
import type { EngineEvent } from './events.ts';
import { openDesk, reportOf, requestReplace } from './test/desk.ts';
import type { Desk, Said } from './test/desk.ts';
import { riskContext } from './risk-context.ts';

const BRACKET: Partial<OrderIntent> = {
  quantity: quantity('10'),
  orderClass: 'bracket',
  takeProfit: { limitPrice: price('110') },
  stopLoss: { stopPrice: price('90') },
  protectiveStop: price('90'),
};

/** The broker's word on one leg: it has an id of its own there. */
const leg = (desk: Desk, id: string, said: Said): BrokerOrder => ({ ...reportOf(desk.order(id), said), clientOrderId: `theirs-${id}` });

/** The family as the broker has it now. */
const family = (desk: Desk, head: Said, profit: Said, loss: Said): EngineEvent => ({
  kind: 'OrderAcknowledged',
  at: desk.state.now,
  orderId: 'b1',
  basis: 'lookup',
  order: { ...reportOf(desk.order('b1'), head), legs: [leg(desk, 'b1-tp', profit), leg(desk, 'b1-sl', loss)] },
});

const filledHead: Said = { event: 'fill', status: 'filled', filled: '10', average: '100', at: 10 };

/** A bracket whose entry has filled. */
function entered(): Desk {
  const desk = openDesk();
  desk.ticket('b1', BRACKET);
  desk.give(family(desk, { event: 'new', at: 1 }, { event: 'held', at: 1 }, { event: 'held', at: 1 }));
  desk.says('b1', { event: 'fill', filled: '10', execution: ['10', '100', 'e1'], at: 10 });
  desk.give(family(desk, filledHead, { event: 'new', at: 11 }, { event: 'held', at: 11 }));
  return desk;
}

const legSays = (desk: Desk, id: string, said: Said): void => {
  const [size, paid, executionId] = said.execution ?? [];
  const order = leg(desk, id, said);
  const execution =
    size === undefined || paid === undefined || executionId === undefined
      ? {}
      : { execution: { executionId, quantity: quantity(size), price: price(paid), at: order.updatedAt } };
  desk.give({ kind: 'OrderUpdated', at: order.updatedAt, update: { event: said.event, order, ...execution } });
};
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

/** A position of 12, guarded by an OCO. */
function guarded(): Desk {
  const desk = openDesk();
  desk.ticket('t1', { quantity: quantity('12') });
  desk.says('t1', { event: 'fill', filled: '12', execution: ['12', '100', 'e0'], at: 1 });
  const exits = { limitPrice: price('110'), stopLoss: { stopPrice: price('90') } };
  desk.ticket('o1', { quantity: quantity('12'), side: 'sell', orderClass: 'oco', reduceOnly: true, ...exits });
  return desk;
}

/** Both exits as the broker has them; its own quantity of the order stays what it was. */
const pair = (desk: Desk, head: Said, loss: Said): EngineEvent => ({
  kind: 'OrderAcknowledged',
  at: desk.state.now,
  orderId: 'o1',
  basis: 'lookup',
  order: { ...reportOf(desk.order('o1'), head), quantity: quantity('12'), legs: [leg(desk, 'o1-sl', loss)] },
});

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
