import { worthOf } from '../instruments/worth.ts';
import type { Money, Quantity } from '../money/fixed.ts';
import { divide } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { abs, add, min, negate, subtract, ZERO_QUANTITY } from '../money/money.ts';
import { sameSign } from './average-cost.ts';
import type { SignedExecution } from './average-cost.ts';
import { heldIn, matchLots } from './lots.ts';
import type { Lot } from './lots.ts';
import type { Trade } from './position.ts';
import { splitAmong, splitLots } from './split.ts';

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

/** One owner's part of an execution, with the money that it moved: fees included, below zero where it was paid. */
export interface BookedPart extends Allocation {
  readonly fee: Money;
  readonly flow: Money;
}

/** Book an execution for its owner, or for all whom it concerns; gives the ledgers after it, the round trips it closed, and each owner's part. */
export function bookIntoLedgers(
  ledgers: SubLedgers,
  execution: SignedExecution,
  cause: string,
  strategyId: string | undefined,
): { readonly ledgers: SubLedgers; readonly trades: readonly Trade[]; readonly parts: readonly BookedPart[] } {
  const allocated =
    strategyId === undefined
      ? allocate(ledgers, execution.symbol, execution.quantity)
      : [{ owner: strategyId, quantity: execution.quantity }];
  const trades: Trade[] = [];
  const parts: BookedPart[] = [];
  let booked = ledgers;
  let feeLeft = execution.fee;
  let quantityLeft = execution.quantity;
  let paidLeft = worthOf(execution.symbol, execution.quantity, execution.price);
  for (const { owner, quantity } of allocated) {
    const last = quantity === quantityLeft;
    const fee = last ? feeLeft : (divide(feeLeft * quantity, quantityLeft, 'half-even') as Money);
    const paid = last ? paidLeft : worthOf(execution.symbol, quantity, execution.price);
    const own = owner === ACCOUNT_OWNER ? undefined : owner;
    const ownCause = allocated.length === 1 ? cause : `${cause}:${own ?? 'account'}`;
    const matched = matchLots(lotsOf(booked, owner, execution.symbol), { ...execution, quantity, fee }, ownCause, own);
    booked = withLots(booked, owner, execution.symbol, matched.lots);
    trades.push(...matched.trades);
    parts.push({ owner, quantity, fee, flow: negate(add(paid, fee)) });
    feeLeft = subtract(feeLeft, fee);
    quantityLeft = subtract(quantityLeft, quantity);
    paidLeft = subtract(paidLeft, paid);
  }
  return { ledgers: booked, trades, parts };
}

/** A symbol's units have become others: every owner's lots follow, and sum to what the account holds after it. */
export function splitLedgers(
  ledgers: SubLedgers,
  symbol: string,
  after: Quantity,
  { cause, at }: { readonly cause: string; readonly at: Instant },
): { readonly ledgers: SubLedgers; readonly trades: readonly Trade[] } {
  const held = [...ledgers.keys()].flatMap((owner) => {
    const quantity = holdingOf(ledgers, owner, symbol);
    return quantity === 0n ? [] : [[owner, quantity] as const];
  });
  const trades: Trade[] = [];
  let split = ledgers;
  for (const [owner, quantity] of splitAmong(held, after)) {
    const strategyId = owner === ACCOUNT_OWNER ? undefined : owner;
    const cut = splitLots(lotsOf(ledgers, owner, symbol), quantity, { symbol, cause, strategyId, at });
    split = withLots(split, owner, symbol, cut.lots);
    trades.push(...cut.trades);
  }
  return { ledgers: split, trades };
}
