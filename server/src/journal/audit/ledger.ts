import type { Fact } from '../../engine/effects.ts';
import type { EngineEvent } from '../../engine/events.ts';
import { format, money } from '../../money/fixed.ts';
import type { Money } from '../../money/fixed.ts';
import type { Fill } from '../../orders/order.ts';
import type { Position } from '../../positions/position.ts';
import type { JournalEntry } from '../journal.ts';
import { findings } from './findings.ts';
import type { Auditor, Findings } from './findings.ts';

// A second bookkeeping, kept from the fills alone and in the plainest way. It shares no arithmetic with the engine's, so that one mistake is not made twice.

const ONE = 1_000_000_000n;

/** To the nearest, halves to the even neighbour: as money is rounded everywhere. */
function divided(numerator: bigint, denominator: bigint): bigint {
  const sign = numerator < 0n === denominator < 0n ? 1n : -1n;
  const [top, bottom] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  const whole = top / bottom;
  const twice = 2n * (top % bottom);
  const up = twice > bottom || (twice === bottom && whole % 2n === 1n);
  return sign * (up ? whole + 1n : whole);
}
/** Root, six digits of a date, C or P, eight digits of a strike: an option's price is for one of the hundred shares of a contract. */
const OPTION = /^[A-Z]{1,5}[A-Z0-9]?\d{6}[CP]\d{8}$/;
const sharesOf = (symbol: string): bigint => (OPTION.test(symbol) ? 100n : 1n);

/** Money of so many units of a symbol at a price. */
const worth = (symbol: string, units: bigint, price: bigint): bigint => divided(units * sharesOf(symbol) * price, ONE);
const size = (value: bigint): bigint => (value < 0n ? -value : value);

interface Held {
  readonly quantity: bigint;
  readonly average: bigint;
  readonly realized: bigint;
  readonly fees: bigint;
}

const FLAT: Held = { quantity: 0n, average: 0n, realized: 0n, fees: 0n };

interface Signed {
  /** Negative sells. */
  readonly signed: bigint;
  readonly price: bigint;
  readonly fee: bigint;
}

/** Average cost: what is added is averaged in, what is taken away realises against the average, and beyond zero it begins anew. */
function afterFill(symbol: string, held: Held, { signed, price, fee }: Signed): Held {
  const quantity = held.quantity + signed;
  const fees = held.fees + fee;
  if (held.quantity === 0n) return { ...held, quantity, average: price, fees };
  if (held.quantity > 0n === signed > 0n) {
    const cost = worth(symbol, held.quantity, held.average) + worth(symbol, signed, price);
    const average = divided(cost * ONE, quantity * sharesOf(symbol));
    return { ...held, quantity, average, fees };
  }
  const part = size(signed) < size(held.quantity) ? -signed : held.quantity;
  const realized = held.realized + worth(symbol, part, price) - worth(symbol, part, held.average);
  const crossed = quantity !== 0n && quantity > 0n !== held.quantity > 0n;
  return { quantity, average: crossed ? price : held.average, realized, fees };
}

const heldOf = ({ quantity, averagePrice, realizedPnl, fees }: Position): Held => ({
  quantity,
  average: averagePrice,
  realized: realizedPnl,
  fees,
});

/** One event with all that followed from it. */
interface Batch {
  readonly seq: number;
  readonly event: EngineEvent | undefined;
  readonly facts: { readonly seq: number; readonly fact: Fact }[];
}

/**
 * What a fact does to the books: `nothing`, or nothing that another fact beside it does not say; `booked`, as it is here; or it moves them in a way that
 * is `unknown` here, as does every kind that a later version adds: what then stands in the record is taken over.
 */
const MOVES: Readonly<Record<Fact['kind'], 'nothing' | 'booked' | 'unknown'>> = {
  OrderChanged: 'nothing',
  FillBooked: 'booked',
  PositionChanged: 'booked',
  PositionClosed: 'booked',
  TradeClosed: 'nothing',
  // The position begins anew from all executions that are left, and cash with it.
  FillUndone: 'unknown',
  TradesRestated: 'nothing',
  EquityMarked: 'booked',
  CashMoved: 'booked',
  // Its units are those of the position that changes beside it.
  PositionSplit: 'nothing',
  UnitsConverted: 'nothing',
  DayBalanced: 'nothing',
  StrategyChanged: 'nothing',
  TradingStateChanged: 'nothing',
  LimitChanged: 'nothing',
  LimitUseRecorded: 'nothing',
  BrakePut: 'nothing',
  BrakeLifted: 'nothing',
  ProposalChanged: 'nothing',
  RecommendationChanged: 'nothing',
  ShadowMarked: 'nothing',
  CapitalAllotted: 'nothing',
  StrategyPromoted: 'nothing',
  AlertRaised: 'nothing',
  AlertClosed: 'nothing',
  DifferenceFound: 'booked',
};
const KNOWN: ReadonlyMap<string, string> = new Map(Object.entries(MOVES));
const isUnknown = (kind: string): boolean => (KNOWN.get(kind) ?? 'unknown') === 'unknown';

interface Books {
  readonly held: Map<string, Held>;
  readonly executions: Map<string, number>;
  cash: bigint | undefined;
  /** Something has moved cash in a way that is not known here: the next figure is taken as it stands. */
  cashUnknown: boolean;
  /** Positions and cash that were taken over without a fill: the broker's view, by a person or at the first sight. */
  takenOver: number;
}

export function ledgerAuditor(): Auditor {
  const found = findings('ledger');
  const books: Books = { held: new Map(), executions: new Map(), cash: undefined, cashUnknown: false, takenOver: 0 };
  let batch: Batch | undefined;
  return {
    take: (entries: readonly JournalEntry[]) => {
      for (const { type, seq, payload } of entries) {
        if (type === 'event') {
          if (batch !== undefined) takeBatch(books, found, batch);
          batch = { seq, event: payload as EngineEvent, facts: [] };
        } else if (type === 'fact') batch?.facts.push({ seq, fact: payload as Fact });
      }
    },
    finish: () => {
      if (batch !== undefined) takeBatch(books, found, batch);
      const open = [...books.held.values()].filter(({ quantity }) => quantity !== 0n).length;
      const cash = books.cash === undefined ? 'no cash' : `cash ${format(books.cash as Money)}`;
      return found.result(
        `${books.executions.size} fills booked anew: ${open} positions, ${cash}; ${books.takenOver} times the broker's view was taken over`,
      );
    },
  };
}

function takeBatch(books: Books, found: Findings, { event, facts }: Batch): void {
  const foreign = facts.some(({ fact }) => isUnknown(fact.kind));
  const filled = new Set<string>();
  if (event?.kind === 'Reconciled' && books.cash === undefined) books.cash = event.account.cash;
  if (foreign) books.cashUnknown = true;
  for (const { seq, fact } of facts) {
    const unfilled = (symbol: string): boolean => foreign || !filled.has(symbol);
    if (fact.kind === 'FillBooked') {
      takeFill(books, found, seq, fact.fill);
      filled.add(fact.fill.symbol);
    } else if (fact.kind === 'PositionChanged') {
      takePosition(books, found, seq, fact.position.symbol, heldOf(fact.position), unfilled(fact.position.symbol));
    } else if (fact.kind === 'PositionClosed') {
      const closed = { ...(books.held.get(fact.symbol) ?? FLAT), quantity: 0n, realized: fact.realizedPnl };
      takePosition(books, found, seq, fact.symbol, closed, unfilled(fact.symbol));
      books.held.delete(fact.symbol);
    } else if (fact.kind === 'CashMoved') {
      if (books.cash !== undefined) books.cash += fact.amount;
    } else if (fact.kind === 'DifferenceFound' && fact.what === 'cash' && !onlyFound(event)) {
      books.cash = money(fact.brokers);
      books.takenOver += 1;
    } else if (fact.kind === 'EquityMarked') takeCash(books, found, seq, fact.point.cash);
  }
}

/** With what moved cash in sight, a difference is told and stands until a person accepts it; without, the broker is believed. */
const onlyFound = (event: EngineEvent | undefined): boolean => event?.kind === 'Reconciled' && event.activities !== undefined;

function takeFill(books: Books, found: Findings, seq: number, { executionId, symbol, side, quantity, price, fee }: Fill): void {
  const before = books.executions.get(executionId);
  if (before !== undefined) found.add(`entry ${seq}`, `execution ${executionId} was booked in entry ${before} already`);
  books.executions.set(executionId, seq);
  const signed = side === 'buy' ? quantity : -quantity;
  books.held.set(symbol, afterFill(symbol, books.held.get(symbol) ?? FLAT, { signed, price, fee }));
  if (books.cash !== undefined) books.cash -= worth(symbol, signed, price) + fee;
}

const NAMES: Readonly<Record<keyof Held, string>> = {
  quantity: 'quantity',
  average: 'average cost',
  realized: 'realised P&L',
  fees: 'fees',
};

/** The engine's position against ours; one that moved without a fill is taken over, and counted. */
function takePosition(books: Books, found: Findings, seq: number, symbol: string, theirs: Held, takeOver: boolean): void {
  const ours = books.held.get(symbol) ?? FLAT;
  books.held.set(symbol, theirs);
  if (takeOver) {
    books.takenOver += 1;
    return;
  }
  for (const field of ['quantity', 'average', 'realized', 'fees'] as const) {
    if (ours[field] === theirs[field]) continue;
    const [written, expected] = [format(theirs[field] as Money), format(ours[field] as Money)];
    found.add(`entry ${seq}`, `the ${NAMES[field]} of ${symbol} is written as ${written}, and its fills make ${expected}`);
  }
}

function takeCash(books: Books, found: Findings, seq: number, cash: Money): void {
  const { cash: ours, cashUnknown } = books;
  books.cash = cash;
  books.cashUnknown = false;
  if (ours === undefined || ours === cash || cashUnknown) return;
  found.add(`entry ${seq}`, `cash is written as ${format(cash)}, and the fills make ${format(ours as Money)}`);
}
