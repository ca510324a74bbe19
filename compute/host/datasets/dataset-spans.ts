import { at } from '../rows-input.ts';
import { buildTimeline } from '../timeline.ts';
import type { SymbolSeries } from '../timeline.ts';
import type { BarSeries } from '../types.ts';
import type { Spans } from '../validation/spans.ts';
import type { DatasetRow } from './dataset-rows.ts';

/**
 * What each row looks at, in numbers of the distinct times at which bars of any symbol start. A label is known at the close of its last bar, and not at that bar's
 * start: another symbol may decide in between. When a bar closes the bars do not say, but it has closed when its symbol's next one starts: the label holds every time
 * before that.
 */
export function spansOf(series: readonly SymbolSeries[], rows: readonly DatasetRow[]): Spans {
  const { times } = buildTimeline(series);
  const numbers = new Map(Array.from(times, (atMs, number) => [atMs, number]));
  const lastsOpen = series.map(({ bars }) => lastOpen(bars, times));
  const numberOf = (symbol: number, bar: number): number => numbers.get(at(series[symbol]?.bars.startAtMs ?? [], bar)) ?? Number.NaN;
  const lastOf = (symbol: number, bar: number): number =>
    bar + 1 < (series[symbol]?.bars.length ?? 0) ? numberOf(symbol, bar + 1) - 1 : at(lastsOpen, symbol);
  return {
    starts: Float64Array.from(rows, ({ symbol, bar }) => numberOf(symbol, bar)),
    ends: Float64Array.from(rows, ({ symbol, end }) => lastOf(symbol, end)),
  };
}

/** The last time at which the last bar may still be open: it lasts no longer than the longest time between two starts. */
function lastOpen({ startAtMs }: BarSeries, times: Float64Array): number {
  if (startAtMs.length < 2) return times.length - 1;
  const longestMs = startAtMs.reduce((most, atMs, bar) => (bar === 0 ? 0 : Math.max(most, atMs - at(startAtMs, bar - 1))), 0);
  const closedAtMs = at(startAtMs, startAtMs.length - 1) + longestMs;
  return times.findLastIndex((atMs) => atMs < closedAtMs);
}
