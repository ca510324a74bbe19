import type { BacktestResult } from '@tidemark/compute/types';
import type { BarSlice } from '../engine/events.ts';
import type { StrategyFill } from '../engine/strategy-results.ts';
import { toNumber } from '../money/fixed.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import { instant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { notional, priceOf, sum } from '../money/money.ts';
import type { Side } from '../orders/order.ts';
import { slicesOf, startOf } from './traded-span.ts';
import type { TradedSpan } from './traded-span.ts';

export interface LiveExecution {
  readonly quantity: Quantity;
  /** Average over its fills. */
  readonly price: Price;
  readonly fees: Money;
  readonly fills: number;
  /** The last fill. */
  readonly at: Instant;
}

export interface BacktestExecution {
  readonly quantity: number;
  readonly price: number;
}

/** What was bought, or sold, of a symbol within one bar, on both sides. */
export interface ExecutionParity {
  /** Start of the bar. */
  readonly barAt: Instant;
  readonly symbol: string;
  readonly side: Side;
  readonly live: LiveExecution | undefined;
  readonly backtest: BacktestExecution | undefined;
  /** Of the backtest's price, signed: positive is worse for the account. `undefined` where one side did not trade. */
  readonly slippageBps: number | undefined;
}

interface Traded {
  readonly symbol: string;
  readonly side: Side;
  readonly barAt: Instant;
}

const keyOf = ({ barAt, symbol, side }: Traded): string => `${barAt} ${symbol} ${side}`;

/** The backtest's fills: each round trip is one in and, where it is over, one out. */
function backtestFills({ trades }: BacktestResult): readonly (Traded & BacktestExecution)[] {
  return trades.flatMap(({ symbol, direction, size, entryTime, entryPrice, exitTime, exitPrice }) => {
    const [enter, leave] = direction === 'long' ? (['buy', 'sell'] as const) : (['sell', 'buy'] as const);
    const entry = { symbol, side: enter, barAt: instant(entryTime), quantity: size, price: entryPrice };
    if (exitTime === null || exitPrice === null) return [entry];
    return [entry, { symbol, side: leave, barAt: instant(exitTime), quantity: size, price: exitPrice }];
  });
}

/** The bar during which something filled: the first that closed then or later. `undefined` for what no bar has closed over yet. */
function barOf(slices: readonly BarSlice[], filledAt: Instant): Instant | undefined {
  const slice = slices.find(({ at }) => at >= filledAt);
  return slice === undefined ? undefined : startOf(slice);
}

function liveOf(fills: readonly StrategyFill[]): LiveExecution | undefined {
  const last = fills.at(-1);
  if (last === undefined) return undefined;
  const quantity = sum(fills.map((fill) => fill.quantity));
  const price = priceOf(sum(fills.map((fill) => notional(fill.quantity, fill.price))), quantity);
  return { quantity, price, fees: sum(fills.map(({ fee }) => fee)), fills: fills.length, at: last.filledAt };
}

function backtestOf(fills: readonly BacktestExecution[]): BacktestExecution | undefined {
  if (fills.length === 0) return undefined;
  const quantity = fills.reduce((total, fill) => total + fill.quantity, 0);
  return { quantity, price: fills.reduce((total, fill) => total + fill.quantity * fill.price, 0) / quantity };
}

const slippageOf = (side: Side, live: number, backtest: number): number =>
  ((live - backtest) / backtest) * 10_000 * (side === 'buy' ? 1 : -1);

/** Executions after the first bar and up to the last. */
export function executionsOf(span: TradedSpan, result: BacktestResult, from: Instant, to: Instant): readonly ExecutionParity[] {
  const slices = slicesOf(span);
  const isWithin = ({ barAt }: Traded): boolean => barAt > from && barAt <= to;
  const live = span.fills.flatMap((fill) => {
    const barAt = barOf(slices, fill.filledAt);
    return barAt === undefined ? [] : [{ ...fill, barAt }];
  });
  const backtest = backtestFills(result);
  const [byLive, byBacktest] = [Map.groupBy(live.filter(isWithin), keyOf), Map.groupBy(backtest.filter(isWithin), keyOf)];
  const places = new Map(
    [...live, ...backtest].filter(isWithin).map(({ barAt, symbol, side }) => [keyOf({ barAt, symbol, side }), { barAt, symbol, side }]),
  );
  return [...places]
    .map(([key, place]): ExecutionParity => {
      const [ours, theirs] = [liveOf(byLive.get(key) ?? []), backtestOf(byBacktest.get(key) ?? [])];
      const slippageBps =
        ours === undefined || theirs === undefined ? undefined : slippageOf(place.side, toNumber(ours.price), theirs.price);
      return { ...place, live: ours, backtest: theirs, slippageBps };
    })
    .toSorted((left, right) => left.barAt - right.barAt || (keyOf(left) < keyOf(right) ? -1 : 1));
}

/** Weighted by what was traded; `undefined` where nothing was on both sides. */
export function averageSlippage(executions: readonly ExecutionParity[]): number | undefined {
  let [value, weighed] = [0, 0];
  for (const { live, slippageBps } of executions) {
    if (live === undefined || slippageBps === undefined) continue;
    const traded = toNumber(notional(live.quantity, live.price));
    value += traded;
    weighed += traded * slippageBps;
  }
  return value === 0 ? undefined : weighed / value;
}
