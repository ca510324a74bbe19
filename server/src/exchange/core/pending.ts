import type { Instant } from '../../money/instant.ts';
import type { Desk } from './desk.ts';
import { followMember, succeed } from './families.ts';
import { route } from './entering.ts';
import type { AccountState } from './state.ts';
import type { VenueOrder } from './types.ts';

/** The order that waits to take another one's place. */
const successorOf = (account: AccountState, order: VenueOrder): VenueOrder | undefined => {
  for (const other of account.open.values()) if (other.replaces === order.id) return other;
  return undefined;
};

/** The order filled before it could be replaced: the replacement never comes to life, and the stream says so. */
export function rejectReplacement(desk: Desk, account: AccountState, order: VenueOrder, at: Instant): void {
  desk.emit('order_replace_rejected', order, at);
  const successor = successorOf(account, order);
  if (successor !== undefined) desk.end(account, successor, 'rejected', at);
}

/** The new order takes the old one's place, with what the old one has filled. */
export function completeReplacement(desk: Desk, account: AccountState, old: VenueOrder, fresh: VenueOrder, at: Instant): VenueOrder {
  desk.end(account, { ...old, replacedBy: fresh.id }, 'replaced', at);
  if (old.familyId !== undefined) succeed(account, old.familyId, old.id, fresh.id);
  const carries = desk.options.replaceCarriesFills;
  return {
    ...fresh,
    filledQuantity: carries ? old.filledQuantity : fresh.filledQuantity,
    filledNotional: carries ? old.filledNotional : fresh.filledNotional,
    highWater: fresh.type === 'trailing_stop' ? (old.highWater ?? fresh.highWater) : fresh.highWater,
  };
}

/**
 * What was on its way to the matching of a symbol arrives: cancels, replaces and new orders. Returns the orders that may be met by the price
 * that brought them.
 */
export function arrive(desk: Desk, symbol: string, at: Instant): readonly string[] {
  const arrived: string[] = [];
  for (const [account, given] of desk.allOpen(symbol)) {
    const order = account.open.get(given.id);
    if (order === undefined) continue;
    if (order.status === 'pending_cancel') {
      followMember(desk, account, desk.end(account, order, 'canceled', at), at);
    } else if (order.status === 'pending_replace') {
      const successor = successorOf(account, order);
      if (successor === undefined || successor.quantity <= order.filledQuantity) {
        const status = order.filledQuantity > 0n ? 'partially_filled' : 'new';
        rejectReplacement(desk, account, desk.put(account, { ...order, status, updatedAt: at }), at);
      } else {
        route(desk, account, completeReplacement(desk, account, order, successor, at), at);
        arrived.push(successor.id);
      }
    } else if (order.status === 'pending_new' && (order.replaces === undefined || !account.open.has(order.replaces))) {
      route(desk, account, order, at);
      arrived.push(order.id);
    }
  }
  return arrived;
}
