import type { Quantity } from '../money/fixed.ts';
import type { BrokerExecution } from '../orders/broker.ts';
import type { Order } from '../orders/order.ts';
import { findOrder } from './broker-events.ts';
import type { EngineState } from './state.ts';
import { openOrders } from './turn.ts';

/** Sent, and not answered yet: the broker may have them, under an id that nobody here knows. */
const inDoubt = (state: EngineState, symbol: string): readonly Order[] =>
  openOrders(state).filter(
    ({ id, intent, brokerOrderId, state: each }) =>
      intent.symbol === symbol && brokerOrderId === undefined && (each === 'approved' || each === 'unknown') && !state.withheld.has(id),
  );

/** Whether an execution under an id that we do not know may be of an order in doubt: it is booked when the broker is found to have the order. */
export const mayBeOfOneInDoubt = (state: EngineState, execution: BrokerExecution): boolean =>
  findOrder(state, execution) === undefined &&
  inDoubt(state, execution.symbol).some(({ intent: { side, quantity } }) => side === execution.side && execution.quantity <= quantity);

/** Whether what the broker holds beyond our books is no more than orders in doubt may have filled. */
export function isWithinDoubt(state: EngineState, symbol: string, beyond: Quantity): boolean {
  let [least, most] = [0n, 0n];
  for (const { intent } of inDoubt(state, symbol)) {
    if (intent.side === 'buy') most += intent.quantity;
    else least -= intent.quantity;
  }
  return least <= beyond && beyond <= most;
}
