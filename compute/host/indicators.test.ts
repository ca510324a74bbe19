import { readFile, readdir } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileIndicators } from '../build.ts';
import { INDICATORS_WASM, openIndicators } from './indicators.node.ts';
import { loadIndicators } from './indicators.ts';
import type { Indicators, PriceColumns } from './indicators.ts';
import type { ParameterValues } from './types.ts';

const GOLDEN = new URL('../../../shared/golden/indicators/', import.meta.url);

interface GoldenColumn {
  readonly column_prefix: string;
  readonly function: string;
  readonly parameters: ParameterValues;
  readonly outputs: readonly string[];
  readonly lookback: number;
}

interface Table {
  readonly length: number;
  column(name: string): Float64Array;
}

/** Of the price level, or of a hundred for percents, or of the largest value: far below the tolerance that the golden data asks for. */
const TOLERANCE: Readonly<Record<string, number>> = {
  SMA: 1e-13,
  EMA: 1e-13,
  RSI: 1e-13,
  MACD: 1e-13,
  ATR: 1e-13,
  STOCH: 1e-13,
  BBANDS: 1e-10,
  TRANGE: 1e-13,
  NATR: 1e-13,
  ADX: 1e-13,
  PLUS_DI: 1e-13,
  MINUS_DI: 1e-13,
  SAR: 1e-13,
  WILLR: 1e-13,
  ULTOSC: 1e-13,
  MFI: 1e-13,
  AROON: 1e-13,
  AROONOSC: 1e-13,
  CCI: 1e-11,
  OBV: 1e-13,
  AD: 1e-13,
  WMA: 1e-13,
  DEMA: 1e-13,
  TEMA: 1e-13,
  TRIMA: 1e-12,
  KAMA: 1e-13,
  CMO: 1e-13,
  ROC: 1e-13,
  MOM: 1e-13,
  TRIX: 1e-13,
  LINEARREG: 1e-13,
  LINEARREG_SLOPE: 1e-13,
  MIN: 0,
  MAX: 0,
  STDDEV: 1e-10,
  VAR: 1e-13,
  PPO: 1e-13,
  STOCHRSI: 1e-13,
};
const PERCENTS = new Set('RSI STOCH CCI WILLR AROON AROONOSC ULTOSC MFI ADX PLUS_DI MINUS_DI CMO ROC TRIX PPO STOCHRSI'.split(' '));
/** Of their own largest value, for they are neither prices nor from 0 to 100. */
const OTHER_UNITS = new Set(['NATR', 'OBV', 'AD']);
/** TA-Lib's own deviation has lost its digits here: these values are held against exact ones and against two passes. */
const SPREAD_LOST = new Set(['edge_huge_offset_1e12.csv', 'edge_tiny_1e-9.csv']);
const SPREADS = new Set(['BBANDS.upper', 'BBANDS.lower', 'STDDEV.value']);
/** Prices stand still here, and TA-Lib finds 0 or 100 in ranges that are made of rounding. */
const STANDSTILL = 'edge_random_then_constant.csv';
/** Here TA-Lib's mean misses far or equal prices by its last digits, and gives ±66.67 where nothing deviates: held against two passes. */
const CCI_LOST = new Set(['edge_huge_offset_1e12.csv', STANDSTILL]);

function isLost(file: string, indicator: string, output: string): boolean {
  if (indicator === 'CCI') return CCI_LOST.has(file);
  return indicator === 'STOCHRSI' ? file === STANDSTILL : SPREAD_LOST.has(file) && SPREADS.has(`${indicator}.${output}`);
}

async function readTable(name: string): Promise<Table> {
  const bytes = await readFile(new URL(name, GOLDEN));
  const [header = '', ...rows] = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trim().split('\n');
  const names = header.split(',');
  const cells = rows.map((row) => row.split(','));
  return {
    length: rows.length,
    column: (column) => {
      const at = names.indexOf(column);
      if (at < 0) throw new Error(`${name} has no column ${column}`);
      return Float64Array.from(cells, (row) => (row[at] === '' ? NaN : Number(row[at])));
    },
  };
}

function columnsOf(table: Table): PriceColumns {
  return {
    open: table.column('open'),
    high: table.column('high'),
    low: table.column('low'),
    close: table.column('close'),
    volume: table.column('volume'),
  };
}

/** The largest difference, as a part of `level`; infinite where one has a value and the other has none. */
function worstDifference(values: Float64Array, golden: Float64Array, level: number): number {
  return golden.reduce((worst, y, i) => {
    const x = values[i] ?? NaN;
    if (Number.isNaN(x) !== Number.isNaN(y)) return Infinity;
    return Number.isNaN(y) ? worst : Math.max(worst, Math.abs(x - y) / level);
  }, 0);
}

function largest(values: Float64Array): number {
  return values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

function levelOf(indicator: string, bars: PriceColumns, expected: Float64Array): number {
  if (OTHER_UNITS.has(indicator)) return largest(expected.filter((y) => !Number.isNaN(y))) || 1;
  if (indicator === 'VAR') return largest(bars.close) ** 2;
  return PERCENTS.has(indicator) ? 100 : largest(bars.close);
}

let indicators: Indicators;
let golden: readonly GoldenColumn[];
let files: readonly string[];

beforeAll(async () => {
  indicators = await openIndicators();
  const text = await readFile(new URL('indicators.json', GOLDEN), 'utf8').catch((error: unknown) => {
    throw new Error('The golden data is missing: it must stand in shared/golden beside the repository.', { cause: error });
  });
  const all = (JSON.parse(text) as { indicators: readonly GoldenColumn[] }).indicators;
  golden = all.filter((column) => indicators.specs.some((spec) => `TA_${spec.name}` === column.function));
  files = (await readdir(GOLDEN)).filter((name) => /\.csv(\.gz)?$/.test(name) && !name.includes('.exact.'));
});

test('the built module is what the sources give: if not, run node compute/build.ts', async () => {
  expect(Buffer.compare(await readFile(INDICATORS_WASM), await compileIndicators())).toBe(0);
});

describe('TA-Lib agrees', () => {
  test('on all that is asked', () => {
    expect(golden.length).toBe(97);
    expect(files.length).toBe(37);
  });

  test('on the first bar with a value', () => {
    for (const column of golden) {
      expect([column.column_prefix, indicators.lookback(column.function.slice(3), column.parameters)]).toEqual([
        column.column_prefix,
        column.lookback,
      ]);
    }
  });

  test('on every value of every series', async () => {
    const wrong: string[] = [];
    let compared = 0;
    for (const file of files) {
      const table = await readTable(file);
      const bars = columnsOf(table);
      for (const { column_prefix: prefix, function: name, parameters } of golden) {
        const indicator = name.slice(3);
        for (const output of indicators.compute(indicator, parameters, bars)) {
          if (isLost(file, indicator, output.name)) continue;
          const column = output.name === 'value' ? prefix : `${prefix}.${output.name}`;
          const expected = table.column(column);
          const difference = worstDifference(output.values, expected, levelOf(indicator, bars, expected));
          compared++;
          if (!(difference <= (TOLERANCE[indicator] ?? 0))) wrong.push(`${file} ${column}: ${difference}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBe(37 * 118 - 2 * 9 - 6 - 2 * 3);
  });

  test('not with an average that starts at the first close: the comparison can fail', async () => {
    const table = await readTable('GOOG_daily_2004_2013.csv.gz');
    const close = table.column('close');
    const level = largest(close);
    let y = close[0] ?? NaN;
    const wrongSeed = close.map((x, i) => {
      y += (2 / 31) * (x - y);
      return i < 29 ? NaN : y;
    });
    expect(worstDifference(wrongSeed, table.column('EMA_30'), level)).toBeGreaterThan(1e-4);
    const late = close.map((_, i) => (i < 30 ? NaN : (table.column('EMA_30')[i] ?? NaN)));
    expect(worstDifference(late, table.column('EMA_30'), level)).toBe(Infinity);
  });
});

test('where prices stand still, the stochastic of an index that only rounding moves is 0', async () => {
  const table = await readTable(STANDSTILL);
  const { close } = columnsOf(table);
  const still = close.findLastIndex((x) => x !== close.at(-1)) + 1;
  expect(close.length - still).toBeGreaterThan(30);
  const [fastk, fastd] = indicators.compute('STOCHRSI', { timeperiod: 14, fastk: 5, fastd: 3 }, columnsOf(table));
  expect(fastk?.values.slice(still + 4).every((x) => x === 0)).toBe(true);
  expect(fastd?.values.slice(still + 6).every((x) => x === 0)).toBe(true);
  const golden = table.column('STOCHRSI_14_5_3_0.fastk');
  expect(worstDifference(fastk?.values.slice(0, still + 4) ?? golden, golden.slice(0, still + 4), 100)).toBeLessThan(1e-13);
});

describe('exact values', () => {
  test.each(['edge_huge_1e12', 'edge_huge_offset_1e12', 'edge_tiny_1e-9'])('%s: averages and bands to the last digits', async (name) => {
    const bars = columnsOf(await readTable(`${name}.csv`));
    const exact = await readTable(`${name}.exact.csv`);
    const [upper, , lower] = indicators.compute('BBANDS', { timeperiod: 20, nbdevup: 2, nbdevdn: 2 }, bars);
    const found = {
      SMA_10: indicators.compute('SMA', { timeperiod: 10 }, bars)[0]?.values,
      SMA_30: indicators.compute('SMA', { timeperiod: 30 }, bars)[0]?.values,
      'BBANDS_20_2_2_0.upper': upper?.values,
      'BBANDS_20_2_2_0.lower': lower?.values,
    };
    for (const [column, values] of Object.entries(found)) {
      const expected = exact.column(column);
      const relative = (values ?? new Float64Array(0)).map((x, i) => x / (expected[i] ?? NaN));
      expect(
        worstDifference(
          relative,
          expected.map((x) => x / x),
          1,
        ),
      ).toBeLessThan(1e-15);
    }
    // The distance between the bands has no offset to hide behind.
    const deviation = exact.column('STDDEV_20_1');
    const distance = (upper?.values ?? deviation).map((x, i) => (x - (lower?.values[i] ?? NaN)) / 4);
    const ulp = largest(bars.close) * 2 ** -52;
    expect(worstDifference(distance, deviation, Math.max(ulp, largest(bars.close) * 1e-13))).toBeLessThan(4);
  });

  test.each(['edge_huge_1e12', 'edge_huge_offset_1e12', 'edge_tiny_1e-9'])('%s: spreads and lines to 1e-13 of the value', async (name) => {
    const bars = columnsOf(await readTable(`${name}.csv`));
    const exact = await readTable(`${name}.exact.csv`);
    for (const [column, indicator, timeperiod] of [
      ['STDDEV_5_1', 'STDDEV', 5],
      ['STDDEV_20_1', 'STDDEV', 20],
      ['VAR_5_1', 'VAR', 5],
      ['VAR_20_1', 'VAR', 20],
      ['LINEARREG_14', 'LINEARREG', 14],
    ] as const) {
      const expected = exact.column(column);
      const found = indicators.compute(indicator, { timeperiod }, bars)[0]?.values.map((x, i) => x / (expected[i] ?? NaN));
      expect([
        column,
        worstDifference(
          found ?? new Float64Array(0),
          expected.map((x) => x / x),
          1,
        ),
      ]).toEqual([column, expect.toSatisfy((difference: number) => difference < 1e-13)]);
    }
  });

  test.each([...SPREAD_LOST])('%s: bands as two passes give them', async (file) => {
    const bars = columnsOf(await readTable(file));
    for (const [period, matype] of [
      [5, 0],
      [50, 1],
    ] as const) {
      const [upper, middle] = indicators.compute('BBANDS', { timeperiod: period, nbdevup: 1, matype }, bars);
      const expected = bars.close.map((_, i) => (i < period - 1 ? NaN : deviationOf(bars.close.subarray(i - period + 1, i + 1))));
      const found = expected.map((_, i) => (upper?.values[i] ?? NaN) - (middle?.values[i] ?? NaN));
      expect(worstDifference(found, expected, largest(bars.close))).toBeLessThan(1e-15);
    }
  });

  test.each([...CCI_LOST])('%s: the commodity channel index as two passes give it, and 0 where no price deviates', async (file) => {
    const bars = columnsOf(await readTable(file));
    const typical = bars.close.map((x, i) => ((bars.high[i] ?? NaN) + (bars.low[i] ?? NaN) + x) / 3);
    for (const timeperiod of [5, 14, 20]) {
      const expected = typical.map((_, i) => (i < timeperiod - 1 ? NaN : channelIndexOf(typical.subarray(i - timeperiod + 1, i + 1))));
      const found = indicators.compute('CCI', { timeperiod }, bars)[0]?.values ?? new Float64Array(0);
      expect(worstDifference(found, expected, 100)).toBeLessThan(1e-11);
    }
  });

  test('nothing drifts in a million bars, even after a price a thousand billion times as high', () => {
    const close = Float64Array.from({ length: 1_000_000 }, (_, i) => (i < 1_000 ? 1e12 : 1) * (100 + ((i * 7919) % 1000) / 128));
    const series = { open: close, high: close, low: close, close, volume: close };
    const sma = indicators.compute('SMA', { timeperiod: 20 }, series)[0]?.values;
    const last = close.subarray(-20).reduce((sum, x) => sum + x, 0) / 20;
    expect(sma?.at(-1)).toBe(last);
    const [upper, middle] = indicators.compute('BBANDS', { timeperiod: 20 }, series);
    expect(middle?.values.at(-1)).toBeCloseTo(last, 12);
    expect(upper?.values.at(-1)).toBeCloseTo(last + 2 * deviationOf(close.subarray(-20)), 12);
  });
});

function channelIndexOf(values: Float64Array): number {
  const [origin = 0] = values;
  const centred = values.map((x) => x - origin);
  const mean = centred.reduce((sum, x) => sum + x, 0) / values.length;
  const deviation = centred.reduce((sum, x) => sum + Math.abs(x - mean), 0) / values.length;
  return deviation === 0 ? 0 : ((centred.at(-1) ?? NaN) - mean) / (0.015 * deviation);
}

function deviationOf(values: Float64Array): number {
  const [origin = 0] = values;
  const mean = values.reduce((sum, x) => sum + (x - origin), 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - origin - mean) ** 2, 0) / values.length);
}

test.each([
  ['SMA', 0],
  ['EMA', 1],
])('the middle band is the %s, to the bit', async (name, matype) => {
  const bars = columnsOf(await readTable('EURUSD_hourly_2017_2018.csv.gz'));
  const [, middle] = indicators.compute('BBANDS', { timeperiod: 20, matype }, bars);
  expect(middle?.values).toEqual(indicators.compute(name, { timeperiod: 20 }, bars)[0]?.values);
});

describe('edges', () => {
  const columns = (length: number): PriceColumns => {
    const close = Float64Array.from({ length }, (_, i) => 100 + Math.sin(i));
    return { open: close, high: close.map((x) => x + 1), low: close.map((x) => x - 1), close, volume: close };
  };

  test('no bars give no values', () => {
    for (const { name, outputs } of indicators.specs) {
      expect(indicators.compute(name, {}, columns(0)).map((output) => output.values.length)).toEqual(outputs.map(() => 0));
    }
  });

  test('columns of different lengths are refused', () => {
    const series = { ...columns(10), high: new Float64Array(9) };
    expect(() => indicators.compute('ATR', {}, series)).toThrow('close has 10 values, high 9');
    expect(() => indicators.load(series)).toThrow(RangeError);
  });

  test('the longest periods fit, over short series and over long ones', () => {
    for (const { name, parameters } of indicators.specs) {
      const longest = Object.fromEntries(parameters.filter((p) => p.kind === 'integer').map((p) => [p.name, p.max]));
      const outputs = indicators.compute(name, longest, columns(1_000));
      const lookback = indicators.lookback(name, longest);
      expect(outputs.every((output) => output.values.subarray(0, lookback).every(Number.isNaN))).toBe(true);
      const long = indicators.compute(name, longest, columns(lookback + 2));
      for (const { values } of long) expect(values.findIndex(Number.isFinite)).toBe(lookback);
    }
  });

  test('loaded bars serve many indicators', () => {
    const series = columns(500);
    const loaded = indicators.load(series);
    for (let round = 0; round < 2; round++) {
      for (const { name } of indicators.specs) expect(loaded.run(name, {})).toEqual(indicators.compute(name, {}, series));
    }
  });

  test('a module that is not ours is refused', async () => {
    const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    await expect(loadIndicators(empty)).rejects.toThrow('build it again with node compute/build.ts');
  });
});
