import { price, ratio } from '../../money/fixed.ts';
import type { Price } from '../../money/fixed.ts';
import { scale } from '../../money/money.ts';
import type { VenueOrder } from './types.ts';

const STOP_COLLAR_FROM = price('50');
const STOP_COLLAR_LOW = ratio('1.04');
const STOP_COLLAR_HIGH = ratio('1.025');

/** The worst price that an order may pay or receive; `undefined` for an order at the market. */
export function limitInForce(order: VenueOrder, buyStopCollar: boolean): Price | undefined {
  if (order.type === 'limit' || order.type === 'stop_limit') return order.limitPrice;
  if (order.type !== 'stop' || order.side !== 'buy' || !buyStopCollar || order.stopPrice === undefined) return undefined;
  return scale(order.stopPrice, order.stopPrice < STOP_COLLAR_FROM ? STOP_COLLAR_LOW : STOP_COLLAR_HIGH);
}

/** What a moving price does to an order first: touch its stop, or reach a price at which it trades. */
export interface Touch {
  readonly action: 'elect' | 'trade';
  readonly at: Price;
}

/** The first price on the way `from` → `to`, both included, that is `level` or higher (`upward`), or `level` or lower. */
function reach(level: Price, upward: boolean, from: Price, to: Price): Price | undefined {
  const passed = (at: Price): boolean => (upward ? at >= level : at <= level);
  if (passed(from)) return from;
  return passed(to) ? level : undefined;
}

/**
 * What happens first to an order while the price runs from `from` to `to`. A gap is a run of no length: `from` equals `to`,
 * so a stop that was jumped over is touched at the price behind the gap, and a limit trades there too, at a better price.
 */
export function firstTouch(order: VenueOrder, from: Price, to: Price, buyStopCollar: boolean): Touch | undefined {
  if (!order.elected) {
    if (order.stopPrice === undefined && order.type === 'trailing_stop') return undefined;
    if (order.stopPrice === undefined) throw new Error(`Invariant: order ${order.id} waits for a stop price that it lacks`);
    const at = reach(order.stopPrice, order.side === 'buy', from, to);
    return at === undefined ? undefined : { action: 'elect', at };
  }
  const limit = limitInForce(order, buyStopCollar);
  if (limit === undefined) return { action: 'trade', at: from };
  const at = reach(limit, order.side === 'sell', from, to);
  return at === undefined ? undefined : { action: 'trade', at };
}

/** Which of two touches the price meets first on its way from `from`; earlier orders win ties. */
export function meetsFirst(from: Price, left: Touch, leftSequence: number, right: Touch, rightSequence: number): boolean {
  const leftDistance = left.at > from ? left.at - from : from - left.at;
  const rightDistance = right.at > from ? right.at - from : from - right.at;
  return leftDistance === rightDistance ? leftSequence < rightSequence : leftDistance < rightDistance;
}
