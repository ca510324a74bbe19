import { ParameterError } from './errors.ts';
import type { BarSeries, CorporateAction } from './types.ts';

export interface SymbolSeries {
  readonly symbol: string;
  readonly bars: BarSeries;
}

/** The instants of all symbols in order, and which bar each symbol has at each of them. */
export interface Timeline {
  readonly times: Float64Array;
  /** By slice and symbol: the bar's index, or -1. `undefined` where every symbol has a bar in every slice. */
  readonly bars: Int32Array | undefined;
}

const COLUMNS = ['startAtMs', 'open', 'high', 'low', 'close', 'volume'] as const;

/** Index of the first bar at or after an instant. */
function firstAt(times: Float64Array, atMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The bars that start from `fromMs` to `toMs`, both included. Views, not copies. */
export function cutSeries(bars: BarSeries, fromMs = -Infinity, toMs = Infinity): BarSeries {
  const start = firstAt(bars.startAtMs, fromMs);
  const after = toMs === Infinity ? bars.length : firstAt(bars.startAtMs, toMs);
  const end = bars.startAtMs[after] === toMs ? after + 1 : after;
  if (start === 0 && end === bars.length) return bars;
  const [startAtMs, open, high, low, close, volume] = COLUMNS.map((column) => bars[column].subarray(start, Math.max(start, end)));
  if (startAtMs && open && high && low && close && volume) return { length: startAtMs.length, startAtMs, open, high, low, close, volume };
  throw new Error('Invariant: a series has six columns');
}

/** Throws {@link ParameterError}, in the name of `what`, for series that nothing can run over. */
export function checkSeries(series: readonly SymbolSeries[], what = 'backtest'): void {
  const refuse = (parameter: string, value: unknown, bounds: string): never => {
    throw new ParameterError(what, parameter, value, bounds);
  };
  if (series.length === 0) refuse('series', [], 'the bars of at least one symbol');
  const symbols = series.map(({ symbol }) => symbol);
  if (new Set(symbols).size < series.length) refuse('series', symbols, 'of a symbol each');
  for (const { symbol, bars } of series) {
    if (COLUMNS.some((column) => bars[column].length !== bars.length)) refuse('series', symbol, 'columns of one length');
    for (let i = 1; i < bars.length; i += 1) {
      if (!((bars.startAtMs[i] ?? 0) > (bars.startAtMs[i - 1] ?? 0))) refuse('series', `${symbol} at bar ${i}`, 'in order of time');
    }
  }
}

function sameTimes(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((time, index) => time === b[index]));
}

/** For each bar the index of the first finer bar that starts with it or after it, and before the next one; one more for the end. */
export function fineStarts(bars: BarSeries, fine: BarSeries): Int32Array {
  const starts = new Int32Array(bars.length + 1).fill(fine.length);
  for (const [index, atMs] of bars.startAtMs.entries()) starts[index] = firstAt(fine.startAtMs, atMs);
  return starts;
}

/** Throws {@link ParameterError} for corporate actions that cannot be. */
export function checkActions(actions: Readonly<Record<string, readonly CorporateAction[]>>): void {
  for (const [symbol, list] of Object.entries(actions)) {
    for (const { atMs, ratio, dividend } of list) {
      const isSound = Number.isFinite(atMs) && ratio > 0 && Number.isFinite(ratio) && dividend >= 0 && Number.isFinite(dividend);
      if (!isSound)
        throw new ParameterError(
          'backtest',
          'actions',
          `${symbol}: ratio ${ratio}, dividend ${dividend}`,
          'a ratio above 0 and a dividend of 0 or more',
        );
    }
  }
}

/** Merges the instants of all symbols. */
export function buildTimeline(series: readonly SymbolSeries[]): Timeline {
  const [only] = series;
  if (only !== undefined && series.every(({ bars }) => sameTimes(bars.startAtMs, only.bars.startAtMs))) {
    return { times: only.bars.startAtMs, bars: undefined };
  }
  const times = Float64Array.from(new Set(series.flatMap(({ bars }) => [...bars.startAtMs]))).sort();
  const bars = new Int32Array(times.length * series.length).fill(-1);
  for (const [symbol, { bars: own }] of series.entries()) {
    let bar = 0;
    for (let slice = 0; slice < times.length && bar < own.length; slice += 1) {
      if (own.startAtMs[bar] !== times[slice]) continue;
      bars[slice * series.length + symbol] = bar;
      bar += 1;
    }
  }
  return { times, bars };
}
