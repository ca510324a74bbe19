import type { OrderIntent } from '../orders/order.ts';

type Priced = Pick<OrderIntent, 'side' | 'type' | 'limitPrice'>;

/** Whether two orders on one symbol could trade with each other, which brokers refuse as a wash trade: all but limits that lie apart. */
export function couldTradeTogether(left: Priced, right: Priced): boolean {
  if (left.side === right.side) return false;
  const isLimited = ({ type }: Priced): boolean => type === 'limit' || type === 'stop_limit';
  if (!isLimited(left) || !isLimited(right)) return true;
  const [buy, sell] = left.side === 'buy' ? [left, right] : [right, left];
  return (buy.limitPrice ?? 0n) >= (sell.limitPrice ?? 0n);
}
