import type { BacktestResult } from '@tidemark/compute/types';
import type { MarkedPrices } from './marked-prices.ts';

/** One stretch of marks over which a run held one symbol on one side. */
export interface Stretch {
  /** Index of the first mark at whose close it was held. */
  readonly start: number;
  /** Signed value of the position at its first trade over the equity of that moment. */
  readonly weight: number;
  /** Units at each mark over those of the first: how the position grew and shrank. */
  readonly shape: Float64Array;
}

/** Whether trades of a mark are made at its close; else they are made at its open. */
export const tradesAtClose = ({ options }: Pick<BacktestResult, 'options'>): boolean => options.fill === 'same-close';

/** Signed units held at the close of each mark. */
export function unitsOf({ trades, equity }: BacktestResult, symbol: string): Float64Array {
  const indexOf = new Map(equity.map(({ time }, index) => [time, index]));
  const changes = new Float64Array(equity.length + 1);
  for (const trade of trades) {
    if (trade.symbol !== symbol) continue;
    const units = trade.direction === 'long' ? trade.size : -trade.size;
    const entry = indexOf.get(trade.entryTime);
    const exit = trade.exitTime === null ? equity.length : indexOf.get(trade.exitTime);
    if (entry === undefined || exit === undefined) continue;
    changes[entry] = (changes[entry] ?? 0) + units;
    changes[exit] = (changes[exit] ?? 0) - units;
  }
  let held = 0;
  let largest = 0;
  return Float64Array.from(equity, (_, index) => {
    held += changes[index] ?? 0;
    largest = Math.max(largest, Math.abs(held));
    // What adding and taking away again leaves is rounding, not a position.
    if (Math.abs(held) <= largest * 1e-12) held = 0;
    return held;
  });
}

/** What all is worth at the prices at which the trades of a mark are made, before them. */
function equityBefore(result: BacktestResult, index: number, all: readonly MarkedPrices[], units: readonly Float64Array[]): number {
  const atClose = tradesAtClose(result);
  return all.reduce(
    (total, { open, close }, symbol) => {
      const [before = 0, marked = 0] = [units[symbol]?.[index - 1], close[index - 1]];
      const price = (atClose ? close : open)[index] ?? Number.NaN;
      return before === 0 || Number.isNaN(price) ? total : total + before * (price - marked);
    },
    index === 0 ? result.options.cash : (result.equity[index - 1]?.equity ?? Number.NaN),
  );
}

/** The stretches of each symbol, in the order of `prices`. */
export function stretchesOf(result: BacktestResult, prices: readonly MarkedPrices[]): readonly (readonly Stretch[])[] {
  const units = prices.map(({ symbol }) => unitsOf(result, symbol));
  return prices.map(({ open, close }, symbol) => {
    const held = units[symbol] ?? new Float64Array();
    const found: Stretch[] = [];
    for (let start = 0; start < held.length;) {
      const first = held[start] ?? 0;
      if (first === 0) {
        start += 1;
        continue;
      }
      let end = start;
      while (end < held.length && (held[end] ?? 0) * first > 0) end += 1;
      const price = (tradesAtClose(result) ? close : open)[start] ?? Number.NaN;
      const weight = (first * price) / equityBefore(result, start, prices, units);
      found.push({ start, weight, shape: held.slice(start, end).map((value) => value / first) });
      start = end;
    }
    return found;
  });
}

/** Value of all fills of the trades, in dollars: entries, and exits of what was closed. */
export const tradedValueOf = ({ trades }: BacktestResult): number =>
  trades.reduce((total, { size, entryPrice, exitPrice }) => total + size * (entryPrice + (exitPrice ?? 0)), 0);
