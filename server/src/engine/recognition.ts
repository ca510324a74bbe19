import { worthOf } from '../instruments/worth.ts';
import type { Money, Quantity } from '../money/fixed.ts';
import { add, ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import type { Order } from '../orders/order.ts';
import type { OrderExecution } from './booking.ts';
import type { BookedExecution, OrderTracking } from './state.ts';

/** How an execution relates to what has been booked of its order. */
export type Recognition = 'new' | 'known' | 'alias' | 'synthetic' | 'accounted' | 'excess';

/** Reports of one execution by stream and by list agree to this, where the broker gives no cumulative quantity. */
const ALIAS_MS_MAX = 2000;

const isNamed = (booked: BookedExecution, { executionId }: OrderExecution): boolean =>
  booked.executionId === executionId || booked.alias === executionId;

/**
 * Two reports of one execution under two names: told by two sources, of one size and price, and ending at the same filled quantity. Two executions
 * cannot end at the same one; only where the broker does not say it, their times must do.
 */
export function isSame(booked: BookedExecution, execution: OrderExecution): boolean {
  const { quantity, price, at, cumulative, source } = execution;
  if (
    booked.source === 'inferred' ||
    booked.nameOnly ||
    booked.alias !== undefined ||
    booked.quantity !== quantity ||
    booked.price !== price
  )
    return false;
  if (booked.source !== undefined && booked.source === source) return false;
  if (booked.cumulative !== undefined && cumulative !== undefined) return booked.cumulative === cumulative;
  return source === 'list' && Math.abs(booked.at - at) <= ALIAS_MS_MAX;
}

/**
 * Is this execution new, or another report of one already booked? Known by its id first. Where the books were complete at a cumulative quantity of
 * the broker, whatever ended at or below it is in them: as a part of an inferred fill, or under another name.
 */
export function recognise(tracking: OrderTracking, order: Order, execution: OrderExecution): Recognition {
  const { executions, syntheticQuantity, accountedUpTo } = tracking;
  const { cumulative, quantity } = execution;
  if (executions.some((booked) => isNamed(booked, execution))) return 'known';
  if (executions.some((booked) => isSame(booked, execution))) return 'alias';
  const placed = cumulative !== undefined && accountedUpTo !== undefined;
  if (placed && cumulative <= accountedUpTo) return syntheticQuantity >= quantity ? 'synthetic' : 'accounted';
  if (!placed && syntheticQuantity >= quantity) return 'synthetic';
  return add(order.filledQuantity, quantity) > order.intent.quantity ? 'excess' : 'new';
}

/** What of an order's first `cumulative` units is booked, and what was paid for it: executions that ended later are not among them. */
export function bookedWithin(
  symbol: string,
  { executions }: OrderTracking,
  cumulative: Quantity,
): { readonly quantity: Quantity; readonly paid: Money } {
  let [quantity, paid] = [ZERO_QUANTITY, ZERO_MONEY];
  for (const booked of executions) {
    if (booked.nameOnly || (booked.cumulative ?? ZERO_QUANTITY) > cumulative) continue;
    quantity = add(quantity, booked.quantity);
    paid = add(paid, worthOf(symbol, booked.quantity, booked.price));
  }
  return { quantity, paid };
}
