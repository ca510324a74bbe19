import { pricePaid, worthOf } from '../instruments/worth.ts';
import { divide, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { add, subtract, ZERO_MONEY } from '../money/money.ts';
import { heldIn } from './lots.ts';
import type { Lot } from './lots.ts';
import type { Position, Trade } from './position.ts';

/** One share became several, or several one: so many units of now for so many of before, as the broker's own position moved. */
export interface Split {
  readonly newUnits: Quantity;
  readonly oldUnits: Quantity;
  readonly at: Instant;
}

const isWhole = (size: bigint): boolean => size % UNITS_PER_ONE === 0n;

/** Units after the split: whole ones where all that goes in is whole, because brokers pay the rest out. */
export function unitsAfter(size: Quantity, { newUnits, oldUnits }: Split): Quantity {
  const step = isWhole(size) && isWhole(newUnits) && isWhole(oldUnits) ? UNITS_PER_ONE : 1n;
  return (divide(size * newUnits, oldUnits * step, 'toward-zero') * step) as Quantity;
}

export const priceAfter = (price: Price, { newUnits, oldUnits }: Split): Price => divide(price * oldUnits, newUnits, 'half-even') as Price;

/** The position keeps what it has cost. Where nothing is left, that is lost: cash for it is income of its own. */
export function splitPosition(held: Position, split: Split): Position {
  const quantity = unitsAfter(held.quantity, split);
  const cost = worthOf(held.symbol, held.quantity, held.averagePrice);
  if (quantity === 0n) return { ...held, quantity, realizedPnl: subtract(held.realizedPnl, cost), updatedAt: split.at };
  return { ...held, quantity, averagePrice: pricePaid(held.symbol, cost, quantity), updatedAt: split.at };
}

/** Lots that together are so many units, each with the cost that it had; one of which nothing is left has been closed for nothing. */
export function splitLots(
  lots: readonly Lot[],
  after: Quantity,
  {
    symbol,
    cause,
    strategyId,
    at,
  }: { readonly symbol: string; readonly cause: string; readonly strategyId: string | undefined; readonly at: Instant },
): { readonly lots: readonly Lot[]; readonly trades: readonly Trade[] } {
  const before = heldIn(lots);
  const kept: Lot[] = [];
  const trades: Trade[] = [];
  let [counted, given] = [0n, 0n];
  for (const lot of lots) {
    counted += lot.quantity;
    const upTo = before === 0n ? 0n : divide(after * counted, before, 'half-even');
    const quantity = (upTo - given) as Quantity;
    given = upTo;
    const cost = worthOf(symbol, lot.quantity, lot.price);
    if (quantity !== 0n) {
      kept.push({ ...lot, quantity, price: pricePaid(symbol, cost, quantity) });
      continue;
    }
    trades.push({
      id: `${cause}:${strategyId ?? 'account'}:${trades.length + 1}`,
      symbol,
      direction: lot.quantity > 0n ? 'long' : 'short',
      quantity: (lot.quantity < 0n ? -lot.quantity : lot.quantity) as Quantity,
      entryPrice: lot.price,
      exitPrice: 0n as Price,
      entryAt: lot.at,
      exitAt: at,
      grossPnl: subtract(ZERO_MONEY, cost),
      fees: lot.fee,
      ...(strategyId === undefined ? {} : { strategyId }),
    });
  }
  return { lots: kept, trades };
}

/** Cuts what the account holds after a split among the owners of what it held before: whole units to owners of whole units, and the sum exact. */
export function splitAmong(
  held: readonly (readonly [owner: string, quantity: Quantity])[],
  after: Quantity,
): ReadonlyMap<string, Quantity> {
  const before = held.reduce((sum, [, quantity]) => add(sum, quantity), 0n as Quantity);
  const step = isWhole(after) && held.every(([, quantity]) => isWhole(quantity)) ? UNITS_PER_ONE : 1n;
  const shares = new Map<string, Quantity>();
  let [counted, given] = [0n, 0n];
  for (const [owner, quantity] of held.toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    counted += quantity;
    const upTo = before === 0n ? 0n : divide(after * counted, before * step, 'half-even') * step;
    shares.set(owner, (upTo - given) as Quantity);
    given = upTo;
  }
  return shares;
}
