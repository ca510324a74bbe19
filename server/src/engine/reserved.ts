import { worthOf } from '../instruments/worth.ts';
import type { Money } from '../money/fixed.ts';
import { subtract, sum, ZERO_MONEY } from '../money/money.ts';
import { TERMINAL_STATES } from '../orders/order.ts';
import type { Order } from '../orders/order.ts';
import type { EngineState } from './state.ts';

/** What is left of a buy at its limit, else at the mark; sales reserve shares, not dollars. */
function costLeft(order: Order, state: EngineState): Money {
  const { side, symbol, limitPrice, stopPrice, quantity } = order.intent;
  if (side === 'sell' || TERMINAL_STATES.has(order.state)) return ZERO_MONEY;
  const price = limitPrice ?? stopPrice ?? state.marks.get(symbol)?.price;
  return price === undefined ? ZERO_MONEY : worthOf(symbol, subtract(quantity, order.filledQuantity), price);
}

/** Dollars that working buys would cost. */
export const reservedCost = (state: EngineState): Money => sum([...state.orders.values()].map((order) => costLeft(order, state)));
