import { ratio, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Price, Ratio } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { scale } from '../../money/money.ts';
import { admit } from './admission.ts';
import type { Replacing } from './admission.ts';
import type { Desk } from './desk.ts';
import { enter, newOrder } from './entering.ts';
import { followMember, foundFamily } from './families.ts';
import { changed } from './margin.ts';
import { isOptionOrder } from './option-orders.ts';
import { completeReplacement } from './pending.ts';
import { isTrading } from './phases.ts';
import { notFound, unprocessable } from './refusals.ts';
import type { AccountState } from './state.ts';
import { VENUE_TERMINAL } from './types.ts';
import type { Cancellation, NewOrder, OrderChange, Refusal, Submission, VenueOrder, VenueStatus } from './types.ts';

const HUNDREDTH = ratio('0.01');

/** A percentage as a fraction: 1.5 is 0.015. */
export const fractionOf = (percent: Price | Ratio): Ratio => scale(percent as Ratio, HUNDREDTH);

export function submit(desk: Desk, account: AccountState, request: NewOrder, at: Instant): Submission {
  const admission = admit(desk.state, desk.options, account, request, at);
  if (!admission.ok) return admission;
  const fresh = newOrder(desk, account, request, admission, at);
  const order = enter(desk, account, foundFamily(desk, account, request, fresh), at);
  return { ok: true, order, events: desk.drain() };
}

const REPLACEABLE: ReadonlySet<VenueStatus> = new Set(['new', 'partially_filled', 'held', 'done_for_day']);

/** Why an order cannot be changed in this way, before its new fields are looked at. */
function refuseChange(old: VenueOrder, change: OrderChange): Refusal | undefined {
  if (!REPLACEABLE.has(old.status)) return unprocessable(`cannot replace order in ${old.status} status`);
  if (old.notional !== undefined) return unprocessable('notional orders cannot be replaced');
  if (change.quantity !== undefined) {
    if (old.quantity % UNITS_PER_ONE !== 0n) return unprocessable('qty of a fractional order cannot be changed');
    if (change.quantity <= old.filledQuantity) return unprocessable('qty must be > filled_qty');
    if (change.quantity % UNITS_PER_ONE !== 0n) return unprocessable('qty must be whole');
    if (old.familyId !== undefined) return unprocessable('qty of a complex order cannot be changed');
  }
  if (change.timeInForce !== undefined && old.familyId !== undefined)
    return unprocessable('time_in_force of a complex order cannot be changed');
  if (change.trail === undefined) return undefined;
  if (old.type !== 'trailing_stop') return unprocessable('trail is only for trailing_stop orders');
  return old.elected ? unprocessable('trail cannot be changed after the stop was triggered') : undefined;
}

/** The request that a changed order amounts to. A trailing stop keeps its unit; its stop follows from the mark again. */
function requestAfter(old: VenueOrder, change: OrderChange): NewOrder {
  const { symbol, side, type, extendedHours, trailPrice, trailPercent } = old;
  const request: NewOrder = { symbol, side, type, extendedHours, ...changed(old, change), clientOrderId: change.clientOrderId };
  if (type !== 'trailing_stop') return request;
  const { trail, stopPrice, limitPrice } = change;
  const trails = { ...request, stopPrice, limitPrice, trailPrice, trailPercent };
  if (trail === undefined) return trails;
  return trailPercent === undefined ? { ...trails, trailPrice: trail } : { ...trails, trailPercent: fractionOf(trail) };
}

/** Takes an open order's place with a new one. Where requests take time, the old one may still fill first. */
export function replace(desk: Desk, account: AccountState, orderId: string, change: OrderChange, at: Instant): Submission {
  const old = account.orders.get(orderId);
  if (old === undefined) return { ok: false, refusal: notFound(`order not found for ${orderId}`) };
  if (isOptionOrder(old))
    return { ok: false, refusal: unprocessable('orders in options cannot be replaced at this exchange: cancel and send anew') };
  const request = requestAfter(old, change);
  const refusal = refuseChange(old, change);
  if (refusal !== undefined) return { ok: false, refusal };
  const filledQuantity = desk.options.replaceCarriesFills ? old.filledQuantity : (0n as typeof old.filledQuantity);
  const replacing: Replacing = { id: old.id, filledQuantity, familyId: old.familyId };
  const admission = admit(desk.state, desk.options, account, request, at, replacing);
  if (!admission.ok) return admission;
  const { familyId, role, armed, orderClass } = old;
  const made = newOrder(desk, account, request, admission, at);
  const fresh: VenueOrder = {
    ...made,
    elected: old.elected || made.elected,
    positionIntent: old.filledQuantity > 0n || familyId !== undefined ? old.positionIntent : admission.positionIntent,
    replaces: old.id,
    familyId,
    role,
    armed,
    orderClass,
    expiresAt: old.expiresAt,
  };
  const waiting = desk.put(account, { ...old, status: 'pending_replace', updatedAt: at });
  desk.emit('pending_replace', waiting, at);
  if (desk.state.delayed && isTrading(desk.state) && old.status !== 'held') {
    account.orderIdByClientId.set(fresh.clientOrderId, fresh.id);
    return { ok: true, order: desk.put(account, { ...fresh, status: 'pending_new' }), events: desk.drain() };
  }
  return { ok: true, order: takePlace(desk, account, old, fresh, at), events: desk.drain() };
}

function takePlace(desk: Desk, account: AccountState, old: VenueOrder, fresh: VenueOrder, at: Instant): VenueOrder {
  const carried = completeReplacement(desk, account, old, fresh, at);
  if (old.status !== 'held') return enter(desk, account, carried, at);
  account.orderIdByClientId.set(carried.clientOrderId, carried.id);
  return desk.put(account, { ...carried, status: 'held' });
}

export function cancel(desk: Desk, account: AccountState, orderId: string, at: Instant): Cancellation {
  const order = account.orders.get(orderId);
  if (order === undefined) return { ok: false, refusal: notFound(`order not found for ${orderId}`) };
  if (VENUE_TERMINAL.has(order.status) || order.status === 'pending_cancel')
    return { ok: false, refusal: unprocessable(`order is already in "${order.status}" state`) };
  if (
    order.status === 'pending_replace' ||
    (order.status === 'pending_new' && order.replaces !== undefined && account.open.has(order.replaces))
  )
    return { ok: false, refusal: unprocessable(`order pending replacement cannot be canceled`) };
  const pending = desk.put(account, { ...order, status: 'pending_cancel', cancelRequestedAt: at, updatedAt: at });
  desk.emit('pending_cancel', pending, at);
  // What has not reached the matching, or is kept by the broker, is the broker's own to cancel.
  const atBroker = order.status === 'held' || order.status === 'accepted' || order.status === 'pending_new' || !isTrading(desk.state);
  if (desk.state.delayed && !atBroker) return { ok: true, events: desk.drain() };
  followMember(desk, account, desk.end(account, pending, 'canceled', at), at);
  return { ok: true, events: desk.drain() };
}
