import type { AccountState } from './state.ts';
import type { NewOrder, VenueOrder } from './types.ts';

type Priced = Pick<NewOrder, 'symbol' | 'side' | 'type' | 'limitPrice'>;

const limited = (order: Priced): boolean => order.type === 'limit' || order.type === 'stop_limit';

/** Whether two orders of one account on opposite sides could trade with each other, by the broker's table. */
export function couldTradeTogether(left: Priced, right: Priced): boolean {
  if (left.symbol !== right.symbol || left.side === right.side) return false;
  if (!limited(left) || !limited(right)) return true;
  const [buy, sell] = left.side === 'buy' ? [left, right] : [right, left];
  return (buy.limitPrice ?? 0n) >= (sell.limitPrice ?? 0n);
}

/** The first open order that a new one could trade with. */
export function washTradeWith(account: AccountState, order: Priced, except?: string): VenueOrder | undefined {
  for (const other of account.open.values()) if (other.id !== except && couldTradeTogether(order, other)) return other;
  return undefined;
}
