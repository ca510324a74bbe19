import { pricePaid, worthOf } from '../instruments/worth.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { abs, add, min, negate, subtract, ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import type { Position } from './position.ts';

/** An execution as accounting sees it: signed, so that buys and sells are one rule. */
export interface SignedExecution {
  readonly symbol: string;
  /** Signed; negative sells. Never zero. */
  readonly quantity: Quantity;
  readonly price: Price;
  readonly fee: Money;
  readonly at: Instant;
}

export const sameSign = (left: bigint, right: bigint): boolean => left > 0n === right > 0n;

/** P&L of closing `closed` units (signed as they were held) that cost `entry` at `exit`. */
export const closedPnl = (symbol: string, closed: Quantity, entry: Price, exit: Price): Money =>
  subtract(worthOf(symbol, closed, exit), worthOf(symbol, closed, entry));

/**
 * A position after one execution, at average cost. Adding averages the price; reducing realises against it; crossing zero realises the whole
 * and opens the rest at the execution's price. The quantity of the result may be zero: the caller then closes the position.
 */
export function applyExecution(held: Position | undefined, execution: SignedExecution): Position {
  const before = held?.quantity ?? ZERO_QUANTITY;
  const after = add(before, execution.quantity);
  const fees = add(held?.fees ?? ZERO_MONEY, execution.fee);
  const realizedBefore = held?.realizedPnl ?? ZERO_MONEY;
  const { symbol } = execution;
  const base = { symbol, quantity: after, fees, updatedAt: execution.at };
  if (held === undefined || before === 0n)
    return { ...base, averagePrice: execution.price, realizedPnl: realizedBefore, openedAt: execution.at };
  if (sameSign(before, execution.quantity)) {
    const cost = add(worthOf(symbol, before, held.averagePrice), worthOf(symbol, execution.quantity, execution.price));
    return { ...base, averagePrice: pricePaid(symbol, cost, after), realizedPnl: realizedBefore, openedAt: held.openedAt };
  }
  const closedSize = min(abs(before), abs(execution.quantity));
  const closed = before > 0n ? closedSize : negate(closedSize);
  const realizedPnl = add(realizedBefore, closedPnl(symbol, closed, held.averagePrice, execution.price));
  const crossed = after !== 0n && !sameSign(before, after);
  return {
    ...base,
    realizedPnl,
    averagePrice: crossed ? execution.price : held.averagePrice,
    openedAt: crossed ? execution.at : held.openedAt,
  };
}
