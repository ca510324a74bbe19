import { pricePaid, worthOf } from '../instruments/worth.ts';
import { divide } from '../money/fixed.ts';
import type { Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { abs, subtract, ZERO_QUANTITY } from '../money/money.ts';
import { applyExecution, sameSign } from './average-cost.ts';
import type { SignedExecution } from './average-cost.ts';
import { heldIn } from './lots.ts';
import type { Lot } from './lots.ts';
import type { Position, Trade } from './position.ts';
import { splitPosition } from './split.ts';
import type { Split } from './split.ts';
import { bookIntoLedgers, splitLedgers } from './sub-ledgers.ts';
import type { BookedPart, SubLedgers } from './sub-ledgers.ts';

/** What one owner has of a symbol. */
export interface OwnerPart {
  readonly owner: string;
  readonly lots: readonly Lot[];
  /** Average price of those units, as a strategy is told it; absent while flat. */
  readonly entryPrice?: Price;
}

/** One execution as it was booked. Trade ids derive from `cause`, the execution's id. */
export interface ExecutionEntry {
  readonly cause: string;
  /** Absent for what no strategy wanted. */
  readonly strategyId?: string;
  readonly execution: SignedExecution;
}

/** The units themselves became others. `cause` is the broker's id of the activity. */
export interface SplitEntry {
  readonly cause: string;
  readonly split: Split;
}

export type BookEntry = ExecutionEntry | SplitEntry;

export const isExecution = (entry: BookEntry): entry is ExecutionEntry => 'execution' in entry;

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
  /** What each execution was to its owners. */
  readonly parts: readonly BookedPart[];
}

/** Units added are averaged in; units taken away leave the average as it is; beyond zero it starts anew. */
export function entryPriceAfter(known: Price | undefined, before: Quantity, held: Quantity, price: Price): Price {
  if (known === undefined || before === 0n || !sameSign(before, held)) return price;
  const added = subtract(abs(held), abs(before));
  return added > 0n ? (divide(known * abs(before) + price * added, abs(held), 'half-even') as Price) : known;
}

const heldBy = (part: OwnerPart | undefined): Quantity => (part === undefined ? ZERO_QUANTITY : heldIn(part.lots));

/** A book while its entries are booked anew. */
interface Account {
  position: Position | undefined;
  last: Position | undefined;
  ledgers: SubLedgers;
  readonly owners: Map<string, OwnerPart>;
  readonly trades: Trade[];
  readonly parts: BookedPart[];
}

function bookExecution(account: Account, { execution, cause, strategyId }: ExecutionEntry): void {
  const { symbol } = execution;
  account.last = applyExecution(account.position, execution);
  account.position = account.last.quantity === 0n ? undefined : account.last;
  const booked = bookIntoLedgers(account.ledgers, execution, cause, strategyId);
  account.ledgers = booked.ledgers;
  account.trades.push(...booked.trades);
  account.parts.push(...booked.parts);
  for (const { owner } of booked.parts) {
    const lots = account.ledgers.get(owner)?.get(symbol) ?? [];
    const before = account.owners.get(owner);
    const held = heldIn(lots);
    const entryPrice = entryPriceAfter(before?.entryPrice, heldBy(before), held, execution.price);
    account.owners.set(owner, held === 0n ? { owner, lots } : { owner, lots, entryPrice });
  }
}

function bookSplit(symbol: string, account: Account, { cause, split }: SplitEntry): void {
  if (account.position === undefined) return;
  account.last = splitPosition(account.position, split);
  account.position = account.last.quantity === 0n ? undefined : account.last;
  const cut = splitLedgers(account.ledgers, symbol, account.last.quantity, { cause, at: split.at });
  account.ledgers = cut.ledgers;
  account.trades.push(...cut.trades);
  for (const [owner, part] of account.owners) {
    const lots = account.ledgers.get(owner)?.get(symbol) ?? [];
    const [before, held] = [heldBy(part), heldIn(lots)];
    if (before === 0n) continue;
    const entryPrice =
      part.entryPrice === undefined || held === 0n ? undefined : pricePaid(symbol, worthOf(symbol, before, part.entryPrice), held);
    account.owners.set(owner, { owner, lots, ...(entryPrice === undefined ? {} : { entryPrice }) });
  }
}

/** Books every entry anew. */
export function figuresOf(symbol: string, book: SymbolBook): BookFigures {
  const account: Account = {
    position: book.position,
    last: book.position,
    ledgers: new Map(book.owners.map(({ owner, lots }) => [owner, new Map([[symbol, lots]])])),
    owners: new Map(book.owners.map((part) => [part.owner, part])),
    trades: [],
    parts: [],
  };
  for (const entry of book.entries) {
    if (isExecution(entry)) bookExecution(account, entry);
    else bookSplit(symbol, account, entry);
  }
  return account;
}

/** When an entry came about. */
export const entryAt = (entry: BookEntry): Instant => (isExecution(entry) ? entry.execution.at : entry.split.at);

/** The same book with its oldest entries folded into its beginning: those of before an instant, up to the first that is not. */
export function foldBefore(symbol: string, book: SymbolBook, at: number): SymbolBook {
  const found = book.entries.findIndex((entry) => entryAt(entry) >= at);
  const count = found < 0 ? book.entries.length : found;
  if (count === 0) return book;
  const { position, owners } = figuresOf(symbol, { ...book, entries: book.entries.slice(0, count) });
  return { position, owners: [...owners.values()].filter(({ lots }) => lots.length > 0), entries: book.entries.slice(count) };
}
