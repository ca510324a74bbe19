import { CalendarRangeError, previousSession } from '../instruments/calendar.ts';
import { worthOf } from '../instruments/worth.ts';
import { priceFromNumber } from '../money/fixed.ts';
import type { Money, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { add, subtract, sum, ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import type { SignedExecution } from '../positions/average-cost.ts';
import { entryAt, foldBefore, isExecution } from '../positions/symbol-book.ts';
import { bookOf } from './booking.ts';
import type { EngineState } from './state.ts';

/** What a symbol has made since the previous session's close, or why that is not known. */
export type DayPnl = { readonly pnl: Money } | { readonly because: string };

/** Close of the session before the one under way, or last seen; `undefined` before the first and beyond the calendar. */
export function previousCloseAt({ sessionDate }: EngineState): Instant | undefined {
  if (sessionDate === undefined) return undefined;
  try {
    return previousSession(sessionDate).closeAt;
  } catch (error) {
    if (error instanceof CalendarRangeError) return undefined;
    throw error;
  }
}

/** Symbols that have traded since then, held or not. */
export function tradedSince({ books }: EngineState, since: Instant): readonly string[] {
  return [...books].flatMap(([symbol, { entries }]) => (entries.some((entry) => entryAt(entry) >= since) ? [symbol] : []));
}

const cashOf = ({ symbol, quantity, price, fee }: SignedExecution): Money =>
  subtract(ZERO_MONEY, add(worthOf(symbol, quantity, price), fee));

/** The symbol's part of the account's day P&L: what is held at its mark − what was held at the previous close, at that close + cash of the fills since, after fees. */
export function symbolDayPnl(symbol: string, state: EngineState, previousClose: number | undefined): DayPnl {
  const since = previousCloseAt(state);
  if (since === undefined) return { because: 'no session yet' };
  const book = bookOf(state, symbol);
  const before = foldBefore(symbol, book, since);
  if ((before.position?.updatedAt ?? 0) >= since) return { because: 'its units came into the books after the previous close' };
  const executions = before.entries.filter(isExecution).map(({ execution }) => execution);
  if (executions.length < before.entries.length) return { because: 'its units were split since the previous close' };
  const then = before.position?.quantity ?? ZERO_QUANTITY;
  const now = state.positions.get(symbol)?.quantity ?? ZERO_QUANTITY;
  const moved: Quantity = sum(executions.map(({ quantity }) => quantity));
  if (add(then, moved) !== now) return { because: 'the books do not tell all that led to it' };
  if (then !== 0n && previousClose === undefined) return { because: 'no close of the previous session' };
  const mark = state.marks.get(symbol)?.price;
  if (now !== 0n && mark === undefined) return { because: 'no price seen yet' };
  const worthNow = mark === undefined ? ZERO_MONEY : worthOf(symbol, now, mark);
  const worthThen = then === 0n || previousClose === undefined ? ZERO_MONEY : worthOf(symbol, then, priceFromNumber(previousClose));
  return { pnl: add(subtract(worthNow, worthThen), sum(executions.map(cashOf))) };
}
