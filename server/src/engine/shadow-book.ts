import { pricePaid, worthOf } from '../instruments/worth.ts';
import { priceFromNumber } from '../money/fixed.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { abs, add, subtract, ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import type { Bar } from '../market-data/bar.ts';
import { sameSign } from '../positions/average-cost.ts';
import { priceAfter, unitsAfter } from '../positions/split.ts';
import type { Split } from '../positions/split.ts';

/** Exits of a holding, as the strategy gave them. */
export interface ShadowExits {
  readonly stop?: number;
  readonly takeProfit?: number;
  /** A stop that follows the best price of the bars, for the bars after it. */
  readonly trail?: { readonly fraction: number; readonly best: number };
}

export interface ShadowHolding {
  /** Signed units, not zero. */
  readonly quantity: Quantity;
  readonly averagePrice: Price;
  readonly exits: ShadowExits;
}

/** What waits for the next bar of its symbol. */
export interface ShadowOrder {
  readonly symbol: string;
  /** `target`: what is held afterwards; else what is bought or, below zero, sold. Signed units. */
  readonly units: Quantity;
  readonly kind: 'target' | 'market' | 'limit' | 'stop';
  /** Of a limit or a stop. */
  readonly price?: number;
  readonly exits: ShadowExits;
  readonly reduceOnly?: true;
  /** Ends with its first bar. */
  readonly day?: true;
  readonly orderNumber?: number;
  readonly group?: number;
}

export interface ShadowFill {
  readonly symbol: string;
  /** Signed units. */
  readonly units: Quantity;
  readonly price: Price;
}

/** What a strategy in shadow would hold: filled from bars by the rules of a backtest at the next open, without any costs. */
export interface ShadowBook {
  readonly since: Instant;
  /** What its fills have moved since then, less what it began with at the prices of that moment: with what is held at its price it is the result. */
  readonly cash: Money;
  readonly holdings: ReadonlyMap<string, ShadowHolding>;
  readonly waiting: readonly ShadowOrder[];
  /** Newest closes of what is held. */
  readonly closes: ReadonlyMap<string, Price>;
  readonly fills: number;
}

/** Profit or loss since the book began, marked at the newest closes. */
export const shadowResult = ({ cash, holdings, closes }: ShadowBook): Money =>
  [...holdings].reduce(
    (total, [symbol, { quantity, averagePrice }]) => add(total, worthOf(symbol, quantity, closes.get(symbol) ?? averagePrice)),
    cash,
  );

/** A book that begins with what is really held, at these prices. */
export function beginBook(since: Instant, held: readonly (readonly [string, ShadowHolding, Price])[]): ShadowBook {
  return {
    since,
    cash: held.reduce((cash, [symbol, { quantity }, price]) => subtract(cash, worthOf(symbol, quantity, price)), ZERO_MONEY),
    holdings: new Map(held.map(([symbol, holding]) => [symbol, holding])),
    waiting: [],
    closes: new Map(held.map(([symbol, , price]) => [symbol, price])),
    fills: 0,
  };
}

/** One bar's fills in progress. */
interface Filling {
  book: ShadowBook;
  readonly fills: ShadowFill[];
}

const NO_EXITS: ShadowExits = {};
interface Booked {
  readonly units: Quantity;
  readonly price: Price;
  readonly exits: ShadowExits;
}

const heldOf = ({ holdings }: ShadowBook, symbol: string): Quantity => holdings.get(symbol)?.quantity ?? ZERO_QUANTITY;

function holdingAfter(symbol: string, before: ShadowHolding | undefined, { units, price, exits }: Booked): ShadowHolding | undefined {
  const held = before?.quantity ?? ZERO_QUANTITY;
  const quantity = add(held, units);
  if (quantity === 0n) return undefined;
  if (before === undefined || !sameSign(held, quantity)) return { quantity, averagePrice: price, exits };
  if (!sameSign(held, units)) return { ...before, quantity };
  const cost = add(worthOf(symbol, held, before.averagePrice), worthOf(symbol, units, price));
  const given = exits.stop === undefined && exits.takeProfit === undefined ? before.exits : exits;
  return { quantity, averagePrice: pricePaid(symbol, cost, quantity), exits: given };
}

function book(filling: Filling, symbol: string, units: Quantity, at: number, exits: ShadowExits = NO_EXITS): void {
  if (units === 0n) return;
  const price = priceFromNumber(at);
  const { book: before } = filling;
  const holdings = new Map(before.holdings);
  const after = holdingAfter(symbol, holdings.get(symbol), { units, price, exits });
  if (after === undefined) holdings.delete(symbol);
  else holdings.set(symbol, after);
  filling.book = { ...before, holdings, cash: subtract(before.cash, worthOf(symbol, units, price)), fills: before.fills + 1 };
  filling.fills.push({ symbol, units, price });
}

/** The part of signed units that closes what is held. */
function closing(units: Quantity, held: Quantity): Quantity {
  if (units === 0n || held === 0n || sameSign(units, held)) return ZERO_QUANTITY;
  return abs(units) > abs(held) ? ((0n - held) as Quantity) : units;
}

/** Where an exit that a price has reached fills, from the open on; `undefined` where none is reached. Stop before target. */
function exitPrice(quantity: Quantity, { stop, takeProfit }: ShadowExits, low: number, high: number, open: number): number | undefined {
  const long = quantity > 0n;
  if (stop !== undefined && (long ? low <= stop : high >= stop)) return long ? Math.min(open, stop) : Math.max(open, stop);
  if (takeProfit !== undefined && (long ? high >= takeProfit : low <= takeProfit))
    return long ? Math.max(open, takeProfit) : Math.min(open, takeProfit);
  return undefined;
}

function exit(filling: Filling, { symbol, open }: Bar, low: number, high: number, only?: 'stop'): void {
  const holding = filling.book.holdings.get(symbol);
  if (holding === undefined) return;
  const { stop } = holding.exits;
  const exits = only === undefined ? holding.exits : stop === undefined ? NO_EXITS : { stop };
  // What opened inside of the bar meets its stop at the stop itself.
  const from = only === undefined ? open : (stop ?? open);
  const price = exitPrice(holding.quantity, exits, low, high, from);
  if (price !== undefined) book(filling, symbol, (0n - holding.quantity) as Quantity, price);
}

/** Where a resting order fills within a bar; `undefined` where the bar does not reach it. */
function restingPrice({ kind, units, price = Number.NaN }: ShadowOrder, { open, low, high }: Bar): number | undefined {
  const buys = units > 0n;
  if (kind === 'stop') return (buys ? high >= price : low <= price) ? (buys ? Math.max(open, price) : Math.min(open, price)) : undefined;
  return (buys ? low <= price : high >= price) ? (buys ? Math.min(open, price) : Math.max(open, price)) : undefined;
}

const unitsOf = (order: ShadowOrder, held: Quantity): Quantity => {
  const wanted = order.kind === 'target' ? subtract(order.units, held) : order.units;
  return order.reduceOnly === true ? closing(wanted, held) : wanted;
};

function fillAtOpen(filling: Filling, bar: Bar, kind: 'target' | 'market'): void {
  const isDue = (order: ShadowOrder): boolean => order.symbol === bar.symbol && order.kind === kind;
  const due = filling.book.waiting.filter(isDue);
  filling.book = { ...filling.book, waiting: filling.book.waiting.filter((order) => !isDue(order)) };
  for (const order of due) book(filling, bar.symbol, unitsOf(order, heldOf(filling.book, bar.symbol)), bar.open, order.exits);
}

/** Stops, then limits, over the bar; whoever fills ends the rest of its group. */
function fillResting(filling: Filling, bar: Bar): void {
  for (const kind of ['stop', 'limit'] as const) {
    for (const order of filling.book.waiting) {
      if (order.symbol !== bar.symbol || order.kind !== kind || !filling.book.waiting.includes(order)) continue;
      const price = restingPrice(order, bar);
      if (price === undefined) continue;
      const { group } = order;
      const left = filling.book.waiting.filter((other) => other !== order && (group === undefined || other.group !== group));
      filling.book = { ...filling.book, waiting: left };
      book(filling, bar.symbol, unitsOf(order, heldOf(filling.book, bar.symbol)), price, order.exits);
      exit(filling, bar, bar.low, bar.high, 'stop');
    }
  }
}

/** Orders of one day end, stops that follow move with the bar, for the bars after it. */
function closeBar(filling: Filling, { symbol, high, low, close }: Bar): void {
  const { waiting, holdings, closes } = filling.book;
  const holding = holdings.get(symbol);
  const moved = holding === undefined ? holdings : new Map(holdings).set(symbol, { ...holding, exits: followed(holding, high, low) });
  filling.book = {
    ...filling.book,
    waiting: waiting.filter((order) => order.symbol !== symbol || order.day !== true),
    holdings: moved,
    closes: new Map(closes).set(symbol, priceFromNumber(close)),
  };
}

function followed({ quantity, exits }: ShadowHolding, high: number, low: number): ShadowExits {
  const { trail } = exits;
  if (trail === undefined) return exits;
  const best = quantity > 0n ? Math.max(trail.best, high) : Math.min(trail.best, low);
  return { ...exits, trail: { ...trail, best }, stop: trailedStop(best, trail.fraction, quantity > 0n) };
}

export const trailedStop = (best: number, fraction: number, long: boolean): number => best * (1 - (long ? 1 : -1) * fraction);

/** A bar of one symbol has closed: what it fills, in the order in which a backtest does. */
export function fillBar(before: ShadowBook, bar: Bar): { readonly book: ShadowBook; readonly fills: readonly ShadowFill[] } {
  const filling: Filling = { book: before, fills: [] };
  fillAtOpen(filling, bar, 'target');
  fillAtOpen(filling, bar, 'market');
  exit(filling, bar, bar.low, bar.high);
  fillResting(filling, bar);
  closeBar(filling, bar);
  return filling;
}

/** One unit became several: what is held keeps what it has cost, and what waits was decided on the old units. */
export function splitBook(before: ShadowBook, symbol: string, split: Split): ShadowBook {
  const holding = before.holdings.get(symbol);
  const close = before.closes.get(symbol);
  const holdings = new Map(before.holdings);
  if (holding !== undefined) holdings.set(symbol, splitHolding(holding, split));
  if (holdings.get(symbol)?.quantity === 0n) holdings.delete(symbol);
  const closes = close === undefined ? before.closes : new Map(before.closes).set(symbol, priceAfter(close, split));
  return { ...before, holdings, closes, waiting: before.waiting.filter((order) => order.symbol !== symbol) };
}

function splitHolding({ quantity, averagePrice, exits }: ShadowHolding, split: Split): ShadowHolding {
  const factor = Number(split.oldUnits) / Number(split.newUnits);
  const { stop, takeProfit, trail } = exits;
  return {
    quantity: unitsAfter(quantity, split),
    averagePrice: priceAfter(averagePrice, split),
    exits: {
      ...(stop === undefined ? {} : { stop: stop * factor }),
      ...(takeProfit === undefined ? {} : { takeProfit: takeProfit * factor }),
      ...(trail === undefined ? {} : { trail: { ...trail, best: trail.best * factor } }),
    },
  };
}
