import type { BacktestResult } from '@tidemark/compute/types';
import type { MarkedPrices } from './baselines/marked-prices.ts';
import { replayLate } from './baselines/random-runs.ts';
import { tradesAtClose } from './baselines/stretches.ts';

/** What a strategy that knows too much cannot hide. */
export interface LookAheadSigns {
  /** Entries whose first bar is known and moved. */
  readonly entries: number;
  /** Of those, the ones in whose favour the first bar went. */
  readonly right: number;
  /** How many standard deviations that is above a coin. */
  readonly deviations: number;
  /** Sharpe ratio of the run's holdings on time, and one bar late; NaN where it cannot be told. */
  readonly onTime: number;
  readonly oneBarLate: number;
}

/** A first bar is the one of the entry, from the fill to the close; with fills at a close it is the one after it. */
export function lookAheadSignsOf(result: BacktestResult, prices: readonly MarkedPrices[]): LookAheadSigns {
  const indexOf = new Map(result.equity.map(({ time }, index) => [time, index]));
  const closes = new Map(prices.map(({ symbol, close }) => [symbol, close]));
  const later = tradesAtClose(result) ? 1 : 0;
  let [entries, right] = [0, 0];
  for (const { symbol, entryTime, entryPrice, direction } of result.trades) {
    const close = closes.get(symbol)?.[(indexOf.get(entryTime) ?? Number.NaN) + later];
    if (close === undefined || Number.isNaN(close) || close === entryPrice) continue;
    entries += 1;
    if (close > entryPrice === (direction === 'long')) right += 1;
  }
  return {
    entries,
    right,
    deviations: entries === 0 ? Number.NaN : (right - entries / 2) / Math.sqrt(entries / 4),
    onTime: replayLate(result, prices, 0)?.sharpe ?? Number.NaN,
    oneBarLate: replayLate(result, prices, 1)?.sharpe ?? Number.NaN,
  };
}
