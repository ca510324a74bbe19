import { readGolden } from './golden-backtests.ts';
import type { IndicatorOutput, PriceColumns } from './indicators.ts';

/** Series on which tests hold indicators against formulas: real ones beside the repository, and odd ones. For tests only. */
const REAL = [
  'data/AAPL_daily_raw_1998_2021.csv',
  'data/BTCUSD_daily_2014_2018.csv',
  'data/ETHUSD_minute_20180404_05.csv',
  'data/EURUSD_hourly_2017_2018.csv',
  'data/FESX_daily_2006_volume.csv',
  'data/STOXX50_daily_2005_2006.csv',
  'data/VIX_daily_2009.csv',
  'indicators/edge_alternating.csv',
  'indicators/edge_around_zero_and_negative.csv',
  'indicators/edge_constant.csv',
  'indicators/edge_constant_flat_with_range.csv',
  'indicators/edge_constant_then_step.csv',
  'indicators/edge_constant_zero_volume.csv',
  'indicators/edge_huge_offset_1e12.csv',
  'indicators/edge_integer_prices_many_ties.csv',
  'indicators/edge_length_01.csv',
  'indicators/edge_length_15.csv',
  'indicators/edge_random_then_constant.csv',
  'indicators/edge_strictly_decreasing_linear.csv',
  'indicators/edge_strictly_increasing_geometric_1pct.csv',
  'indicators/edge_tiny_1e-9.csv',
  'indicators/edge_zero_volume.csv',
] as const;

/** Of a long file, enough to walk every path. */
const ROWS_MAX = 2_500;

function readSeries(name: string): PriceColumns {
  const rows = readGolden(name).slice(0, ROWS_MAX);
  const column = (each: string): Float64Array => Float64Array.from(rows, (row) => Number(row[each]));
  return { open: column('open'), high: column('high'), low: column('low'), close: column('close'), volume: column('volume') };
}

/** Bars around closes: opens at the close before, ranges of some `width`, volumes that are whole numbers. */
export function barsAround(close: Float64Array, width: number): PriceColumns {
  const open = close.map((x, i) => (i === 0 ? x : (close[i - 1] ?? x)));
  const high = close.map((x, i) => Math.max(x, open[i] ?? x) + (width * ((i * 7) % 5)) / 4);
  const low = close.map((x, i) => Math.min(x, open[i] ?? x) - (width * ((i * 5) % 7)) / 4);
  return { open, high, low, close, volume: close.map((_, i) => (i * 131) % 1000) };
}

/** The same numbers each time, between 0 and 1. */
export function noise(length: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff) / 0x7f_ff_ff_ff);
}

/** A walk of factors near 1. */
export function walk(length: number, seed: number): Float64Array {
  let price = 100;
  return noise(length, seed).map((x) => (price *= 1 + (x - 0.5) / 50));
}

const NONE = new Float64Array(0);

export const SERIES: ReadonlyMap<string, PriceColumns> = new Map([
  ...REAL.map((name) => [name, readSeries(name)] as const),
  ['no bars', barsAround(NONE, 1)],
  [
    'a million million and some eighths',
    barsAround(
      Float64Array.from(noise(600, 3), (x) => 1e12 + Math.round(x * 1e3) / 8),
      2,
    ),
  ],
  [
    'one price far out',
    barsAround(
      Float64Array.from(walk(600, 4), (x, i) => (i === 300 ? 1e9 : x)),
      1,
    ),
  ],
  [
    'from above zero to below and back',
    barsAround(
      Float64Array.from(noise(600, 5), (x, i) => Math.sin(i / 40) + x / 10),
      0.1,
    ),
  ],
]);

/**
 * Where `found` is not `expected`: a value where there should be none, none where there should be one, or one that is farther away than `tolerance`
 * times its size or `scale`, whichever is larger.
 */
export function differences(
  found: readonly IndicatorOutput[],
  expected: readonly ArrayLike<number>[],
  scale: (i: number) => number,
  tolerance: number,
): readonly string[] {
  const wrong: string[] = [];
  if (found.length !== expected.length) wrong.push(`${found.length} outputs for ${expected.length}`);
  for (const [k, { name, values }] of found.entries()) {
    const column = expected[k] ?? NONE;
    if (values.length !== column.length) wrong.push(`${name}: ${values.length} values for ${column.length}`);
    const at = values.findIndex((x, i) => !near(x, column[i] ?? NaN, scale(i), tolerance));
    if (at >= 0) wrong.push(`${name}[${at}] is ${values[at]}, not ${column[at]}`);
  }
  return wrong;
}

function near(x: number, y: number, scale: number, tolerance: number): boolean {
  if (Number.isNaN(y)) return Number.isNaN(x);
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(y), scale);
}

/** The largest price near a bar: what rounding is measured by. */
export function levelOf({ high, low }: PriceColumns): (i: number) => number {
  return (i) => {
    let level = 0;
    for (let j = Math.max(0, i - 120); j <= i; j++) level = Math.max(level, Math.abs(high[j] ?? 0), Math.abs(low[j] ?? 0));
    return level;
  };
}

/** A value for each bar: `measure` of the last `period` bars, as from and to (exclusive); none before bar `first`. */
export function rolling(length: number, period: number, first: number, measure: (from: number, to: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, i) => (i < first ? NaN : measure(i + 1 - period, i + 1)));
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? NaN) / values.length;
  return sum;
}
