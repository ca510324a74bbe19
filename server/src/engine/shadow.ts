import { toNumber } from '../money/fixed.ts';
import type { Quantity } from '../money/fixed.ts';
import { ZERO_QUANTITY } from '../money/money.ts';
import type { Split } from '../positions/split.ts';
import type { Wish } from '../strategies/strategy.ts';
import type { EventOf } from './events.ts';
import { protectionKey } from './protections.ts';
import { beginBook, fillBar, shadowResult, splitBook, trailedStop } from './shadow-book.ts';
import type { ShadowBook, ShadowExits, ShadowFill, ShadowHolding, ShadowOrder } from './shadow-book.ts';
import type { EngineState, StrategySlot } from './state.ts';
import { change, emit, raise, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** The book of a strategy that goes into shadow: it begins with what it really holds, and with the exits of that. */
export function shadowOf(state: EngineState, { config, holdings, entryPrices }: StrategySlot): ShadowBook {
  const held = [...holdings].flatMap(([symbol, quantity]) => {
    const entry = entryPrices.get(symbol);
    if (quantity === 0n || entry === undefined) return [];
    const holding: ShadowHolding = { quantity, averagePrice: entry, exits: exitsOf(state, config.id, symbol) };
    return [[symbol, holding, state.marks.get(symbol)?.price ?? entry] as const];
  });
  return beginBook(state.now, held);
}

function exitsOf(state: EngineState, strategyId: string, symbol: string): ShadowExits {
  const protection = state.protections.get(protectionKey(strategyId, symbol));
  if (protection === undefined || protection.over === true) return {};
  const { stopPrice, takeProfit, trail } = protection;
  return {
    ...(stopPrice === undefined ? {} : { stop: toNumber(stopPrice) }),
    ...(takeProfit === undefined ? {} : { takeProfit: toNumber(takeProfit) }),
    ...(trail === undefined ? {} : { trail }),
  };
}

const setBook = (turn: Turn, slot: StrategySlot, shadow: ShadowBook): void =>
  change(turn, { strategies: withEntry(turn.state.strategies, slot.config.id, { ...slot, shadow }) });

/** Bars have closed: what waits in the books of strategies on these bars fills, before they are asked. */
export function fillShadows(turn: Turn, { bars, timeframe, at }: EventOf<'BarsClosed'>): void {
  for (const slot of turn.state.strategies.values()) {
    const { config, shadow } = slot;
    if (shadow === undefined || config.timeframe !== timeframe) continue;
    const own = bars.filter(({ symbol }) => config.symbols.includes(symbol));
    if (own.length === 0) continue;
    let book = shadow;
    const fills: ShadowFill[] = [];
    for (const bar of own) {
      const filled = fillBar(book, bar);
      book = filled.book;
      fills.push(...filled.fills);
    }
    setBook(turn, slot, book);
    if (fills.length > 0 || book.holdings.size > 0)
      emit(turn, { kind: 'ShadowMarked', strategyId: config.id, at, result: shadowResult(book), fills });
  }
}

/** A wish of a strategy in shadow, as it goes into its book. */
export function wishInShadow(turn: Turn, strategyId: string, wish: Wish, units: Quantity | undefined): void {
  const slot = turn.state.strategies.get(strategyId);
  if (slot?.shadow === undefined) return;
  const book = slot.shadow;
  if (wish.kind === 'cancel') setBook(turn, slot, { ...book, waiting: book.waiting.filter((order) => !isMeant(order, wish)) });
  else if (wish.kind === 'protect') setBook(turn, slot, protectedBook(slot, book, wish));
  else if (units !== undefined) placeInShadow(turn, slot, book, wish, units);
}

const isMeant = (order: ShadowOrder, { symbol, orderNumber }: Wish): boolean =>
  order.symbol === symbol && (orderNumber === undefined || order.orderNumber === orderNumber);

function protectedBook({ signal }: StrategySlot, book: ShadowBook, wish: Wish): ShadowBook {
  const { symbol, stopLoss, takeProfit, trailFraction } = wish;
  const holding = book.holdings.get(symbol);
  const close = signal?.closes.get(symbol);
  if (holding === undefined) return book;
  const best = trailFraction === undefined || close === undefined ? undefined : toNumber(close);
  const follows =
    trailFraction === undefined || best === undefined
      ? {}
      : { trail: { fraction: trailFraction, best }, stop: trailedStop(best, trailFraction, holding.quantity > 0n) };
  const exits: ShadowExits = {
    ...(stopLoss === undefined ? {} : { stop: stopLoss }),
    ...(takeProfit === undefined ? {} : { takeProfit }),
    ...follows,
  };
  return { ...book, holdings: new Map(book.holdings).set(symbol, { ...holding, exits }) };
}

const KINDS: Readonly<Partial<Record<Wish['kind'], ShadowOrder['kind']>>> = {
  target: 'target',
  market: 'market',
  limit: 'limit',
  stop: 'stop',
};

function placeInShadow(turn: Turn, slot: StrategySlot, book: ShadowBook, wish: Wish, units: Quantity): void {
  const { symbol, limit, stop, stopLoss, takeProfit, reduceOnly, day, orderNumber, group } = wish;
  const kind = KINDS[wish.kind];
  if (kind === undefined) {
    const detail = `A shadow carries targets and market, limit and stop orders, and exits; a ${wish.kind} order of ${symbol} was left out, so that its result is not what trading would bring.`;
    raise(turn, 'ShadowIncomplete', slot.config.id, 'warning', `The shadow of ${slot.config.name} is not whole`, detail);
    return;
  }
  const price = kind === 'limit' ? limit : kind === 'stop' ? stop : undefined;
  const order: ShadowOrder = {
    symbol,
    units,
    kind,
    exits: { ...(stopLoss === undefined ? {} : { stop: stopLoss }), ...(takeProfit === undefined ? {} : { takeProfit }) },
    ...(price === undefined ? {} : { price }),
    ...(reduceOnly === true ? { reduceOnly } : {}),
    ...(day === true ? { day } : {}),
    ...(orderNumber === undefined ? {} : { orderNumber }),
    ...(group === undefined ? {} : { group }),
  };
  const others = kind === 'target' ? book.waiting.filter((each) => each.symbol !== symbol || each.kind !== 'target') : book.waiting;
  setBook(turn, slot, { ...book, waiting: [...others, order] });
}

/** A paused strategy wants nothing: what waits in its book is dropped. */
export const withoutWaiting = (slot: StrategySlot): StrategySlot =>
  slot.shadow === undefined ? slot : { ...slot, shadow: { ...slot.shadow, waiting: [] } };

/** The units of a symbol became others, in every book. */
export function splitShadows(turn: Turn, symbol: string, split: Split): void {
  for (const slot of turn.state.strategies.values())
    if (slot.shadow !== undefined) setBook(turn, slot, splitBook(slot.shadow, symbol, split));
}

/** What a strategy is told of itself: in shadow what its book holds, else what it really holds. */
export interface OwnView {
  readonly quantity: Quantity;
  readonly entryPrice: number;
}

export function ownView({ shadow, holdings, entryPrices }: StrategySlot, symbol: string): OwnView {
  const shadowed = shadow?.holdings.get(symbol);
  const quantity = shadow === undefined ? holdings.get(symbol) : shadowed?.quantity;
  const entry = shadow === undefined ? entryPrices.get(symbol) : shadowed?.averagePrice;
  return { quantity: quantity ?? ZERO_QUANTITY, entryPrice: entry === undefined ? Number.NaN : toNumber(entry) };
}
