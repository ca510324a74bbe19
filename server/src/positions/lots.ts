import { divide } from '../money/fixed.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { abs, add, min, negate, subtract, ZERO_QUANTITY } from '../money/money.ts';
import { closedPnl, sameSign } from './average-cost.ts';
import type { SignedExecution } from './average-cost.ts';
import type { Trade } from './position.ts';

/** Units still held from one execution, in order of purchase. */
export interface Lot {
  /** Signed, never zero. */
  readonly quantity: Quantity;
  readonly price: Price;
  /** What is left of the entry's fee. */
  readonly fee: Money;
  readonly at: Instant;
}

export const heldIn = (lots: readonly Lot[]): Quantity => {
  let total = 0n;
  for (const lot of lots) total += lot.quantity;
  return total as Quantity;
};

/** The part of a fee that belongs to `part` of `whole`. */
const feeShare = (fee: Money, part: Quantity, whole: Quantity): Money =>
  part === whole || fee === 0n ? fee : (divide(fee * part, whole, 'half-even') as Money);

/**
 * Match an execution against lots, first in, first out. Gives the lots that remain and one round trip for each lot touched.
 * Trade ids derive from `cause`, the execution's id.
 */
export function matchLots(
  lots: readonly Lot[],
  execution: SignedExecution,
  cause: string,
  strategyId: string | undefined,
): { readonly lots: readonly Lot[]; readonly trades: readonly Trade[] } {
  const trades: Trade[] = [];
  const remaining = [...lots];
  let left = execution.quantity;
  let feeLeft = execution.fee;
  for (let lot = remaining[0]; lot !== undefined && left !== 0n && !sameSign(lot.quantity, left); lot = remaining[0]) {
    const size = min(abs(lot.quantity), abs(left));
    const closed = lot.quantity > 0n ? size : negate(size);
    const entryFee = feeShare(lot.fee, size, abs(lot.quantity));
    const exitFee = feeShare(feeLeft, size, abs(left));
    trades.push({
      id: `${cause}:${trades.length + 1}`,
      symbol: execution.symbol,
      direction: lot.quantity > 0n ? 'long' : 'short',
      quantity: size,
      entryPrice: lot.price,
      exitPrice: execution.price,
      entryAt: lot.at,
      exitAt: execution.at,
      grossPnl: closedPnl(execution.symbol, closed, lot.price, execution.price),
      fees: add(entryFee, exitFee),
      ...(strategyId === undefined ? {} : { strategyId }),
    });
    const rest = subtract(lot.quantity, closed);
    if (rest === ZERO_QUANTITY) remaining.shift();
    else remaining[0] = { ...lot, quantity: rest, fee: subtract(lot.fee, entryFee) };
    left = add(left, closed);
    feeLeft = subtract(feeLeft, exitFee);
  }
  if (left !== 0n) remaining.push({ quantity: left, price: execution.price, fee: feeLeft, at: execution.at });
  return { lots: remaining, trades };
}
