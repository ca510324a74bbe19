import { unitsFor, ZERO_MONEY, ZERO_QUANTITY } from '../../money/money.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Admission } from './admission.ts';
import type { Desk } from './desk.ts';
import { derivedId } from './identity.ts';
import { isLive } from './phases.ts';
import { run } from './runs.ts';
import type { AccountState } from './state.ts';
import { trailed } from './trailing.ts';
import type { NewOrder, VenueOrder } from './types.ts';

const DAY_MS = 86_400_000;
const GTC_DAYS = 90;

/** A new order of an admitted request, not yet in the book. */
export function newOrder(
  desk: Desk,
  account: AccountState,
  request: NewOrder,
  admitted: Extract<Admission, { ok: true }>,
  at: Instant,
): VenueOrder {
  const sequence = ++desk.state.orderCount;
  const { venueId } = desk.options;
  const gtc = request.timeInForce === 'gtc';
  return {
    id: derivedId(venueId, 'order', sequence),
    accountId: account.id,
    clientOrderId: request.clientOrderId ?? derivedId(venueId, 'client', sequence),
    sequence,
    symbol: request.symbol,
    side: request.side,
    type: request.type,
    timeInForce: request.timeInForce,
    quantity: request.notional === undefined ? request.quantity : unitsFor(request.notional, admitted.reservePrice),
    notional: request.notional,
    limitPrice: request.limitPrice,
    stopPrice: request.stopPrice,
    trailPrice: request.trailPrice,
    trailPercent: request.trailPercent,
    orderClass: request.orderClass,
    extendedHours: request.extendedHours ?? false,
    positionIntent: admitted.positionIntent,
    status: 'accepted',
    elected: request.type === 'market' || request.type === 'limit',
    filledQuantity: ZERO_QUANTITY,
    filledNotional: ZERO_MONEY,
    reservePrice: admitted.reservePrice,
    createdAt: at,
    updatedAt: at,
    expiresAt: gtc ? instantFromMs(at + GTC_DAYS * DAY_MS) : (desk.state.session?.closeAt ?? instantFromMs(at + DAY_MS)),
  };
}

/** Tells that an order has reached the matching. */
export function route(desk: Desk, account: AccountState, order: VenueOrder, at: Instant): void {
  if (account.open.get(order.id)?.status !== 'pending_new')
    desk.emit('pending_new', desk.put(account, { ...order, status: 'pending_new', updatedAt: at }), at);
  const status = order.filledQuantity > 0n ? 'partially_filled' : 'new';
  const last = desk.state.lastPrices.get(order.symbol);
  const live: VenueOrder = { ...order, status, updatedAt: at };
  const trails = order.type === 'trailing_stop' && last !== undefined && desk.state.tradedToday.has(order.symbol);
  desk.emit('new', desk.put(account, trails ? trailed(live, last) : live), at);
}

/** Tries an order at the newest price, where the hours that run now have shown one. */
export function tryAtLast(desk: Desk, order: VenueOrder, at: Instant): void {
  const { state } = desk;
  const last = state.lastPrices.get(order.symbol);
  const shown = state.phase !== 'core' || state.tradedToday.has(order.symbol);
  if (last === undefined || !shown || state.resumed.has(order.symbol)) return;
  run(desk, { symbol: order.symbol, from: last, to: last, at, opening: false, only: order.id });
}

/** Books a new order; where it is live it is routed and tried at the newest price. Returns it as the client is told at once. */
export function enter(desk: Desk, account: AccountState, order: VenueOrder, at: Instant): VenueOrder {
  account.orderIdByClientId.set(order.clientOrderId, order.id);
  if (!isLive(desk, account, order)) {
    const queued = desk.put(account, { ...order, status: 'accepted' });
    desk.emit('accepted', queued, at);
    return queued;
  }
  const acknowledged: VenueOrder = { ...order, status: 'pending_new' };
  if (desk.state.delayed) {
    desk.emit('pending_new', desk.put(account, acknowledged), at);
    return acknowledged;
  }
  route(desk, account, acknowledged, at);
  tryAtLast(desk, order, at);
  return acknowledged;
}
