import { pricePaid, worthOf } from '../instruments/worth.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { abs, add, min, negate, scale, subtract, ZERO_QUANTITY } from '../money/money.ts';
import type { Ratio } from '../money/fixed.ts';
import type { Fill, Order } from '../orders/order.ts';
import { applyExecution } from '../positions/average-cost.ts';
import type { SignedExecution } from '../positions/average-cost.ts';
import { withParts } from '../positions/owner-results.ts';
import { ACCOUNT_OWNER, bookIntoLedgers, holdingOf } from '../positions/sub-ledgers.ts';
import { withExecuted } from '../risk/activity.ts';
import { EMPTY_BOOK, entryPriceAfter } from '../positions/symbol-book.ts';
import type { SymbolBook } from '../positions/symbol-book.ts';
import { assertAccount, assertOrder } from './invariants.ts';
import { bookedWithin, isSame } from './recognition.ts';
import type { BookedExecution, EngineState, ExecutionSource, StrategySlot } from './state.ts';
import { watchFill } from './strategy-watch.ts';
import { change, emit, isOpen, track, trackingOf, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** An execution of a known order, from whatever source. */
export interface OrderExecution {
  readonly executionId: string;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly at: Instant;
  /** The broker's figure; where it gives none, the account's fee rate is applied. */
  readonly fee?: Money;
  readonly cumulative?: Quantity;
  readonly from?: Quantity;
  readonly source?: ExecutionSource;
}

export const asBooked = ({ executionId, quantity, price, at, cumulative, from, source }: OrderExecution): BookedExecution => ({
  executionId,
  quantity,
  price,
  at,
  ...(cumulative === undefined ? {} : { cumulative }),
  ...(from === undefined ? {} : { from }),
  ...(source === undefined ? {} : { source }),
});

const asName = (execution: OrderExecution): BookedExecution => ({ ...asBooked(execution), nameOnly: true });

/** What of an order the broker has ever filled, also what it took back: its cumulative quantities may count either. */
export const usedUp = ({ filledQuantity, undoneQuantity }: Order): Quantity => add(filledQuantity, undoneQuantity ?? ZERO_QUANTITY);

export const bookOf = ({ books }: EngineState, symbol: string): SymbolBook => books.get(symbol) ?? EMPTY_BOOK;

/** Remember another name of an execution that is booked already. */
export function noteAlias(turn: Turn, order: Order, execution: OrderExecution): void {
  const { executions } = trackingOf(turn.state, order.id);
  const booked = executions.find((known) => isSame(known, execution));
  if (booked === undefined) return;
  track(turn, order.id, { executions: executions.with(executions.indexOf(booked), { ...booked, alias: execution.executionId }) });
}

/** An execution that both sources call by one name has no other: whatever is like it is another one. */
export function noteTwice(turn: Turn, order: Order, { executionId, source }: OrderExecution): void {
  const { executions } = trackingOf(turn.state, order.id);
  const booked = executions.find((known) => known.executionId === executionId && known.source !== source && known.alias === undefined);
  if (booked === undefined) return;
  track(turn, order.id, { executions: executions.with(executions.indexOf(booked), { ...booked, alias: executionId }) });
}

/** An execution that is in the books under another name: its own is remembered, so that it is asked about no more. */
export function noteName(turn: Turn, order: Order, execution: OrderExecution): void {
  track(turn, order.id, { executions: [...trackingOf(turn.state, order.id).executions, asName(execution)] });
}

/** A real execution that a synthetic fill has already booked: remembered by name, and booked no second time. */
export function absorbIntoSynthetic(turn: Turn, order: Order, execution: OrderExecution): void {
  const tracking = trackingOf(turn.state, order.id);
  track(turn, order.id, {
    executions: [...tracking.executions, asName(execution)],
    syntheticQuantity: subtract(tracking.syntheticQuantity, execution.quantity),
  });
}

export const feeOf = (turn: Turn, symbol: string, execution: OrderExecution): Money =>
  execution.fee ?? scale(abs(worthOf(symbol, execution.quantity, execution.price)), turn.state.options.feeRateEstimate as bigint as Ratio);

/**
 * Book one new execution: order figures, cash, position, owners, round trips. The order is given back, and written by the caller together with the
 * state that goes with it. Throws `Invariant: …` where the sums do not hold.
 */
export function bookFill(turn: Turn, order: Order, execution: OrderExecution): Order {
  const late = !isOpen(order);
  const { symbol, side, origin } = order.intent;
  const fee = feeOf(turn, symbol, execution);
  const fill: Fill = {
    executionId: execution.executionId,
    orderId: order.id,
    symbol,
    side,
    quantity: execution.quantity,
    price: execution.price,
    fee,
    filledAt: execution.at,
  };
  const strategyId = origin.kind === 'strategy' ? origin.strategyId : undefined;
  const booked = bookOnOrder(turn, order, execution, fee);
  emit(turn, { kind: 'FillBooked', fill, late, ...(strategyId === undefined ? {} : { strategyId }) });
  const quantity = side === 'buy' ? execution.quantity : negate(execution.quantity);
  markByTrade(turn, symbol, execution);
  if (strategyId !== undefined && order.filledQuantity === 0n)
    change(turn, { activity: withExecuted(turn.state.activity, { at: turn.state.now, strategyId, symbol, side }) });
  watchFill(turn, order, execution);
  bookOnAccount(turn, { symbol, quantity, price: execution.price, fee, at: execution.at }, execution.executionId, strategyId);
  assertOrder(booked);
  assertAccount(turn.state, symbol);
  return booked;
}

function bookOnOrder(turn: Turn, order: Order, execution: OrderExecution, fee: Money): Order {
  const { quantity, price } = execution;
  const { symbol } = order.intent;
  const tracking = trackingOf(turn.state, order.id);
  const paid = add(tracking.notional, worthOf(symbol, quantity, price));
  track(turn, order.id, {
    executions: [...tracking.executions, asBooked(execution)],
    notional: paid,
    ...(execution.source === 'inferred' ? { syntheticQuantity: add(tracking.syntheticQuantity, quantity) } : {}),
  });
  const filledQuantity = add(order.filledQuantity, quantity);
  return {
    ...order,
    filledQuantity,
    averagePrice: pricePaid(symbol, paid, filledQuantity),
    fees: add(order.fees, fee),
    updatedAt: turn.state.now,
  };
}

/** Our own trade is the newest price known, unless a quote or trade of the same instant or later is. An option keeps the greeks of its last quote. */
function markByTrade(turn: Turn, symbol: string, { price, at }: OrderExecution): void {
  const known = turn.state.marks.get(symbol);
  if (known !== undefined && known.at >= at) return;
  const figures = known?.option === undefined ? {} : { option: known.option };
  change(turn, { marks: withEntry(turn.state.marks, symbol, { ...figures, price, at, basis: 'trade' }) });
}

/** Move cash, position, owners' parts and round trips by one execution. `cause` names the trades it closes. */
export function bookOnAccount(turn: Turn, execution: SignedExecution, cause: string, strategyId: string | undefined): void {
  const { symbol, at } = execution;
  const held = turn.state.positions.get(symbol);
  const position = applyExecution(held, execution);
  const paid = worthOf(symbol, execution.quantity, execution.price);
  const flow = negate(add(paid, execution.fee));
  const entered = abs(position.quantity) > abs(held?.quantity ?? (0n as Quantity)) ? abs(paid) : (0n as Money);
  const { ledgers, trades, parts } = bookIntoLedgers(turn.state.ledgers, execution, cause, strategyId);
  const closed = position.quantity === 0n;
  const book = bookOf(turn.state, symbol);
  const entry = { cause, execution, ...(strategyId === undefined ? {} : { strategyId }) };
  change(turn, {
    books: withEntry(turn.state.books, symbol, { ...book, entries: [...book.entries, entry] }),
    cash: add(turn.state.cash, flow),
    cashFlow: add(turn.state.cashFlow, flow),
    spentSinceReport: add(turn.state.spentSinceReport, entered),
    positions: closed ? withoutEntry(turn.state.positions, symbol) : withEntry(turn.state.positions, symbol, position),
    ledgers,
    results: withParts(turn.state.results, parts),
    lastExecutionAt: later(turn.state.lastExecutionAt, at),
  });
  shareHoldings(turn, execution, new Set(parts.map(({ owner }) => owner)));
  if (closed) emit(turn, { kind: 'PositionClosed', symbol, at, realizedPnl: position.realizedPnl });
  else emit(turn, { kind: 'PositionChanged', position });
  for (const trade of trades) emit(turn, { kind: 'TradeClosed', trade });
}

const later = (left: Instant | undefined, right: Instant): Instant => (left !== undefined && left > right ? left : right);

/** Keep the strategies' holdings equal to their ledgers, and the average prices of them up to date. */
function shareHoldings(turn: Turn, { symbol, price }: SignedExecution, owners: ReadonlySet<string>): void {
  const { strategies, ledgers } = turn.state;
  const changed = new Map(strategies);
  for (const owner of owners) {
    const slot = owner === ACCOUNT_OWNER ? undefined : strategies.get(owner);
    if (slot === undefined) continue;
    const held = holdingOf(ledgers, owner, symbol);
    changed.set(owner, held === 0n ? flatIn(slot, symbol) : holdingIn(slot, symbol, held, price));
  }
  change(turn, { strategies: changed });
}

const flatIn = (slot: StrategySlot, symbol: string): StrategySlot => ({
  ...slot,
  holdings: withoutEntry(slot.holdings, symbol),
  entryPrices: withoutEntry(slot.entryPrices, symbol),
});

function holdingIn(slot: StrategySlot, symbol: string, held: Quantity, price: Price): StrategySlot {
  const entry = entryPriceAfter(slot.entryPrices.get(symbol), slot.holdings.get(symbol) ?? ZERO_QUANTITY, held, price);
  return { ...slot, holdings: withEntry(slot.holdings, symbol, held), entryPrices: withEntry(slot.entryPrices, symbol, entry) };
}

/** What the books lack of an order's first `cumulative` units: executions that we have heard of since then are not part of them. */
export function missingWithin(state: EngineState, { id, intent }: Order, cumulative: Quantity): Quantity {
  const missing = subtract(cumulative, bookedWithin(intent.symbol, trackingOf(state, id), cumulative).quantity);
  return missing > 0n ? missing : ZERO_QUANTITY;
}

/**
 * The part of an order that the broker's cumulative quantity shows and no execution has told: booked at the price that makes the average right. The
 * report may be older than executions that we have heard of, which are not part of it.
 */
export function bookMissing(turn: Turn, order: Order, cumulative: Quantity, averagePrice: Price, at: Instant): Order {
  const tracking = trackingOf(turn.state, order.id);
  if (cumulative <= (tracking.accountedUpTo ?? 0n)) return order;
  const { symbol } = order.intent;
  const booked = bookedWithin(symbol, tracking, cumulative);
  const missing = min(missingWithin(turn.state, order, cumulative), subtract(order.intent.quantity, order.filledQuantity));
  if (missing <= 0n) return order;
  const price = pricePaid(symbol, subtract(worthOf(symbol, cumulative, averagePrice), booked.paid), missing);
  const executionId = `synthetic:${order.id}:${cumulative}`;
  const from = tracking.accountedUpTo ?? ZERO_QUANTITY;
  const fill = {
    executionId,
    quantity: missing,
    price: price > 0n ? price : averagePrice,
    at,
    cumulative,
    from,
    source: 'inferred',
  } as const;
  return bookFill(turn, order, fill);
}

/** Note that the books hold all that was executed up to the broker's cumulative quantity. */
export function noteAccounted(turn: Turn, { id, intent }: Order, cumulative: Quantity): void {
  const tracking = trackingOf(turn.state, id);
  if ((tracking.accountedUpTo ?? 0n) >= cumulative || bookedWithin(intent.symbol, tracking, cumulative).quantity !== cumulative) return;
  track(turn, id, { accountedUpTo: cumulative });
}
