import type { Price, Quantity } from '../../money/fixed.ts';
import { abs, add, min, notional, priceOf, subtract, ZERO_QUANTITY } from '../../money/money.ts';
import { coverOf } from './option-cover.ts';
import { isOption, termsOf } from './option-terms.ts';
import type { AccountState } from './state.ts';
import type { PositionIntent, VenueOrder, VenuePosition } from './types.ts';

const blend = (held: Quantity, average: Price, added: Quantity, at: Price): Price =>
  priceOf(add(notional(held, average), notional(added, at)), add(held, added));

/**
 * A position after a signed fill, at average cost: adding blends the average, reducing keeps it, and what crosses zero
 * begins anew at the fill's price. `undefined` when nothing is left.
 */
export function applyFill(symbol: string, position: VenuePosition | undefined, signed: Quantity, at: Price): VenuePosition | undefined {
  if (position === undefined) return { symbol, quantity: signed, averagePrice: at, dayAveragePrice: at };
  const quantity = add(position.quantity, signed);
  if (quantity === 0n) return undefined;
  if (position.quantity > 0n === signed > 0n) {
    return {
      symbol,
      quantity,
      averagePrice: blend(position.quantity, position.averagePrice, signed, at),
      dayAveragePrice: blend(position.quantity, position.dayAveragePrice, signed, at),
    };
  }
  const crossed = quantity > 0n === signed > 0n;
  return crossed ? { symbol, quantity, averagePrice: at, dayAveragePrice: at } : { ...position, quantity };
}

export const remaining = (order: VenueOrder): Quantity => subtract(order.quantity, order.filledQuantity);

export const heldQuantity = (account: AccountState, symbol: string): Quantity => account.positions.get(symbol)?.quantity ?? ZERO_QUANTITY;

const CLOSING: ReadonlySet<PositionIntent> = new Set(['sell_to_close', 'buy_to_close']);

/** Open orders that close a position. A leg whose entry is not filled closes nothing yet; the stop of a pair closes what its sibling does. */
export function closingOrders(account: AccountState, symbol: string, except?: Excepted): readonly VenueOrder[] {
  const pairs = new Set<string>();
  const found: VenueOrder[] = [];
  for (const order of account.open.values()) {
    if (order.symbol !== symbol || order.id === except?.id || !CLOSING.has(order.positionIntent)) continue;
    if (order.status === 'held' && order.armed !== true) continue;
    if (order.replaces !== undefined && account.open.has(order.replaces)) continue;
    if (order.role !== undefined && order.familyId !== undefined) {
      if (pairs.has(order.familyId) || order.familyId === except?.familyId) continue;
      pairs.add(order.familyId);
    }
    found.push(order);
  }
  return found;
}

/** An order that is not counted, with its family. */
export interface Excepted {
  readonly id: string;
  readonly familyId?: string | undefined;
}

/** Shares that cover short calls are not for sale. */
function boundByOptions(account: AccountState, symbol: string): Quantity {
  if (isOption(symbol)) return ZERO_QUANTITY;
  const units = new Map<string, bigint>();
  for (const position of account.positions.values()) {
    if (position.symbol === symbol || termsOf(position.symbol)?.root === symbol) units.set(position.symbol, position.quantity);
  }
  // A covered call that waits for its price has spoken for its shares too.
  for (const order of account.open.values()) {
    if (order.side !== 'sell' || order.legs !== undefined || termsOf(order.symbol)?.root !== symbol) continue;
    units.set(order.symbol, (units.get(order.symbol) ?? 0n) - remaining(order));
  }
  return units.size < 2 ? ZERO_QUANTITY : (coverOf(units, symbol).sharesBound as Quantity);
}

/** How much of a position open closing orders have spoken for. Never more than the position. */
export function heldForOrders(account: AccountState, symbol: string, except?: Excepted): Quantity {
  let held = ZERO_QUANTITY;
  for (const order of closingOrders(account, symbol, except)) held = add(held, remaining(order));
  return min(add(held, boundByOptions(account, symbol)), abs(heldQuantity(account, symbol)));
}
