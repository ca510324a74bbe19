import type { Money, Quantity } from '../money/fixed.ts';
import { divide } from '../money/fixed.ts';
import { abs, add, min, negate, subtract, ZERO_QUANTITY } from '../money/money.ts';
import { sameSign } from './average-cost.ts';
import type { SignedExecution } from './average-cost.ts';
import { heldIn, matchLots } from './lots.ts';
import type { Lot } from './lots.ts';
import type { Trade } from './position.ts';

/** Owner of what no strategy holds: tickets, opening balances, corrections. */
export const ACCOUNT_OWNER = '';

/** Lots by owner, then by symbol. The owners' quantities of a symbol sum to the account's position. */
export type SubLedgers = ReadonlyMap<string, ReadonlyMap<string, readonly Lot[]>>;

export const lotsOf = (ledgers: SubLedgers, owner: string, symbol: string): readonly Lot[] => ledgers.get(owner)?.get(symbol) ?? [];
export const holdingOf = (ledgers: SubLedgers, owner: string, symbol: string): Quantity => heldIn(lotsOf(ledgers, owner, symbol));

/** Σ over owners of one symbol. */
export function heldByAll(ledgers: SubLedgers, symbol: string): Quantity {
  let total = ZERO_QUANTITY;
  for (const bySymbol of ledgers.values()) total = add(total, heldIn(bySymbol.get(symbol) ?? []));
  return total;
}

/** One owner's part of an execution. */
export interface Allocation {
  readonly owner: string;
  readonly quantity: Quantity;
}

/**
 * Whose units an execution without a strategy moves: it closes the account's own first, then the strategies' in order of their ids;
 * what is left belongs to the account.
 */
export function allocate(ledgers: SubLedgers, symbol: string, quantity: Quantity): readonly Allocation[] {
  const parts: Allocation[] = [];
  let left = quantity;
  for (const owner of [...ledgers.keys()].sort()) {
    if (left === 0n) break;
    const held = holdingOf(ledgers, owner, symbol);
    if (held === 0n || sameSign(held, left)) continue;
    const size = min(abs(held), abs(left));
    const part = left > 0n ? size : negate(size);
    parts.push({ owner, quantity: part });
    left = subtract(left, part);
  }
  if (left !== 0n) parts.push({ owner: ACCOUNT_OWNER, quantity: left });
  return parts;
}

function withLots(ledgers: SubLedgers, owner: string, symbol: string, lots: readonly Lot[]): SubLedgers {
  const own = new Map(ledgers.get(owner));
  if (lots.length === 0) own.delete(symbol);
  else own.set(symbol, lots);
  return new Map(ledgers).set(owner, own);
}

/** Book an execution for its owner, or for all whom it concerns; gives the ledgers after it and the round trips it closed. */
export function bookIntoLedgers(
  ledgers: SubLedgers,
  execution: SignedExecution,
  cause: string,
  strategyId: string | undefined,
): { readonly ledgers: SubLedgers; readonly trades: readonly Trade[]; readonly owners: readonly string[] } {
  const parts =
    strategyId === undefined
      ? allocate(ledgers, execution.symbol, execution.quantity)
      : [{ owner: strategyId, quantity: execution.quantity }];
  const trades: Trade[] = [];
  const owners: string[] = [];
  let booked = ledgers;
  let feeLeft = execution.fee;
  let quantityLeft = execution.quantity;
  for (const { owner, quantity } of parts) {
    const fee = quantity === quantityLeft ? feeLeft : (divide(feeLeft * quantity, quantityLeft, 'half-even') as Money);
    const own = owner === ACCOUNT_OWNER ? undefined : owner;
    const ownCause = parts.length === 1 ? cause : `${cause}:${own ?? 'account'}`;
    const matched = matchLots(lotsOf(booked, owner, execution.symbol), { ...execution, quantity, fee }, ownCause, own);
    booked = withLots(booked, owner, execution.symbol, matched.lots);
    trades.push(...matched.trades);
    if (!owners.includes(owner)) owners.push(owner);
    feeLeft = subtract(feeLeft, fee);
    quantityLeft = subtract(quantityLeft, quantity);
  }
  return { ledgers: booked, trades, owners };
}
