import { divide } from '../money/fixed.ts';
import type { Price, Quantity } from '../money/fixed.ts';
import { abs, subtract, ZERO_QUANTITY } from '../money/money.ts';
import { applyExecution, sameSign } from './average-cost.ts';
import type { SignedExecution } from './average-cost.ts';
import { heldIn } from './lots.ts';
import type { Lot } from './lots.ts';
import type { Position, Trade } from './position.ts';
import { bookIntoLedgers } from './sub-ledgers.ts';
import type { SubLedgers } from './sub-ledgers.ts';

/** What one owner has of a symbol. */
export interface OwnerPart {
  readonly owner: string;
  readonly lots: readonly Lot[];
  /** Average price of those units, as a strategy is told it; absent while flat. */
  readonly entryPrice?: Price;
}

/** One execution as it was booked. Trade ids derive from `cause`, the execution's id. */
export interface BookEntry {
  readonly cause: string;
  /** Absent for what no strategy wanted. */
  readonly strategyId?: string;
  readonly execution: SignedExecution;
}

/**
 * All that led to a symbol's position since some beginning, in the order in which it was booked: from it the position, its owners and its
 * round trips follow again, whatever execution is taken out of it or put right.
 */
export interface SymbolBook {
  readonly position: Position | undefined;
  readonly owners: readonly OwnerPart[];
  readonly entries: readonly BookEntry[];
}

export const EMPTY_BOOK: SymbolBook = { position: undefined, owners: [], entries: [] };

/** What a book leads to. */
export interface BookFigures {
  /** `undefined` where nothing is held. */
  readonly position: Position | undefined;
  /** The position before it was closed, with its realised P&L. */
  readonly last: Position | undefined;
  readonly owners: ReadonlyMap<string, OwnerPart>;
  readonly trades: readonly Trade[];
}

/** Units added are averaged in; units taken away leave the average as it is; beyond zero it starts anew. */
export function entryPriceAfter(known: Price | undefined, before: Quantity, held: Quantity, price: Price): Price {
  if (known === undefined || before === 0n || !sameSign(before, held)) return price;
  const added = subtract(abs(held), abs(before));
  return added > 0n ? (divide(known * abs(before) + price * added, abs(held), 'half-even') as Price) : known;
}

const heldBy = (part: OwnerPart | undefined): Quantity => (part === undefined ? ZERO_QUANTITY : heldIn(part.lots));

/** Books every entry anew. */
export function figuresOf(symbol: string, book: SymbolBook): BookFigures {
  let { position } = book;
  let last = position;
  let ledgers: SubLedgers = new Map(book.owners.map(({ owner, lots }) => [owner, new Map([[symbol, lots]])]));
  const owners = new Map(book.owners.map((part) => [part.owner, part]));
  const trades: Trade[] = [];
  for (const { execution, cause, strategyId } of book.entries) {
    last = applyExecution(position, execution);
    position = last.quantity === 0n ? undefined : last;
    const booked = bookIntoLedgers(ledgers, execution, cause, strategyId);
    ledgers = booked.ledgers;
    trades.push(...booked.trades);
    for (const owner of booked.owners) {
      const lots = ledgers.get(owner)?.get(symbol) ?? [];
      const before = owners.get(owner);
      const held = heldIn(lots);
      const entryPrice = entryPriceAfter(before?.entryPrice, heldBy(before), held, execution.price);
      owners.set(owner, held === 0n ? { owner, lots } : { owner, lots, entryPrice });
    }
  }
  return { position, last, owners, trades };
}

/** The same book with its oldest entries folded into its beginning: those of before an instant, up to the first that is not. */
export function foldBefore(symbol: string, book: SymbolBook, at: number): SymbolBook {
  const found = book.entries.findIndex(({ execution }) => execution.at >= at);
  const count = found < 0 ? book.entries.length : found;
  if (count === 0) return book;
  const { position, owners } = figuresOf(symbol, { ...book, entries: book.entries.slice(0, count) });
  return { position, owners: [...owners.values()].filter(({ lots }) => lots.length > 0), entries: book.entries.slice(count) };
}
