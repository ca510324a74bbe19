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

/** Members of a family and trailing stops are exempt, on either side of the comparison. */
const exempt = (order: Pick<VenueOrder, 'type' | 'familyId'>): boolean => order.type === 'trailing_stop' || order.familyId !== undefined;

/** The first open order that a new one could trade with. `complex`: the new one belongs to a family. */
export function washTradeWith(account: AccountState, order: Priced, complex: boolean, except?: string): VenueOrder | undefined {
  if (complex || order.type === 'trailing_stop') return undefined;
  for (const other of account.open.values()) if (other.id !== except && !exempt(other) && couldTradeTogether(order, other)) return other;
  return undefined;
}
