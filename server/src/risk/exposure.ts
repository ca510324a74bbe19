import { multiplierOf } from '../instruments/worth.ts';
import { ratio, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Price, Quantity } from '../money/fixed.ts';
import type { OrderIntent } from '../orders/order.ts';
import type { OpenOrderView, PositionView, RiskContext } from './types.ts';
import { countedPrice, worstPrice } from './valuation.ts';
import type { ExactMoney, FineMoney } from './valuation.ts';

/** Brokers charge a short sale to buying power at no less than this times the price. */
const SHORT_COST_FACTOR = ratio('1.03');

/** Position and open orders of one symbol, counted at their worst. */
export interface SymbolExposure {
  readonly symbol: string;
  /** Signed units held. */
  readonly position: Quantity;
  /** Of one unit, or of one share of an option. */
  readonly price: Price | undefined;
  /** What units × price is multiplied by to be dollars. */
  readonly multiplier: bigint;
  /** Units that may still be closed: abs(position) less the open orders that close it. */
  readonly closable: Quantity;
  /** Value of all open buys, and of all open sells, each at the higher of its own price and the reference. */
  readonly buyValue: ExactMoney;
  readonly sellValue: ExactMoney;
  /** Cost of the position at its average price, and of all open entries at their worst. */
  readonly cost: ExactMoney;
  /** Open orders, exits too. */
  readonly orders: number;
  /** Signed units by which open entries would change the position. */
  readonly opened: Quantity;
  /** Cost of the open entries that the broker's buying power does not show yet. */
  readonly reservedCost: FineMoney;
  /** Something is held or ordered whose price is not known. */
  readonly unpriced: boolean;
}

/** The account's exposure with every open order at its worst. */
export interface Exposure {
  readonly bySymbol: ReadonlyMap<string, SymbolExposure>;
  /** Σ over symbols of {@link worstValue}; `undefined` where a price is missing. */
  readonly gross: ExactMoney | undefined;
  /** Signed value of the positions with all open buys filled, and turned around with all open sells filled; `undefined` where a price is missing. */
  readonly long: ExactMoney | undefined;
  readonly short: ExactMoney | undefined;
  /** Σ over symbols of what all open sells would leave short; `undefined` where a price is missing. */
  readonly shorts: ExactMoney | undefined;
  /** Σ of the symbols' costs; `undefined` where a price is missing. */
  readonly cost: ExactMoney | undefined;
  /** Σ of the symbols' reserved costs; `undefined` where a price is missing. */
  readonly reservedCost: FineMoney | undefined;
  /** Symbols held or ordered. */
  readonly count: number;
  /** Open orders. */
  readonly orders: number;
}

/** The same figures while orders are being added. */
type Book = { -readonly [K in keyof SymbolExposure]: SymbolExposure[K] };

function openBook(symbol: string, position: PositionView | undefined, context: RiskContext): Book {
  const held = position?.quantity ?? (0n as Quantity);
  const price = countedPrice(context.marks.get(symbol));
  const multiplier = multiplierOf(symbol);
  return {
    symbol,
    position: held,
    price,
    multiplier,
    closable: (held < 0n ? 0n - held : held) as Quantity,
    cost: ((held < 0n ? 0n - held : held) * multiplier * (position?.averagePrice ?? 0n)) as ExactMoney,
    orders: 0,
    opened: 0n as Quantity,
    buyValue: 0n as ExactMoney,
    sellValue: 0n as ExactMoney,
    reservedCost: 0n as FineMoney,
    unpriced: held !== 0n && price === undefined,
  };
}

/** Δ, the part of an order that increases the position, once what may still be closed is used up. */
export function entryPart(intent: OrderIntent, quantity: Quantity, of: Pick<SymbolExposure, 'position' | 'closable'>): Quantity {
  if (!opposes(intent, of.position)) return quantity;
  return (quantity > of.closable ? quantity - of.closable : 0n) as Quantity;
}

const opposes = (intent: OrderIntent, position: Quantity): boolean => (intent.side === 'buy' ? position < 0n : position > 0n);

/** What Δ takes of the buying power, in units times their multiplier: at its worst price, a short at 1.03 times the reference at least. */
function entryCost(intent: OrderIntent, entry: bigint, worst: Price, reference: Price): FineMoney {
  const own = entry * worst * UNITS_PER_ONE;
  if (intent.side === 'buy') return own as FineMoney;
  const short = entry * reference * SHORT_COST_FACTOR;
  return (short > own ? short : own) as FineMoney;
}

function addOrder(book: Book, intent: OrderIntent, quantity: Quantity, heldByBroker: boolean): void {
  const entry = entryPart(intent, quantity, book);
  if (opposes(intent, book.position)) book.closable = (book.closable - (quantity - entry)) as Quantity;
  book.orders += 1;
  book.opened = (intent.side === 'buy' ? book.opened + entry : book.opened - entry) as Quantity;
  const worst = worstPrice(intent, book.price);
  if (worst === undefined) {
    book.unpriced = true;
    return;
  }
  const { multiplier } = book;
  const value = quantity * multiplier * worst;
  book.cost = (book.cost + entry * multiplier * worst) as ExactMoney;
  if (intent.side === 'buy') book.buyValue = (book.buyValue + value) as ExactMoney;
  else book.sellValue = (book.sellValue + value) as ExactMoney;
  if (heldByBroker) return;
  book.reservedCost = (book.reservedCost + entryCost(intent, entry * multiplier, worst, book.price ?? worst)) as FineMoney;
}

/** What is held at its price; 0 where that is not known. */
const heldValue = ({ position, multiplier, price }: SymbolExposure): bigint => position * multiplier * (price ?? 0n);

/** The larger of what all buys and what all sells would leave of one symbol; `undefined` where a price is missing. */
export function worstValue(of: SymbolExposure): ExactMoney | undefined {
  if (of.unpriced) return undefined;
  const value = heldValue(of);
  const long = value + of.buyValue;
  const short = of.sellValue - value;
  return (long > short ? long : short) as ExactMoney;
}

/**
 * Adds up positions and open orders. Orders count in the order given: earlier ones use up what may be closed. The order with
 * the id `except` is left out, so that an order is never counted against itself.
 */
export function exposureOf(context: RiskContext, except?: string): Exposure {
  const books = new Map<string, Book>();
  for (const position of context.positions.values()) {
    if (position.quantity !== 0n) books.set(position.symbol, openBook(position.symbol, position, context));
  }
  for (const open of context.openOrders) {
    if (open.remaining <= 0n || open.intent.id === except) continue;
    const { symbol } = open.intent;
    let book = books.get(symbol);
    if (book === undefined) books.set(symbol, (book = openBook(symbol, undefined, context)));
    addOrder(book, open.intent, open.remaining, open.heldByBroker ?? false);
  }
  return total(books);
}

/** An open order with Δ, the part of what remains of it that increases the position. */
export interface OpenEntry {
  readonly open: OpenOrderView;
  readonly entry: Quantity;
}

/** Δ of every open order; earlier ones use up what may be closed. */
export function openEntries(context: RiskContext, except?: string): readonly OpenEntry[] {
  const left = new Map<string, Pick<SymbolExposure, 'position' | 'closable'>>();
  return context.openOrders
    .filter((open) => open.remaining > 0n && open.id !== except)
    .map((open) => {
      const { intent, remaining } = open;
      const of = left.get(intent.symbol) ?? openBook(intent.symbol, context.positions.get(intent.symbol), context);
      const entry = entryPart(intent, remaining, of);
      const closed = opposes(intent, of.position) ? remaining - entry : 0n;
      left.set(intent.symbol, { position: of.position, closable: (of.closable - closed) as Quantity });
      return { open, entry };
    });
}

/** What is known of a symbol with nothing held or ordered. */
export const symbolExposure = (exposure: Exposure, symbol: string, context: RiskContext): SymbolExposure =>
  exposure.bySymbol.get(symbol) ?? openBook(symbol, undefined, context);

/** What one symbol adds to each of the account's sums. */
interface Parts {
  gross: bigint;
  long: bigint;
  short: bigint;
  shorts: bigint;
  cost: bigint;
  reservedCost: bigint;
  orders: number;
}

const noParts = (): Parts => ({ gross: 0n, long: 0n, short: 0n, shorts: 0n, cost: 0n, reservedCost: 0n, orders: 0 });

/** Short units at the worst, in dollars: 0 where all open sells would leave none. */
function shortValue(of: SymbolExposure): bigint {
  const short = of.sellValue - heldValue(of);
  return short > 0n ? short : 0n;
}

/** Adds a symbol to the sums, or with −1 takes it out again. */
function accumulate(parts: Parts, of: SymbolExposure, sign: 1n | -1n): void {
  const value = heldValue(of);
  parts.gross += sign * (worstValue(of) ?? 0n);
  parts.long += sign * (value + of.buyValue);
  parts.short += sign * (of.sellValue - value);
  parts.shorts += sign * shortValue(of);
  parts.cost += sign * of.cost;
  parts.reservedCost += sign * of.reservedCost;
  parts.orders += Number(sign) * of.orders;
}

function exposureFrom(bySymbol: ReadonlyMap<string, SymbolExposure>, parts: Parts, unpriced: boolean): Exposure {
  const sum = (units: bigint): ExactMoney | undefined => (unpriced ? undefined : (units as ExactMoney));
  return {
    bySymbol,
    gross: sum(parts.gross),
    long: sum(parts.long),
    short: sum(parts.short),
    shorts: sum(parts.shorts),
    cost: sum(parts.cost),
    reservedCost: unpriced ? undefined : (parts.reservedCost as FineMoney),
    count: bySymbol.size,
    orders: parts.orders,
  };
}

/** The exposure once what may still fill of an intent is open too. */
export function withOrder(
  exposure: Exposure,
  { intent, remaining }: Pick<OpenOrderView, 'intent' | 'remaining'>,
  context: RiskContext,
): Exposure {
  const before = exposure.bySymbol.get(intent.symbol);
  const book: Book = before === undefined ? openBook(intent.symbol, undefined, context) : { ...before };
  addOrder(book, intent, remaining, false);
  const bySymbol = new Map(exposure.bySymbol).set(intent.symbol, book);
  const { gross, long, short, shorts, cost, reservedCost, orders } = exposure;
  const known = gross !== undefined && long !== undefined && short !== undefined && shorts !== undefined;
  // The sums change by one symbol alone, unless a price is missing somewhere.
  if (!known || cost === undefined || reservedCost === undefined || book.unpriced) return total(bySymbol);
  const parts: Parts = { gross, long, short, shorts, cost, reservedCost, orders };
  if (before !== undefined) accumulate(parts, before, -1n);
  accumulate(parts, book, 1n);
  return exposureFrom(bySymbol, parts, false);
}

function total(bySymbol: ReadonlyMap<string, SymbolExposure>): Exposure {
  const parts = noParts();
  let unpriced = false;
  for (const of of bySymbol.values()) {
    accumulate(parts, of, 1n);
    unpriced ||= of.unpriced;
  }
  return exposureFrom(bySymbol, parts, unpriced);
}
