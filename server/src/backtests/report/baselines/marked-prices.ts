import type { BarSeries } from '@tidemark/compute/types';
import type { EquityPoint } from '../equity-curve.ts';

/** The bars of one symbol. */
export interface SymbolBars {
  readonly symbol: string;
  readonly bars: BarSeries;
}

/** Prices of one symbol at the marks of a run. */
export interface MarkedPrices {
  readonly symbol: string;
  /** Of the bar that starts at the mark; NaN where there is none: nothing trades then. */
  readonly open: Float64Array;
  readonly volume: Float64Array;
  /** The last close so far; NaN before the first bar. */
  readonly close: Float64Array;
}

/** Lays bars beside marks. A bar counts from its own mark on, never before. */
export function markedPricesOf(points: readonly EquityPoint[], { symbol, bars }: SymbolBars): MarkedPrices {
  const [open, volume, close] = [0, 1, 2].map(() => new Float64Array(points.length).fill(Number.NaN)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let bar = -1;
  for (const [index, { time }] of points.entries()) {
    const atMs = Date.parse(time);
    while (bar + 1 < bars.length && (bars.startAtMs[bar + 1] ?? Infinity) <= atMs) bar += 1;
    close[index] = bars.close[bar] ?? Number.NaN;
    if (bars.startAtMs[bar] !== atMs) continue;
    open[index] = bars.open[bar] ?? Number.NaN;
    volume[index] = bars.volume[bar] ?? Number.NaN;
  }
  return { symbol, open, volume, close };
}
