import type { Price, Quantity } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { add, unitsFor } from '../../money/money.ts';
import type { Desk } from './desk.ts';
import { execute, fillable } from './execution.ts';
import { followMember, releaseStop, waits } from './families.ts';
import { limitInForce, firstTouch, meetsFirst } from './matching.ts';
import type { Touch } from './matching.ts';
import { rejectReplacement } from './pending.ts';
import { takesPart } from './phases.ts';
import type { AccountState } from './state.ts';
import { trailed } from './trailing.ts';
import type { VenueOrder, VenueStatus } from './types.ts';

/** A symbol's price on its way: from where to where, and which orders may meet it. */
export interface Run {
  readonly symbol: string;
  readonly from: Price;
  readonly to: Price;
  readonly at: Instant;
  /** The first price of a regular session: the opening auction. */
  readonly opening: boolean;
  /** One order alone. */
  readonly only?: string | undefined;
}

/** Orders that have not reached the matching, or have left it for today. */
const ABSENT: ReadonlySet<VenueStatus> = new Set(['accepted', 'pending_new', 'done_for_day']);

const atTheMatching = (desk: Desk, account: AccountState, order: VenueOrder): boolean =>
  !ABSENT.has(order.status) && !waits(order) && takesPart(desk, account, order);

/**
 * Runs a symbol's price past the open orders, nearest first. Each order trades at most once a run; an elected stop looks again. Immediate
 * orders that found nothing are cancelled, opening orders end after the first price.
 */
export function run(desk: Desk, way: Run): void {
  const { symbol, from, at, opening, only } = way;
  followTrails(desk, way, from);
  const done = new Set<string>();
  let here = from;
  for (;;) {
    const next = nextTouch(desk, { ...way, from: here }, done);
    if (next === undefined) break;
    const { account, order, touch } = next;
    here = touch.at;
    if (touch.action === 'elect') {
      if (order.status === 'held') releaseStop(desk, account, order, at);
      else desk.put(account, { ...order, elected: true, updatedAt: at });
    } else {
      done.add(order.id);
      trade(desk, account, order, touch.at, at);
    }
  }
  followTrails(desk, way, way.to);
  for (const [account, order] of desk.allOpen(symbol)) {
    if ((only !== undefined && order.id !== only) || !atTheMatching(desk, account, order)) continue;
    if (order.timeInForce === 'ioc' || order.timeInForce === 'fok') desk.end(account, order, 'canceled', at);
    if (order.timeInForce === 'opg' && opening) desk.end(account, order, 'expired', at);
  }
}

/** Trailing stops look at the start and at the end of a way: between the two the price moves one way only. */
function followTrails(desk: Desk, { symbol, only }: Run, price: Price): void {
  for (const account of desk.state.accounts.values()) {
    for (const order of account.open.values()) {
      if (order.type !== 'trailing_stop' || order.symbol !== symbol || order.elected || ABSENT.has(order.status)) continue;
      if ((only !== undefined && order.id !== only) || desk.state.phase !== 'core') continue;
      const next = trailed(order, price);
      if (next !== order) desk.put(account, next);
    }
  }
}

function nextTouch(desk: Desk, { symbol, from, to, opening, only }: Run, done: ReadonlySet<string>) {
  let best: { readonly account: AccountState; readonly order: VenueOrder; readonly touch: Touch } | undefined;
  for (const account of desk.state.accounts.values()) {
    for (const order of account.open.values()) {
      if (order.symbol !== symbol || done.has(order.id) || (only !== undefined && order.id !== only)) continue;
      if (order.timeInForce === 'cls' || (order.timeInForce === 'opg' && !joinsAuction(desk, order, opening))) continue;
      if (!atTheMatching(desk, account, order)) continue;
      const touch = firstTouch(order, from, to, desk.options.buyStopCollar);
      if (touch === undefined) continue;
      if (best === undefined || meetsFirst(from, touch, order.sequence, best.touch, best.order.sequence)) best = { account, order, touch };
    }
  }
  return best;
}

const joinsAuction = (desk: Desk, order: VenueOrder, opening: boolean): boolean => {
  if (!opening || desk.options.auctionTif === 'accept-and-expire') return false;
  const last = desk.state.lastPrices.get(order.symbol);
  return last === undefined || withinLimit(desk, order, auctionPrice(desk, order, last));
};

const withinLimit = (desk: Desk, order: VenueOrder, at: Price): boolean => {
  const limit = limitInForce(order, desk.options.buyStopCollar);
  return limit === undefined || (order.side === 'buy' ? at <= limit : at >= limit);
};

/** What an auction order pays where the print is `last`: the print itself, or the quote beside it. */
const auctionPrice = (desk: Desk, order: VenueOrder, last: Price): Price =>
  desk.options.auctionTif === 'quote-fill' && order.side === 'buy' ? add(last, desk.options.spread) : last;

/** The closing auction of one order at the last price of the session. */
export function closingAuction(desk: Desk, account: AccountState, order: VenueOrder, last: Price, at: Instant): void {
  if (desk.options.auctionTif === 'accept-and-expire') return;
  const price = auctionPrice(desk, order, last);
  if (withinLimit(desk, order, price)) trade(desk, account, order, price, at);
}

/** An order by dollars learns its quantity from the first price at which it trades. */
function sized(order: VenueOrder, price: Price): VenueOrder {
  if (order.notional === undefined || order.filledQuantity > 0n) return order;
  return { ...order, quantity: unitsFor(order.notional, price) };
}

/** One execution, if anything of the order can trade now. */
export function trade(desk: Desk, account: AccountState, given: VenueOrder, touched: Price, at: Instant): void {
  const price = given.timeInForce === 'opg' ? auctionPrice(desk, given, touched) : touched;
  const order = sized(given, price);
  const quantity = fillable(desk.state, desk.options, order);
  if (quantity > 0n) book(desk, account, order, quantity, price, at);
}

const PENDING: ReadonlySet<VenueStatus> = new Set(['pending_cancel', 'pending_replace']);

/** Books an execution, tells it, and lets its consequences follow. An order that waits to be cancelled or replaced goes on waiting. */
export function book(desk: Desk, account: AccountState, order: VenueOrder, quantity: Quantity, price: Price, at: Instant): void {
  const { order: after, execution } = execute(desk.state, desk.options, account, order, { quantity, price, at });
  const waiting = PENDING.has(order.status) && after.status !== 'filled';
  const kept = desk.put(account, waiting ? { ...after, status: order.status } : after);
  desk.emit(execution.kind, kept, at, execution);
  if (kept.status === 'filled' && order.status === 'pending_cancel') desk.emit('order_cancel_rejected', kept, at);
  if (kept.status === 'filled' && order.status === 'pending_replace') rejectReplacement(desk, account, kept, at);
  followMember(desk, account, kept, at);
}
