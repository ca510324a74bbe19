import type { BarSeries } from '@tidemark/compute/types';
import type { SymbolBars } from '../baselines/marked-prices.ts';

/** Bars on days of January 2024, each open at the close before. */
export function barsOn(symbol: string, days: readonly number[], closes: readonly number[], volume = 1_000): SymbolBars {
  const close = Float64Array.from(closes);
  const open = Float64Array.from(closes, (value, index) => closes[index - 1] ?? value);
  const bars: BarSeries = {
    length: days.length,
    startAtMs: Float64Array.from(days, (day) => Date.UTC(2024, 0, day)),
    open,
    high: close.map((value, index) => Math.max(value, open[index] ?? value)),
    low: close.map((value, index) => Math.min(value, open[index] ?? value)),
    close,
    volume: close.map(() => volume),
  };
  return { symbol, bars };
}
