import { ratio, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Price, Quantity } from '../money/fixed.ts';
import type { OrderIntent } from '../orders/order.ts';
import type { OpenOrderView, PositionView, RiskContext } from './types.ts';
import { referencePrice, worstPrice } from './valuation.ts';
import type { ExactMoney, FineMoney } from './valuation.ts';

/** Brokers charge a short sale to buying power at no less than this times the price. */
const SHORT_COST_FACTOR = ratio('1.03');

/** Position and open orders of one symbol, counted at their worst. */
export interface SymbolExposure {
  readonly symbol: string;
  /** Signed units held. */
  readonly position: Quantity;
  readonly price: Price | undefined;
  /** Units that may still be closed: abs(position) less the open orders that close it. */
  readonly closable: Quantity;
  /** Value of all open buys, and of all open sells, each at the higher of its own price and the reference. */
  readonly buyValue: ExactMoney;
  readonly sellValue: ExactMoney;
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
  /** Signed value of the positions alone; `undefined` where a price is missing. */
  readonly net: ExactMoney | undefined;
  /** Σ of the symbols' reserved costs; `undefined` where a price is missing. */
  readonly reservedCost: FineMoney | undefined;
  /** Symbols held or ordered. */
  readonly count: number;
}

/** The same figures while orders are being added. */
type Book = { -readonly [K in keyof SymbolExposure]: SymbolExposure[K] };

function openBook(symbol: string, position: PositionView | undefined, context: RiskContext): Book {
  const held = position?.quantity ?? (0n as Quantity);
  const mark = context.marks.get(symbol);
  // A crossed quote cannot open a position, but what is held must still be counted at something.
  const price = referencePrice(mark) ?? (mark !== undefined && mark.price > 0n ? mark.price : undefined);
  return {
    symbol,
    position: held,
    price,
    closable: (held < 0n ? 0n - held : held) as Quantity,
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

/** What an entry takes of the buying power: Δ at its worst price, a short at 1.03 times the reference at least. */
function entryCost(intent: OrderIntent, entry: Quantity, worst: Price, reference: Price): FineMoney {
  const own = entry * worst * UNITS_PER_ONE;
  if (intent.side === 'buy') return own as FineMoney;
  const short = entry * reference * SHORT_COST_FACTOR;
  return (short > own ? short : own) as FineMoney;
}

function addOrder(book: Book, intent: OrderIntent, quantity: Quantity, heldByBroker: boolean): void {
  const entry = entryPart(intent, quantity, book);
  if (opposes(intent, book.position)) book.closable = (book.closable - (quantity - entry)) as Quantity;
  const worst = worstPrice(intent, book.price);
  if (worst === undefined) {
    book.unpriced = true;
    return;
  }
  const value = quantity * worst;
  if (intent.side === 'buy') book.buyValue = (book.buyValue + value) as ExactMoney;
  else book.sellValue = (book.sellValue + value) as ExactMoney;
  if (!heldByBroker) book.reservedCost = (book.reservedCost + entryCost(intent, entry, worst, book.price ?? worst)) as FineMoney;
}

/** The larger of what all buys and what all sells would leave of one symbol; `undefined` where a price is missing. */
export function worstValue(of: SymbolExposure): ExactMoney | undefined {
  if (of.unpriced) return undefined;
  const value = of.position * (of.price ?? 0n);
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
export function openEntries(context: RiskContext): readonly OpenEntry[] {
  const left = new Map<string, Pick<SymbolExposure, 'position' | 'closable'>>();
  return context.openOrders
    .filter((open) => open.remaining > 0n)
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

/** The exposure once the whole of an intent is open too. */
export function withOrder(exposure: Exposure, intent: OrderIntent, context: RiskContext): Exposure {
  const before = exposure.bySymbol.get(intent.symbol);
  const book: Book = before === undefined ? openBook(intent.symbol, undefined, context) : { ...before };
  addOrder(book, intent, intent.quantity, false);
  const bySymbol = new Map(exposure.bySymbol).set(intent.symbol, book);
  // The sums change by one symbol alone, unless a price is missing somewhere.
  if (exposure.gross === undefined || exposure.reservedCost === undefined || book.unpriced) return total(bySymbol);
  const worstBefore = before === undefined ? 0n : (worstValue(before) ?? 0n);
  return {
    bySymbol,
    gross: (exposure.gross - worstBefore + (worstValue(book) ?? 0n)) as ExactMoney,
    net: exposure.net,
    reservedCost: (exposure.reservedCost - (before?.reservedCost ?? 0n) + book.reservedCost) as FineMoney,
    count: bySymbol.size,
  };
}

function total(bySymbol: ReadonlyMap<string, SymbolExposure>): Exposure {
  let gross = 0n;
  let net = 0n;
  let reservedCost = 0n;
  let unpriced = false;
  for (const of of bySymbol.values()) {
    gross += worstValue(of) ?? 0n;
    net += of.position * (of.price ?? 0n);
    reservedCost += of.reservedCost;
    unpriced ||= of.unpriced;
  }
  return {
    bySymbol,
    gross: unpriced ? undefined : (gross as ExactMoney),
    net: unpriced ? undefined : (net as ExactMoney),
    reservedCost: unpriced ? undefined : (reservedCost as FineMoney),
    count: bySymbol.size,
  };
}
