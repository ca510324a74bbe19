import { price } from '../../money/fixed.ts';
import type { Price } from '../../money/fixed.ts';
import { add, max, min, subtract } from '../../money/money.ts';
import type { Check } from './order-fields.ts';
import { unprocessable } from './refusals.ts';
import type { NewOrder } from './types.ts';

const STEP = price('0.01');

/** Which exits a class wants. */
function checkParts({ orderClass, takeProfit, stopLoss, type }: NewOrder): Check {
  switch (orderClass) {
    case undefined:
    case 'simple':
      return takeProfit === undefined && stopLoss === undefined
        ? undefined
        : unprocessable('take_profit and stop_loss need an order_class: bracket, oco or oto');
    case 'bracket':
      if (takeProfit === undefined) return unprocessable('bracket orders require take_profit.limit_price');
      if (stopLoss === undefined) return unprocessable('bracket orders require stop_loss.stop_price');
      break;
    case 'oco':
      if (type !== 'limit') return unprocessable('oco orders must be limit orders');
      if (takeProfit === undefined) return unprocessable('oco orders require take_profit.limit_price');
      if (stopLoss === undefined) return unprocessable('oco orders require stop_loss.stop_price');
      break;
    case 'oto':
      if ((takeProfit === undefined) === (stopLoss === undefined))
        return unprocessable('oto orders require exactly one of take_profit and stop_loss');
      break;
  }
  return type === 'trailing_stop' ? unprocessable('trailing_stop orders must be simple orders') : undefined;
}

/** The nearest price that a stop must stay beyond, seen from the exit's side: the lowest for an exit that sells. */
function baseOf({ orderClass, takeProfit, type, limitPrice }: NewOrder, sells: boolean, market: Price | undefined): Price | undefined {
  const own = orderClass === 'oco' ? takeProfit?.limitPrice : type === 'limit' || type === 'stop_limit' ? limitPrice : undefined;
  if (own === undefined || market === undefined) return own ?? market;
  return sells ? min(own, market) : max(own, market);
}

/** An order's class, its exits, and how their prices stand to each other and to the market. Quantities were checked before. */
export function checkClass(order: NewOrder, market: Price | undefined): Check {
  const parts = checkParts(order);
  if (parts !== undefined) return parts;
  const { takeProfit, stopLoss, orderClass } = order;
  if (stopLoss === undefined) return undefined;
  const sells = orderClass === 'oco' ? order.side === 'sell' : order.side === 'buy';
  const base = baseOf(order, sells, market);
  if (takeProfit !== undefined) {
    const apart = sells ? takeProfit.limitPrice > stopLoss.stopPrice : takeProfit.limitPrice < stopLoss.stopPrice;
    if (!apart) return unprocessable(`take_profit.limit_price must be ${sells ? '>' : '<'} stop_loss.stop_price`);
  }
  if (base === undefined) return undefined;
  if (sells && stopLoss.stopPrice > subtract(base, STEP)) return unprocessable('stop_loss.stop_price must be <= base_price - 0.01');
  if (!sells && stopLoss.stopPrice < add(base, STEP)) return unprocessable('stop_loss.stop_price must be >= base_price + 0.01');
  return undefined;
}
