import { subtract } from '../../money/money.ts';
import type { Instant } from '../../money/instant.ts';
import type { Desk } from './desk.ts';
import { derivedId } from './identity.ts';
import { reservePriceOf } from './margin.ts';
import type { AccountState } from './state.ts';
import { VENUE_TERMINAL } from './types.ts';
import type { NewOrder, PositionIntent, VenueOrder } from './types.ts';

/** A leg that its entry has not set free yet: it holds no shares and its price means nothing. */
export const waits = (order: VenueOrder): boolean => order.status === 'held' && order.armed !== true;

const CLOSES: Readonly<Record<PositionIntent, PositionIntent>> = {
  buy_to_open: 'sell_to_close',
  sell_to_open: 'buy_to_close',
  buy_to_close: 'buy_to_close',
  sell_to_close: 'sell_to_close',
};

/** The other members of an order's family that are open. */
export function openRelatives(account: AccountState, order: VenueOrder): readonly VenueOrder[] {
  const family = order.familyId === undefined ? undefined : account.families.get(order.familyId);
  if (family === undefined) return [];
  return [family.head, ...family.legs].flatMap((id) => (id === order.id ? [] : (account.open.get(id) ?? [])));
}

/** The legs that a listing shows under an order: only a head has some. */
export function legsOf(account: AccountState, order: VenueOrder): readonly VenueOrder[] {
  const family = order.familyId === undefined ? undefined : account.families.get(order.familyId);
  return family?.head === order.id ? family.legs.flatMap((id) => account.orders.get(id) ?? []) : [];
}

/** The head of an order's family; `undefined` for an order that is no leg. */
export function headOf(account: AccountState, order: VenueOrder): VenueOrder | undefined {
  const family = order.familyId === undefined ? undefined : account.families.get(order.familyId);
  return family === undefined || family.head === order.id || !family.legs.includes(order.id) ? undefined : account.orders.get(family.head);
}

type LegTerms = Pick<VenueOrder, 'type' | 'limitPrice' | 'stopPrice' | 'role'>;

function termsOf(request: NewOrder): readonly LegTerms[] {
  const legs: LegTerms[] = [];
  const { takeProfit, stopLoss, orderClass } = request;
  if (takeProfit !== undefined && orderClass !== 'oco')
    legs.push({ role: 'take_profit', type: 'limit', limitPrice: takeProfit.limitPrice });
  if (stopLoss !== undefined) {
    const type = stopLoss.limitPrice === undefined ? 'stop' : 'stop_limit';
    legs.push({ role: 'stop_loss', type, stopPrice: stopLoss.stopPrice, limitPrice: stopLoss.limitPrice });
  }
  return legs;
}

/** Books the legs of a new order, `held`, and returns the order as their head. A simple order comes back as it is. */
export function foundFamily(desk: Desk, account: AccountState, request: NewOrder, head: VenueOrder): VenueOrder {
  const terms = termsOf(request);
  if (terms.length === 0) return head;
  const entry = request.orderClass !== 'oco';
  const side = entry ? (head.side === 'buy' ? 'sell' : 'buy') : head.side;
  const legs = terms.map((term): VenueOrder => {
    const sequence = ++desk.state.orderCount;
    const positionIntent = CLOSES[head.positionIntent];
    return {
      ...head,
      ...term,
      id: derivedId(desk.options.venueId, 'order', sequence),
      clientOrderId: derivedId(desk.options.venueId, 'client', sequence),
      sequence,
      side,
      familyId: head.id,
      positionIntent,
      status: 'held',
      armed: !entry,
      elected: term.type === 'limit',
      reservePrice: reservePriceOf(positionIntent, term, desk.state.lastPrices.get(head.symbol)),
    };
  });
  const founder: VenueOrder = { ...head, familyId: head.id, role: entry ? undefined : 'take_profit' };
  desk.put(account, founder);
  for (const leg of legs) {
    account.orderIdByClientId.set(leg.clientOrderId, leg.id);
    desk.put(account, leg);
  }
  account.families.set(head.id, { head: head.id, legs: legs.map(({ id }) => id) });
  return founder;
}

/** A member has a new id after a replace. */
export function succeed(account: AccountState, familyId: string, oldId: string, newId: string): void {
  const family = account.families.get(familyId);
  if (family === undefined) return;
  const renamed = (id: string): string => (id === oldId ? newId : id);
  account.families.set(familyId, { head: renamed(family.head), legs: family.legs.map(renamed) });
}

/** The entry is filled: the exits begin to live. Of a pair, the stop stays with the broker until its price is touched. */
function armLegs(desk: Desk, account: AccountState, entry: VenueOrder, at: Instant): void {
  const legs = openRelatives(account, entry);
  for (const leg of legs) {
    const kept = leg.role === 'stop_loss' && legs.length > 1;
    const live = desk.put(account, { ...leg, armed: true, status: kept ? 'held' : 'new', updatedAt: at });
    if (!kept) desk.emit('new', live, at);
  }
}

/** The other members have lost their purpose. */
function endRelatives(desk: Desk, account: AccountState, order: VenueOrder, at: Instant, quiet: boolean): void {
  for (const other of openRelatives(account, order)) {
    const stillOpen = account.open.get(other.id);
    if (stillOpen !== undefined) desk.end(account, stillOpen, 'canceled', at, quiet);
  }
}

/** What a fill or the end of one member does to the others. */
export function followMember(desk: Desk, account: AccountState, order: VenueOrder, at: Instant): void {
  if (order.familyId === undefined || order.status === 'replaced') return;
  if (order.role === undefined) {
    if (order.status === 'filled') armLegs(desk, account, order, at);
    else if (VENUE_TERMINAL.has(order.status)) endRelatives(desk, account, order, at, false);
    return;
  }
  if (order.status === 'filled') return endRelatives(desk, account, order, at, !desk.options.legEvents);
  if (VENUE_TERMINAL.has(order.status)) return endRelatives(desk, account, order, at, false);
  if (order.filledQuantity === 0n) return;
  const left = subtract(order.quantity, order.filledQuantity);
  for (const other of openRelatives(account, order)) {
    if (other.role !== undefined && other.quantity !== left) desk.put(account, { ...other, quantity: left, updatedAt: at });
  }
}

/** A held stop was touched: it goes to the market, and the take-profit gives its shares up. */
export function releaseStop(desk: Desk, account: AccountState, stop: VenueOrder, at: Instant): VenueOrder {
  for (const other of openRelatives(account, stop)) {
    if (desk.options.legEvents) desk.end(account, other, 'canceled', at);
    else desk.end(account, other, 'replaced', at);
  }
  const live = desk.put(account, { ...stop, status: 'new', elected: true, updatedAt: at });
  desk.emit('new', live, at);
  return live;
}
