import { price, quantity } from '../../money/fixed.ts';
import type { BrokerOrder } from '../../orders/broker.ts';
import type { OrderIntent } from '../../orders/order.ts';
import type { EngineEvent } from '../events.ts';
import { openDesk, reportOf } from './desk.ts';
import type { Desk, Said } from './desk.ts';

export const BRACKET: Partial<OrderIntent> = {
  quantity: quantity('10'),
  orderClass: 'bracket',
  takeProfit: { limitPrice: price('110') },
  stopLoss: { stopPrice: price('90') },
  protectiveStop: price('90'),
};

/** The broker's word on one leg: it has an id of its own there. */
export const leg = (desk: Desk, id: string, said: Said): BrokerOrder => ({
  ...reportOf(desk.order(id), said),
  clientOrderId: `theirs-${id}`,
});

/** The family as the broker has it now. */
export const family = (desk: Desk, head: Said, profit: Said, loss: Said): EngineEvent => ({
  kind: 'OrderAcknowledged',
  at: desk.state.now,
  orderId: 'b1',
  basis: 'lookup',
  order: { ...reportOf(desk.order('b1'), head), legs: [leg(desk, 'b1-tp', profit), leg(desk, 'b1-sl', loss)] },
});

export const filledHead: Said = { event: 'fill', status: 'filled', filled: '10', average: '100', at: 10 };

/** A bracket whose entry has filled. */
export function entered(desk: Desk = openDesk()): Desk {
  desk.ticket('b1', BRACKET);
  desk.give(family(desk, { event: 'new', at: 1 }, { event: 'held', at: 1 }, { event: 'held', at: 1 }));
  desk.says('b1', { event: 'fill', filled: '10', execution: ['10', '100', 'e1'], at: 10 });
  desk.give(family(desk, filledHead, { event: 'new', at: 11 }, { event: 'held', at: 11 }));
  return desk;
}

export const legSays = (desk: Desk, id: string, said: Said): void => {
  const [size, paid, executionId] = said.execution ?? [];
  const order = leg(desk, id, said);
  const execution =
    size === undefined || paid === undefined || executionId === undefined
      ? {}
      : { execution: { executionId, quantity: quantity(size), price: price(paid), at: order.updatedAt } };
  desk.give({ kind: 'OrderUpdated', at: order.updatedAt, update: { event: said.event, order, ...execution } });
};

/** A position of 12, guarded by an OCO. */
export function guarded(): Desk {
  const desk = openDesk();
  desk.ticket('t1', { quantity: quantity('12') });
  desk.says('t1', { event: 'fill', filled: '12', execution: ['12', '100', 'e0'], at: 1 });
  const exits = { limitPrice: price('110'), stopLoss: { stopPrice: price('90') } };
  desk.ticket('o1', { quantity: quantity('12'), side: 'sell', orderClass: 'oco', reduceOnly: true, ...exits });
  return desk;
}

/** Both exits as the broker has them; its own quantity of the order stays what it was. */
export const pair = (desk: Desk, head: Said, loss: Said): EngineEvent => ({
  kind: 'OrderAcknowledged',
  at: desk.state.now,
  orderId: 'o1',
  basis: 'lookup',
  order: { ...reportOf(desk.order('o1'), head), quantity: quantity('12'), legs: [leg(desk, 'o1-sl', loss)] },
});
