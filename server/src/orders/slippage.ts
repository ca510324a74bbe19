import { toNumber } from '../money/fixed.ts';
import type { Order } from './order.ts';

/**
 * Slippage of what has been filled, in basis points of the arrival price: (average − arrival) ÷ arrival × 10⁴, with the sign turned
 * for a sale, so that positive is always worse. `undefined` before the first fill or without an arrival price.
 */
export function slippageBps(order: Order): number | undefined {
  const { averagePrice, arrivalPrice } = order;
  if (averagePrice === undefined || arrivalPrice === undefined || arrivalPrice === 0n) return undefined;
  const paid = (toNumber(averagePrice) - toNumber(arrivalPrice)) / toNumber(arrivalPrice);
  return (order.intent.side === 'buy' ? paid : -paid) * 10_000;
}
