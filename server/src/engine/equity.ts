import { worthOf } from '../instruments/worth.ts';
import type { Money, Price, Ratio } from '../money/fixed.ts';
import { divide, UNITS_PER_ONE } from '../money/fixed.ts';
import { abs, add, subtract, ZERO_MONEY } from '../money/money.ts';
import type { Position } from '../positions/position.ts';
import { checkBreakers } from './breakers.ts';
import type { EquityPoint } from './effects.ts';
import type { EngineState } from './state.ts';
import { change, emit } from './turn.ts';
import type { Turn } from './turn.ts';

interface Valuation {
  readonly gross: Money;
  readonly net: Money;
  readonly unrealized: Money;
}

/** Σ of positions at their marks; at their average price where no mark is known. */
function valuation(state: EngineState): Valuation {
  let gross = ZERO_MONEY;
  let net = ZERO_MONEY;
  let unrealized = ZERO_MONEY;
  for (const position of state.positions.values()) {
    const mark = state.marks.get(position.symbol)?.price ?? position.averagePrice;
    const value = worthOf(position.symbol, position.quantity, mark);
    gross = add(gross, abs(value));
    net = add(net, value);
    unrealized = add(unrealized, subtract(value, worthOf(position.symbol, position.quantity, position.averagePrice)));
  }
  return { gross, net, unrealized };
}

/** 1 − equity / high-water mark, rounded away from the benefit of the doubt; 0 where there is no positive mark. */
const drawdownOf = (equity: Money, highWaterMark: Money): Ratio =>
  highWaterMark <= 0n || equity >= highWaterMark
    ? (0n as Ratio)
    : (divide((highWaterMark - equity) * UNITS_PER_ONE, highWaterMark, 'ceil') as Ratio);

/** The same after one held symbol's price moved: equal to a new sum, without summing. */
function revaluation(point: EquityPoint, position: Position, from: Price, to: Price): Valuation {
  const before = worthOf(position.symbol, position.quantity, from);
  const after = worthOf(position.symbol, position.quantity, to);
  const moved = subtract(after, before);
  return {
    gross: add(point.grossExposure, subtract(abs(after), abs(before))),
    net: add(point.netExposure, moved),
    unrealized: add(point.unrealizedPnl, moved),
  };
}

/**
 * The account's figures at the current marks. The high-water mark moves only at a bar's close; the first figure known starts it, and the
 * session's start as well.
 */
function pointOf(state: EngineState, { gross, net, unrealized }: Valuation, atBar: boolean): EquityPoint {
  const equity = add(state.cash, net);
  const known = state.highWaterMark ?? equity;
  const highWaterMark = atBar && equity > known ? equity : known;
  return {
    at: state.now,
    equity,
    cash: state.cash,
    highWaterMark,
    sessionStartEquity: state.sessionStartEquity ?? equity,
    grossExposure: gross,
    netExposure: net,
    unrealizedPnl: unrealized,
    drawdown: drawdownOf(equity, highWaterMark),
    atBar,
  };
}

export const equityPoint = (state: EngineState, atBar: boolean): EquityPoint => pointOf(state, valuation(state), atBar);

/**
 * Mark the account and let the breakers look: after everything that moves cash, positions or more than one price. Points at a bar's close are facts;
 * the others only move the head figures. Nothing before the account is known.
 */
export function markEquity(turn: Turn, atBar: boolean): void {
  if (turn.state.openingCash !== undefined) take(turn, equityPoint(turn.state, atBar));
}

/** Mark the account after one symbol's price moved from what it was valued at. The point before must be of the same positions. */
export function remarkEquity(turn: Turn, position: Position, from: Price, to: Price): void {
  const { equity } = turn.state;
  if (equity === undefined) markEquity(turn, false);
  else take(turn, pointOf(turn.state, revaluation(equity, position, from, to), false));
}

function take(turn: Turn, point: EquityPoint): void {
  const higher = turn.state.highWaterMark === undefined || point.highWaterMark > turn.state.highWaterMark;
  change(turn, {
    equity: point,
    ...(higher ? { highWaterMark: point.highWaterMark, highWaterMarkAt: point.at } : {}),
    ...(turn.state.sessionStartEquity === undefined ? { sessionStartEquity: point.equity } : {}),
  });
  if (point.atBar) emit(turn, { kind: 'EquityMarked', point });
  checkBreakers(turn, point);
}
