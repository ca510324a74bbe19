import { price } from '../../money/fixed.ts';
import type { Price } from '../../money/fixed.ts';
import { add, max, min, roundToTick, scale, subtract } from '../../money/money.ts';
import type { VenueOrder } from './types.ts';

const ONE_DOLLAR = price('1');
const CENT = price('0.01');
const SMALL_TICK = price('0.0001');

/** The increment of prices at a level: a cent, below a dollar a hundredth of one. */
export const tickAt = (level: Price, tick: Price = CENT): Price => (level >= ONE_DOLLAR ? tick : SMALL_TICK);

/** The stop that belongs to the best price so far; never nearer than the trail. */
function stopOf(order: VenueOrder, best: Price): Price {
  const distance = order.trailPercent === undefined ? (order.trailPrice ?? CENT) : scale(best, order.trailPercent);
  const exact = order.side === 'sell' ? subtract(best, distance) : add(best, distance);
  return max(roundToTick(exact, tickAt(exact), order.side === 'sell' ? 'floor' : 'ceil'), SMALL_TICK);
}

/** A trailing stop after a price: its high-water mark follows the best price, and the stop the mark. It never moves back. */
export function trailed(order: VenueOrder, last: Price): VenueOrder {
  const best = order.highWater === undefined ? last : order.side === 'sell' ? max(order.highWater, last) : min(order.highWater, last);
  if (best === order.highWater && order.stopPrice !== undefined) return order;
  return { ...order, highWater: best, stopPrice: stopOf(order, best) };
}
