import { pricePaid, worthOf } from '../instruments/worth.ts';
import { format } from '../money/fixed.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import { add, negate, subtract, sum, ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import type { Fill, Order, Undone } from '../orders/order.ts';
import type { Lot } from '../positions/lots.ts';
import { withParts } from '../positions/owner-results.ts';
import { figuresOf, foldBefore, isExecution } from '../positions/symbol-book.ts';
import type { BookEntry, BookFigures, ExecutionEntry, SymbolBook } from '../positions/symbol-book.ts';
import { asBooked, bookOf, feeOf } from './booking.ts';
import type { OrderExecution } from './booking.ts';
import { markEquity } from './equity.ts';
import { assertAccount, assertOrder } from './invariants.ts';
import type { BookedExecution } from './state.ts';
import { change, emit, raise, setOrder, track, trackingOf, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** What led to a symbol's position can be worked out no further back than to how it is now: nothing of before can be taken back or put right. */
export function closeBook(turn: Turn, symbol: string): SymbolBook {
  const book = foldBefore(symbol, bookOf(turn.state, symbol), Number.POSITIVE_INFINITY);
  change(turn, { books: withEntry(turn.state.books, symbol, book) });
  return book;
}

/** Take another book of a symbol: position, owners, holdings, cash and round trips follow from it as if it had always been so. `realized`: of a position that left without a trade. */
export function takeBook(turn: Turn, symbol: string, book: SymbolBook, realized?: Money): void {
  const before = bookOf(turn.state, symbol);
  const old = figuresOf(symbol, before);
  const figures = figuresOf(symbol, book);
  const flowOf = ({ parts }: BookFigures): Money => sum(parts.map(({ flow }) => flow));
  const moved = subtract(flowOf(figures), flowOf(old));
  const { positions } = turn.state;
  change(turn, {
    books: withEntry(turn.state.books, symbol, book),
    cash: add(turn.state.cash, moved),
    cashFlow: add(turn.state.cashFlow, moved),
    positions: figures.position === undefined ? withoutEntry(positions, symbol) : withEntry(positions, symbol, figures.position),
    ledgers: ledgersWith(turn, symbol, figures),
    results: withParts(withParts(turn.state.results, old.parts, -1n), figures.parts),
  });
  shareFigures(turn, symbol, figures);
  tellFigures(turn, symbol, old, figures, realized);
  assertAccount(turn.state, symbol);
}

function ledgersWith(turn: Turn, symbol: string, { owners }: BookFigures) {
  const ledgers = new Map<string, ReadonlyMap<string, readonly Lot[]>>();
  for (const owner of new Set([...turn.state.ledgers.keys(), ...owners.keys()])) {
    const own = new Map(turn.state.ledgers.get(owner));
    const lots = owners.get(owner)?.lots ?? [];
    if (lots.length === 0) own.delete(symbol);
    else own.set(symbol, lots);
    ledgers.set(owner, own);
  }
  return ledgers;
}

function shareFigures(turn: Turn, symbol: string, { owners }: BookFigures): void {
  const strategies = new Map(turn.state.strategies);
  for (const [id, slot] of strategies) {
    const part = owners.get(id);
    const held = (part?.lots ?? []).reduce((total, lot) => add(total, lot.quantity), ZERO_QUANTITY);
    strategies.set(id, {
      ...slot,
      holdings: held === 0n ? withoutEntry(slot.holdings, symbol) : withEntry(slot.holdings, symbol, held),
      entryPrices:
        part?.entryPrice === undefined ? withoutEntry(slot.entryPrices, symbol) : withEntry(slot.entryPrices, symbol, part.entryPrice),
    });
  }
  change(turn, { strategies });
}

function tellFigures(turn: Turn, symbol: string, old: BookFigures, { position, last, trades }: BookFigures, realized?: Money): void {
  if (position !== undefined) emit(turn, { kind: 'PositionChanged', position });
  else emit(turn, { kind: 'PositionClosed', symbol, at: turn.state.now, realizedPnl: realized ?? last?.realizedPnl ?? ZERO_MONEY });
  const known = new Map(old.trades.map((trade) => [trade.id, trade]));
  const changed = trades.filter((trade) => !sameTrade(known.get(trade.id), trade));
  const ids = new Set(trades.map(({ id }) => id));
  const withdrawn = [...old.trades.filter(({ id }) => !ids.has(id)), ...changed.filter(({ id }) => known.has(id))].map(({ id }) => id);
  if (withdrawn.length + changed.length > 0) emit(turn, { kind: 'TradesRestated', symbol, withdrawn, trades: changed });
}

function sameTrade(left: BookFigures['trades'][number] | undefined, right: BookFigures['trades'][number]): boolean {
  if (left === undefined) return false;
  return (Object.keys(right) as (keyof typeof right)[]).every((key) => left[key] === right[key]);
}

/** What became of an execution's entry in the book: gone, or another in its place. */
function withoutExecution(book: SymbolBook, order: Order, booked: BookedExecution, instead: BookEntry | undefined): SymbolBook | undefined {
  const index = book.entries.findIndex(({ cause }) => cause === booked.executionId);
  if (index >= 0) return { ...book, entries: book.entries.toSpliced(index, 1, ...(instead === undefined ? [] : [instead])) };
  // It had been booked as part of what the broker's cumulative quantity showed.
  const whole = book.entries.findIndex(({ cause }) => cause.startsWith(`synthetic:${order.id}:`));
  const entry = book.entries[whole];
  if (entry === undefined || !isExecution(entry)) return undefined;
  const rest = lessThan(entry, order.intent.side === 'buy' ? booked.quantity : negate(booked.quantity), booked.price);
  if (rest === 'too small') return undefined;
  return {
    ...book,
    entries: book.entries.toSpliced(whole, 1, ...(rest === undefined ? [] : [rest]), ...(instead === undefined ? [] : [instead])),
  };
}

/** An entry without a part of it, at the price that keeps the sum right. */
function lessThan(entry: ExecutionEntry, part: Quantity, at: Price): ExecutionEntry | 'too small' | undefined {
  const { quantity, price } = entry.execution;
  const left = subtract(quantity, part);
  if (left === 0n) return undefined;
  if (left > 0n !== quantity > 0n) return 'too small';
  const { symbol } = entry.execution;
  const paid = pricePaid(symbol, subtract(worthOf(symbol, quantity, price), worthOf(symbol, part, at)), left);
  return { ...entry, execution: { ...entry.execution, quantity: left, price: paid > 0n ? paid : price } };
}

/** The order without an execution: what it filled falls, and what it has used up does not. */
function undoOnOrder(turn: Turn, order: Order, booked: BookedExecution, fee: Money): Order {
  const tracking = trackingOf(turn.state, order.id);
  const { symbol } = order.intent;
  const paid = subtract(tracking.notional, worthOf(symbol, booked.quantity, booked.price));
  track(turn, order.id, {
    executions: tracking.executions.map((each) => (each === booked ? { ...booked, undone: true } : each)),
    notional: paid,
  });
  const { averagePrice: _averagePrice, ...rest } = order;
  const filledQuantity = subtract(order.filledQuantity, booked.quantity);
  return {
    ...rest,
    filledQuantity,
    undoneQuantity: add(order.undoneQuantity ?? ZERO_QUANTITY, booked.quantity),
    ...(filledQuantity > 0n ? { averagePrice: pricePaid(symbol, paid, filledQuantity) } : {}),
    fees: subtract(order.fees, fee),
    updatedAt: turn.state.now,
  };
}

/** The order with the execution that stands in an undone one's place. What it is less than before stays used up. */
function redoOnOrder(turn: Turn, order: Order, execution: OrderExecution, fee: Money, undone: BookedExecution): Order {
  const tracking = trackingOf(turn.state, order.id);
  const { quantity, price } = execution;
  const { symbol } = order.intent;
  const paid = add(tracking.notional, worthOf(symbol, quantity, price));
  const { cumulative } = undone;
  const place = tracking.executions.findIndex(({ executionId }) => executionId === undone.executionId);
  const less = subtract(undone.quantity, quantity);
  const rest: BookedExecution = less > 0n ? { ...undone, quantity: less, undone: true } : { ...undone, nameOnly: true, undone: true };
  const corrected = asBooked({ ...execution, ...(cumulative === undefined ? {} : { cumulative }) });
  track(turn, order.id, { executions: tracking.executions.toSpliced(place, 1, corrected, rest), notional: paid });
  const filledQuantity = add(order.filledQuantity, quantity);
  const { undoneQuantity = ZERO_QUANTITY, ...others } = order;
  const left = subtract(undoneQuantity, quantity < undone.quantity ? quantity : undone.quantity);
  return {
    ...others,
    ...(left > 0n ? { undoneQuantity: left } : {}),
    filledQuantity,
    averagePrice: pricePaid(symbol, paid, filledQuantity),
    fees: add(order.fees, fee),
  };
}

const NOT_BOOKED = 'It was booked before the sessions that can still be put right; the next reconcile compares positions and cash.';

/**
 * Take a booked execution back, and put another in its place where one is given. Everything that followed from it is worked out anew. False where it
 * lies before what can be worked out.
 */
export function undoExecution(turn: Turn, order: Order, booked: BookedExecution, instead: OrderExecution | undefined): boolean {
  const { symbol, side, origin } = order.intent;
  const strategyId = origin.kind === 'strategy' ? origin.strategyId : undefined;
  const book = bookOf(turn.state, symbol);
  const entry = book.entries.filter(isExecution).find(({ cause }) => cause === booked.executionId);
  if (instead !== undefined && add(subtract(order.filledQuantity, booked.quantity), instead.quantity) > order.intent.quantity) {
    const detail = `${order.id}: a correction to ${format(instead.quantity)} would fill more than was ordered. It is not booked; the next reconcile compares positions.`;
    raise(turn, 'ExcessExecution', instead.executionId, 'critical', 'A correction beyond the order', detail);
    return false;
  }
  const fee = instead === undefined ? ZERO_MONEY : feeOf(turn, symbol, instead);
  const replacement: BookEntry | undefined =
    instead === undefined
      ? undefined
      : {
          cause: instead.executionId,
          ...(strategyId === undefined ? {} : { strategyId }),
          execution: {
            symbol,
            quantity: side === 'buy' ? instead.quantity : negate(instead.quantity),
            price: instead.price,
            fee,
            at: instead.at,
          },
        };
  const restated = withoutExecution(book, order, booked, replacement);
  if (restated === undefined) {
    raise(turn, 'RestatementImpossible', booked.executionId, 'critical', `An execution of ${symbol} was taken back too late`, NOT_BOOKED);
    return false;
  }
  const undone: Undone = instead === undefined ? 'busted' : 'corrected';
  let after = undoOnOrder(turn, order, booked, entry?.execution.fee ?? ZERO_MONEY);
  emit(turn, { kind: 'FillUndone', executionId: booked.executionId, orderId: order.id, undone, at: turn.state.now });
  if (instead !== undefined) {
    after = redoOnOrder(turn, after, instead, fee, booked);
    emit(turn, {
      kind: 'FillBooked',
      fill: fillOf(order, instead, fee, booked.executionId),
      late: true,
      ...(strategyId === undefined ? {} : { strategyId }),
    });
  }
  takeBook(turn, symbol, restated);
  assertOrder(after);
  setOrder(turn, after);
  markEquity(turn, false);
  return true;
}

const fillOf = ({ id, intent }: Order, { executionId, quantity, price, at }: OrderExecution, fee: Money, corrects: string): Fill => ({
  executionId,
  orderId: id,
  symbol: intent.symbol,
  side: intent.side,
  quantity,
  price,
  fee,
  filledAt: at,
  corrects,
});

/** What is left of an inferred execution once a real one has taken its part out of it: at the price that keeps the sum. */
function restOf(symbol: string, inferred: BookedExecution, real: OrderExecution): OrderExecution | 'nothing' | undefined {
  const quantity = subtract(inferred.quantity, real.quantity);
  if (quantity === 0n) return 'nothing';
  if (quantity < 0n) return undefined;
  const left = subtract(worthOf(symbol, inferred.quantity, inferred.price), worthOf(symbol, real.quantity, real.price));
  const price = pricePaid(symbol, left, quantity);
  const { at, cumulative, from } = inferred;
  const executionId = `${inferred.executionId}~${real.executionId}`;
  if (price <= 0n) return undefined;
  const range = { ...(cumulative === undefined ? {} : { cumulative }), ...(from === undefined ? {} : { from }) };
  return { executionId, quantity, price, at, source: 'inferred', ...range };
}

/** The inferred execution that a real one is part of: by the order's filled quantity around it; where the broker does not say that, the only one there is. */
function inferredAround(executions: readonly BookedExecution[], { quantity, cumulative }: OrderExecution): BookedExecution | undefined {
  const inferred = executions.filter((booked) => booked.source === 'inferred' && booked.undone === undefined);
  if (cumulative === undefined) return inferred.length === 1 ? inferred[0] : undefined;
  const before = subtract(cumulative, quantity);
  return inferred.find((booked) => (booked.from ?? ZERO_QUANTITY) <= before && cumulative <= (booked.cumulative ?? ZERO_QUANTITY));
}

/**
 * A real execution is told of what had been booked from a cumulative quantity alone: it takes its part of the inferred one's place in the books, at its own price and
 * under its own id. Gives the order after it; `undefined` where the inferred one is out of reach, or too small.
 */
export function rebookInferred(turn: Turn, order: Order, real: OrderExecution): Order | undefined {
  const { symbol } = order.intent;
  const tracking = trackingOf(turn.state, order.id);
  const book = bookOf(turn.state, symbol);
  const inferred = inferredAround(tracking.executions, real);
  const place = inferred === undefined ? -1 : book.entries.findIndex(({ cause }) => cause === inferred.executionId);
  const entry = book.entries[place];
  const rest = inferred === undefined ? undefined : restOf(symbol, inferred, real);
  if (inferred === undefined || rest === undefined || entry === undefined || !isExecution(entry)) return undefined;
  const instead = rest === 'nothing' ? [real] : [real, rest];
  const fees = instead.map((each) => feeOf(turn, symbol, each));
  const sign = order.intent.side === 'buy' ? 1n : -1n;
  const entries = instead.map(({ executionId, quantity, price, at }, index): ExecutionEntry => ({
    ...entry,
    cause: executionId,
    execution: { symbol, quantity: (sign * quantity) as Quantity, price, fee: fees[index] ?? ZERO_MONEY, at },
  }));
  emit(turn, { kind: 'FillUndone', executionId: inferred.executionId, orderId: order.id, undone: 'corrected', at: turn.state.now });
  for (const [index, each] of instead.entries()) {
    const fill = fillOf(order, each, fees[index] ?? ZERO_MONEY, inferred.executionId);
    emit(turn, { kind: 'FillBooked', fill, late: false, ...(entry.strategyId === undefined ? {} : { strategyId: entry.strategyId }) });
  }
  takeBook(turn, symbol, { ...book, entries: book.entries.toSpliced(place, 1, ...entries) });
  const paid = instead.reduce(
    (sum_, { quantity, price }) => add(sum_, worthOf(symbol, quantity, price)),
    subtract(tracking.notional, worthOf(symbol, inferred.quantity, inferred.price)),
  );
  track(turn, order.id, {
    executions: tracking.executions.toSpliced(tracking.executions.indexOf(inferred), 1, ...instead.map(asBooked)),
    notional: paid,
    syntheticQuantity: subtract(tracking.syntheticQuantity, real.quantity),
  });
  markEquity(turn, false);
  return {
    ...order,
    averagePrice: pricePaid(symbol, paid, order.filledQuantity),
    fees: add(subtract(order.fees, entry.execution.fee), sum(fees)),
  };
}

/** The order's execution of that name, booked. */
export const bookedNamed = (turn: Turn, order: Order, executionId: string): BookedExecution | undefined =>
  trackingOf(turn.state, order.id).executions.find(
    (booked) => booked.undone === undefined && (booked.executionId === executionId || booked.alias === executionId),
  );
