import { divide, format, price as priceText, quantity as quantityText } from '../../money/fixed.ts';
import type { Money, Price, Quantity } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { add, max, notional, roundToLot, roundToTick, subtract, ZERO_MONEY } from '../../money/money.ts';
import { adjustOptions } from './adjusted-options.ts';
import { convert } from './conversions.ts';
import type { CorporateAction } from './corporate-actions.ts';
import type { Desk } from './desk.ts';
import { succeed } from './families.ts';
import { enterRow } from './entries.ts';
import { derivedId } from './identity.ts';
import { openIn } from './open-orders.ts';
import type { AccountState } from './state.ts';
import { tickAt } from './trailing.ts';
import type { VenueOrder } from './types.ts';

type Split = Extract<CorporateAction, { kind: 'split' }>;
type Dividend = Extract<CorporateAction, { kind: 'cash-dividend' }>;

const SMALLEST = priceText('0.0001');
const ONE_SHARE = quantityText('1');

/** New shares for old ones, unrounded below 1e-9. */
const sharesAfter = (size: Quantity, { newRate, oldRate }: Split): Quantity => divide(size * newRate, oldRate, 'half-even') as Quantity;
export const priceAfter = (level: Price, { newRate, oldRate }: Pick<Split, 'newRate' | 'oldRate'>): Price =>
  max(divide(level * oldRate, newRate, 'half-even') as Price, SMALLEST);

/** Carries out what is due by a session's date, before it opens. */
export function carryOut(desk: Desk, date: string, at: Instant): void {
  const { corporateActions } = desk.state;
  for (const [index, action] of corporateActions.entries()) {
    if (action.doneAt !== undefined || action.exDate > date) continue;
    corporateActions[index] = carriedOut(desk, action, at);
  }
}

function carriedOut(desk: Desk, action: CorporateAction, at: Instant): CorporateAction {
  switch (action.kind) {
    case 'split':
      return split(desk, action, at);
    case 'cash-dividend':
      return { ...action, doneAt: at, paid: payDividend(desk, action, at) };
    case 'merger':
    case 'spin-off':
    case 'name-change':
      convert(desk, action, at);
      return { ...action, doneAt: at };
  }
}

function split(desk: Desk, action: Split, at: Instant): Split {
  const { state } = desk;
  for (const prices of [state.lastPrices, state.closePrices]) {
    const known = prices.get(action.symbol);
    if (known !== undefined) prices.set(action.symbol, priceAfter(known, action));
  }
  for (const account of state.accounts.values()) {
    splitPosition(desk, account, action, at);
    for (const order of openIn(account, action.symbol)) splitOrder(desk, account, order, action, at);
    adjustOptions(desk, account, action, at);
  }
  return { ...action, doneAt: at };
}

/** Whole lots stay; what is left over is paid out at the price after the split. */
function splitPosition(desk: Desk, account: AccountState, action: Split, at: Instant): void {
  const { symbol } = action;
  const held = account.positions.get(symbol);
  if (held === undefined) return;
  const exact = sharesAfter(held.quantity, action);
  const quantity = roundToLot(exact, desk.options.instruments.get(symbol)?.lot ?? ONE_SHARE);
  const averagePrice = priceAfter(held.averagePrice, action);
  const worth = desk.state.lastPrices.get(symbol) ?? averagePrice;
  const amount = notional(subtract(exact, quantity), worth);
  account.cash = add(account.cash, amount);
  if (quantity === 0n) account.positions.delete(symbol);
  else account.positions.set(symbol, { symbol, quantity, averagePrice, dayAveragePrice: priceAfter(held.dayAveragePrice, action) });
  const text = `${action.newRate} for ${action.oldRate} split`;
  enterRow(desk, account, {
    type: 'SPLIT',
    symbol,
    amount,
    quantity: subtract(quantity, held.quantity),
    groupId: action.id,
    description: text,
    at,
  });
}

/** An order that lasts is re-priced as a new one; what lasts a day does not live to see a split. */
function splitOrder(desk: Desk, account: AccountState, order: VenueOrder, action: Split, at: Instant): void {
  const scaled = (level: Price | undefined): Price | undefined => {
    if (level === undefined) return undefined;
    const exact = priceAfter(level, action);
    return roundToTick(exact, tickAt(exact), order.side === 'buy' ? 'floor' : 'ceil');
  };
  const quantity = roundToLot(sharesAfter(order.quantity, action), desk.options.instruments.get(order.symbol)?.lot ?? ONE_SHARE);
  const filledQuantity = sharesAfter(order.filledQuantity, action);
  if (quantity <= filledQuantity) return void desk.end(account, order, 'canceled', at);
  repriced(desk, account, order, at, {
    quantity,
    filledQuantity,
    limitPrice: scaled(order.limitPrice),
    stopPrice: scaled(order.stopPrice),
    trailPrice: scaled(order.trailPrice),
    highWater: scaled(order.highWater),
    reservePrice: priceAfter(order.reservePrice, action),
  });
}

/** The broker's own replace: a new id, and the old order `replaced`. */
function repriced(desk: Desk, account: AccountState, order: VenueOrder, at: Instant, change: Partial<VenueOrder>): void {
  const sequence = ++desk.state.orderCount;
  const { venueId } = desk.options;
  const fresh: VenueOrder = {
    ...order,
    ...change,
    id: derivedId(venueId, 'order', sequence),
    clientOrderId: derivedId(venueId, 'client', sequence),
    sequence,
    replaces: order.id,
    createdAt: at,
    updatedAt: at,
  };
  desk.end(account, { ...order, replacedBy: fresh.id }, 'replaced', at);
  if (order.familyId !== undefined) succeed(account, order.familyId, order.id, fresh.id);
  account.orderIdByClientId.set(fresh.clientOrderId, fresh.id);
  desk.put(account, fresh);
  if (fresh.status !== 'held' && fresh.status !== 'accepted') desk.emit('new', fresh, at);
}

/** Pays longs, charges shorts, and takes the dividend off the prices below the market that lasting orders wait at. */
function payDividend(desk: Desk, action: Dividend, at: Instant): Money {
  let paid = ZERO_MONEY;
  if (!desk.options.dividends) return paid;
  const { symbol, rate } = action;
  for (const account of desk.state.accounts.values()) {
    const held = account.positions.get(symbol);
    if (held !== undefined) {
      const amount = notional(held.quantity, rate);
      account.cash = add(account.cash, amount);
      paid = add(paid, amount);
      const description = `Cash dividend of ${format(rate)} a share`;
      const none = subtract(held.quantity, held.quantity);
      enterRow(desk, account, { type: 'DIV', symbol, amount, quantity: none, perShare: rate, groupId: action.id, description, at });
    }
    for (const order of openIn(account, symbol)) afterDividend(desk, account, order, rate, at);
  }
  return paid;
}

function afterDividend(desk: Desk, account: AccountState, order: VenueOrder, rate: Price, at: Instant): void {
  const waitsBelow =
    (order.side === 'buy' && order.type === 'limit') || (order.side === 'sell' && order.type !== 'limit' && order.type !== 'market');
  if (!waitsBelow || order.elected !== (order.type === 'limit') || order.type === 'trailing_stop') return;
  const lowered = (level: Price | undefined): Price | undefined => {
    if (level === undefined) return undefined;
    const exact = max(subtract(level, rate), SMALLEST);
    return max(roundToTick(exact, tickAt(exact), 'floor'), SMALLEST);
  };
  repriced(desk, account, order, at, { limitPrice: lowered(order.limitPrice), stopPrice: lowered(order.stopPrice) });
}
