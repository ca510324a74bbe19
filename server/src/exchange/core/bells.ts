import type { Instant } from '../../money/instant.ts';
import { add, subtract, ZERO_MONEY } from '../../money/money.ts';
import { carryOut } from './corporate-changes.ts';
import type { Desk } from './desk.ts';
import { route } from './entering.ts';
import { followMember } from './families.ts';
import { roundedUp } from './fees.ts';
import { derivedId } from './identity.ts';
import { listingOf } from './listing.ts';
import { figuresOf } from './margin.ts';
import { isOptionOrder } from './option-orders.ts';
import { arrive } from './pending.ts';
import { isLive } from './phases.ts';
import { closingAuction } from './runs.ts';
import type { AccountState, Phase } from './state.ts';
import type { VenueOrder, VenueSession } from './types.ts';

/** The broker asks for the cancel of orders that are too old at 16:15, a quarter of an hour after an ordinary close. */
const AFTER_CLOSE_MS = 900_000;

/** Opens the regular session: what takes effect overnight does, then queued orders are routed, and wait for their symbol's first price. */
export function openSession(desk: Desk, session: VenueSession): void {
  const { state } = desk;
  if (state.session !== undefined) throw new Error(`Invariant: session ${state.session.date} is still open`);
  const { date, openAt, closeAt } = session;
  carryOut(desk, date, openAt);
  cancelUnborrowedShorts(desk, openAt);
  state.session = { date, openAt, closeAt };
  state.phase = 'core';
  state.tradedToday.clear();
  admitQueued(desk, openAt);
}

/** Opens hours beside the regular session. `closed` ends them. */
export function openPhase(desk: Desk, phase: Exclude<Phase, 'core'>, at: Instant): void {
  const { state } = desk;
  if (state.session !== undefined) throw new Error(`Invariant: ${phase} does not begin while session ${state.session.date} is open`);
  state.phase = phase;
  if (phase === 'overnight' || phase === 'closed') expireExtended(desk, at);
  else admitQueued(desk, at);
}

function admitQueued(desk: Desk, at: Instant): void {
  for (const [account, order] of desk.allOpen()) {
    if (!isLive(desk, account, order)) continue;
    if (order.status === 'accepted') route(desk, account, order, at);
    if (order.status === 'done_for_day') {
      const status = order.filledQuantity > 0n ? 'partially_filled' : 'new';
      desk.emit('new', desk.put(account, { ...order, status, updatedAt: at }), at);
    }
  }
}

/** Day orders for extended hours end with the evening: at night the next day's begin. Orders sent tonight are not older than the evening. */
function expireExtended(desk: Desk, at: Instant): void {
  for (const [account, order] of desk.allOpen()) {
    if (order.timeInForce === 'day' && order.extendedHours && order.status !== 'accepted') desk.end(account, order, 'expired', at);
  }
}

/** A name that nobody lends any more: open short sales are cancelled before the open. */
function cancelUnborrowedShorts(desk: Desk, at: Instant): void {
  for (const [account, order] of desk.allOpen()) {
    if (order.positionIntent !== 'sell_to_open' || order.role !== undefined || isOptionOrder(order)) continue;
    if (listingOf(desk.state, desk.options, order.symbol)?.shortable === true) continue;
    followMember(desk, account, desk.end(account, order, 'canceled', at), at);
  }
}

/** Closes the session at the newest prices: closing orders fill, what was good for the day expires, equity is noted. */
export function closeSession(desk: Desk, at: Instant): void {
  const { state } = desk;
  if (state.session === undefined) throw new Error('Invariant: no session is open');
  for (const symbol of new Set(desk.allOpen().map(([, order]) => order.symbol))) arrive(desk, symbol, at);
  for (const [account, order] of desk.allOpen()) {
    const last = state.tradedToday.has(order.symbol) && !state.halts.has(order.symbol) ? state.lastPrices.get(order.symbol) : undefined;
    if (order.timeInForce === 'cls' && last !== undefined && account.open.has(order.id)) closingAuction(desk, account, order, last, at);
  }
  for (const [account, order] of desk.allOpen()) endOfDay(desk, account, order, at);
  state.session = undefined;
  state.phase = 'closed';
  for (const symbol of state.tradedToday) {
    const last = state.lastPrices.get(symbol);
    if (last !== undefined) state.closePrices.set(symbol, last);
  }
  for (const account of state.accounts.values()) {
    chargeFees(desk, account, at);
    noteClose(desk, account, at);
  }
}

function endOfDay(desk: Desk, account: AccountState, order: VenueOrder, at: Instant): void {
  const { doneForDay, extendedSessions } = desk.options;
  if (order.timeInForce !== 'gtc') {
    if (!(extendedSessions && order.extendedHours)) desk.end(account, order, 'expired', at);
  } else if (order.expiresAt <= at + AFTER_CLOSE_MS) {
    desk.end(account, order, 'canceled', at);
  } else if (doneForDay && (order.status === 'new' || order.status === 'partially_filled') && !order.extendedHours) {
    desk.emit('done_for_day', desk.put(account, { ...order, status: 'done_for_day', updatedAt: at }), at);
  }
}

/** The day's fees, in one sum. */
function chargeFees(desk: Desk, account: AccountState, at: Instant): void {
  const amount = roundedUp(account.accruedFees);
  account.accruedFees = ZERO_MONEY;
  if (amount === 0n) return;
  account.cash = subtract(account.cash, amount);
  account.fees = add(account.fees, amount);
  const sequence = ++desk.state.executionCount;
  account.charges.push({ id: derivedId(desk.options.venueId, 'charge', sequence), sequence, amount, at });
}

function noteClose(desk: Desk, account: AccountState, at: Instant): void {
  const figures = figuresOf(account, desk.state.lastPrices, desk.options);
  account.lastEquity = figures.equity;
  account.lastMaintenance = figures.maintenanceMargin;
  account.history.push({ at, equity: figures.equity });
  for (const position of account.positions.values()) {
    const close = desk.state.closePrices.get(position.symbol) ?? position.averagePrice;
    account.positions.set(position.symbol, { ...position, dayAveragePrice: close });
  }
}
