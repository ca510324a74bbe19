import { describe, expect, test } from 'vitest';
import { openIndicators } from './indicators.node.ts';
import type { PriceColumns } from './indicators.ts';
import type { ParameterValues } from './types.ts';
import { SERIES, barsAround, differences, levelOf, noise, walk } from './reference-series.ts';
import {
  beta,
  closeVolatility,
  correlation,
  fractionalDifference,
  garmanKlass,
  hurst,
  parkinson,
  yangZhang,
  zScore,
} from './statistic-formulas.ts';

const indicators = await openIndicators();
const ONE = (): ((i: number) => number) => () => 1;
const DEFAULTS = { timeperiod: 20, periods: 252 };

/** `scaleOf`: by what a difference is measured where the value itself is smaller. */
const CASES = [
  { name: 'ZSCORE', parameters: { timeperiod: 20 }, formula: ({ close }: PriceColumns) => zScore(close, 20), scaleOf: ONE },
  { name: 'ZSCORE', parameters: { timeperiod: 2 }, formula: ({ close }: PriceColumns) => zScore(close, 2), scaleOf: ONE },
  { name: 'CORREL', parameters: {}, formula: ({ high, low }: PriceColumns) => correlation(high, low, 30), scaleOf: ONE },
  {
    name: 'CORREL',
    parameters: { timeperiod: 11, x: 'close', y: 'volume' },
    formula: ({ close, volume }: PriceColumns) => correlation(close, volume, 11),
    scaleOf: ONE,
  },
  { name: 'HURST', parameters: {}, formula: ({ close }: PriceColumns) => hurst(close, 100), scaleOf: ONE },
  { name: 'HURST', parameters: { timeperiod: 37 }, formula: ({ close }: PriceColumns) => hurst(close, 37), scaleOf: ONE },
  { name: 'RV_CLOSE', parameters: DEFAULTS, formula: (bars: PriceColumns) => closeVolatility(bars, 20, 252), scaleOf: ONE },
  { name: 'RV_PARKINSON', parameters: DEFAULTS, formula: (bars: PriceColumns) => parkinson(bars, 20, 252), scaleOf: ONE },
  { name: 'RV_PARKINSON', parameters: { timeperiod: 1, periods: 1 }, formula: (bars: PriceColumns) => parkinson(bars, 1, 1), scaleOf: ONE },
  { name: 'RV_GARMAN_KLASS', parameters: DEFAULTS, formula: (bars: PriceColumns) => garmanKlass(bars, 20, 252), scaleOf: ONE },
  { name: 'RV_YANG_ZHANG', parameters: DEFAULTS, formula: (bars: PriceColumns) => yangZhang(bars, 20, 252), scaleOf: ONE },
  {
    name: 'RV_YANG_ZHANG',
    parameters: { timeperiod: 2, periods: 365 },
    formula: (bars: PriceColumns) => yangZhang(bars, 2, 365),
    scaleOf: ONE,
  },
  { name: 'FRACDIFF', parameters: {}, formula: ({ close }: PriceColumns) => fractionalDifference(close, 0.4, 100), scaleOf: levelOf },
  {
    name: 'FRACDIFF',
    parameters: { order: 1.3, timeperiod: 9 },
    formula: ({ close }: PriceColumns) => fractionalDifference(close, 1.3, 9),
    scaleOf: levelOf,
  },
];

describe('statistics of windows are what their formulas give', () => {
  test.each(CASES)('$name $parameters', ({ name, parameters, formula, scaleOf }) => {
    const wrong: string[] = [];
    for (const [series, bars] of SERIES) {
      const found = indicators.compute(name, parameters, bars);
      for (const what of differences(found, [formula(bars)], scaleOf(bars), 1e-11)) wrong.push(`${series}: ${what}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('the slope of returns on returns', () => {
  test.each([5, 30])('over %i bars is what its formula gives', (timeperiod) => {
    const wrong: string[] = [];
    for (const [series, bars] of SERIES) {
      for (const [x, y] of [
        ['high', 'low'],
        ['open', 'close'],
        ['close', 'volume'],
      ] as const) {
        const { slope, scale } = beta(bars[x], bars[y], timeperiod);
        const found = indicators.compute('BETA', { timeperiod, x, y }, bars);
        for (const what of differences(found, [slope], (i) => scale[i] ?? 0, 1e-10)) wrong.push(`${series}, ${x} and ${y}: ${what}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('is 2 where one moves twice as much, 1 of itself, 0 where the leader stands still', () => {
    const bars = barsAround(walk(200, 7), 1);
    let price = 50;
    const double = bars.high.map((x, i) => (price *= i === 0 ? 1 : 1 + 2 * (x / (bars.high[i - 1] ?? x) - 1)));
    const of = (low: Float64Array, high = bars.high): number =>
      indicators.compute('BETA', { timeperiod: 30 }, { ...bars, high, low })[0]?.values.at(-1) ?? NaN;
    expect(of(double)).toBeCloseTo(2, 10);
    expect(of(bars.high)).toBeCloseTo(1, 13);
    expect(of(bars.high, new Float64Array(200).fill(3))).toBe(0);
  });
});

const last = (name: string, parameters: ParameterValues, bars: PriceColumns): number =>
  indicators.compute(name, parameters, bars)[0]?.values.at(-1) ?? NaN;

const flat = (close: Float64Array): PriceColumns => ({ open: close, high: close, low: close, close, volume: close });

describe('by hand', () => {
  test('a z-score, of a window that varies and of one that does not', () => {
    expect(last('ZSCORE', { timeperiod: 4 }, flat(Float64Array.of(9, 1, 1, 1, 5)))).toBeCloseTo(Math.sqrt(3), 15);
    expect(last('ZSCORE', { timeperiod: 4 }, flat(Float64Array.of(9, 5, 5, 5, 5)))).toBe(0);
  });

  test('a correlation of 1, of −1, and of what does not vary', () => {
    const close = walk(60, 11);
    const bars = { ...flat(close), high: close, low: close.map((x) => 3 - 2 * x) };
    expect(last('CORREL', {}, bars)).toBeCloseTo(-1, 13);
    expect(last('CORREL', {}, { ...bars, low: close })).toBeCloseTo(1, 13);
    expect(last('CORREL', {}, { ...bars, low: new Float64Array(60).fill(1e-9) })).toBe(0);
  });

  test('an exponent of 1 for a trend, of 0 for what turns each bar, of a half for a random walk and for no movement', () => {
    const trend = Float64Array.from({ length: 300 }, (_, i) => 100 * 1.001 ** i);
    const turns = Float64Array.from({ length: 300 }, (_, i) => 100 + (i % 2));
    expect(last('HURST', {}, flat(trend))).toBeCloseTo(1, 9);
    expect(last('HURST', {}, flat(turns))).toBe(0);
    expect(last('HURST', {}, flat(new Float64Array(300).fill(7)))).toBe(0.5);
    expect(Math.abs(last('HURST', { timeperiod: 20_000 }, flat(walk(20_000, 13))) - 0.5)).toBeLessThan(0.03);
  });

  test('volatility of moves of one size: each estimator in its own way', () => {
    // Returns of +1 % and −1 % in turn: their sample deviation over n is 1 % × √(n / (n − 1)).
    const close = Float64Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 100 : 100 * Math.exp(0.01)));
    const parameters = { timeperiod: 20, periods: 100 };
    expect(last('RV_CLOSE', parameters, flat(close))).toBeCloseTo(0.1 * Math.sqrt(20 / 19), 12);
    const high = close.map((x) => x * Math.exp(0.02));
    const bars = { ...flat(close), high };
    expect(last('RV_PARKINSON', parameters, bars)).toBeCloseTo(0.2 / Math.sqrt(4 * Math.LN2), 12);
    expect(last('RV_GARMAN_KLASS', parameters, bars)).toBeCloseTo(0.2 / Math.SQRT2, 12);
    // No bodies; gaps as the returns above; ln(high / open) ln(high / close) = 0.02².
    const k = 0.34 / (1.34 + 21 / 19);
    expect(last('RV_YANG_ZHANG', parameters, bars)).toBeCloseTo(Math.sqrt(100 * (0.01 ** 2 * (20 / 19) + (1 - k) * 0.02 ** 2)), 12);
    expect(last('RV_GARMAN_KLASS', parameters, { ...bars, high: close, open: high })).toBe(0);
  });

  test('a return keeps its digits at 1e12, and a price that is not above zero has none', () => {
    const close = Float64Array.from({ length: 60 }, (_, i) => 1e12 + (i % 2));
    expect(last('RV_CLOSE', { timeperiod: 20, periods: 1 }, flat(close)) / (1e-12 * Math.sqrt(20 / 19))).toBeCloseTo(1, 11);
    for (const name of ['RV_CLOSE', 'RV_PARKINSON', 'RV_GARMAN_KLASS', 'RV_YANG_ZHANG']) {
      expect([
        name,
        last(
          name,
          {},
          barsAround(
            noise(60, 3).map((x) => -x),
            0.1,
          ),
        ),
      ]).toEqual([name, 0]);
    }
  });

  test('a difference of order 0, 1 and 2', () => {
    const close = walk(50, 17);
    const [a = NaN, b = NaN, c = NaN] = close.slice(-3);
    expect(last('FRACDIFF', { order: 0, timeperiod: 10 }, flat(close))).toBe(c);
    expect(last('FRACDIFF', { order: 1, timeperiod: 10 }, flat(close))).toBe(c - b);
    expect(last('FRACDIFF', { order: 2, timeperiod: 10 }, flat(close))).toBe(c - 2 * b + a);
  });
});

/** These depend on their last bars only. */
const WINDOWED = [
  'VWAP',
  'DONCHIAN',
  'ICHIMOKU',
  'ZSCORE',
  'CORREL',
  'BETA',
  'HURST',
  'VOLUME_PROFILE',
  'RV_CLOSE',
  'RV_PARKINSON',
  'RV_GARMAN_KLASS',
  'RV_YANG_ZHANG',
  'FRACDIFF',
] as const;

describe('a window forgets', () => {
  const far = walk(1_000_000, 19).map((x, i) => (Math.floor(i / 1000) % 7 === 0 ? 1e12 + x : x));
  const million = barsAround(far, 1);
  const tailOf = (bars: PriceColumns, count: number): PriceColumns => ({
    open: bars.open.slice(-count),
    high: bars.high.slice(-count),
    low: bars.low.slice(-count),
    close: bars.close.slice(-count),
    volume: bars.volume.slice(-count),
  });

  test.each(WINDOWED)('%s: after a million bars, some of them at 1e12, it says what its window alone says', (name) => {
    const needed = indicators.lookback(name, {}) + 1;
    const found = indicators.compute(name, {}, million);
    const expected = indicators.compute(name, {}, tailOf(million, needed));
    for (const [k, { values }] of found.entries()) {
      const x = values.at(-1) ?? NaN;
      const y = expected[k]?.values.at(-1) ?? NaN;
      expect(Math.abs(x - y)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(y)));
    }
  });

  test.each(WINDOWED)('%s: prices and volumes that are no numbers are gone with the windows that hold them', (name) => {
    for (const odd of [NaN, Infinity, -Infinity]) {
      const good = barsAround(walk(1_000, 23), 1);
      const bad = { ...good };
      for (const column of ['open', 'high', 'low', 'close', 'volume'] as const)
        bad[column] = good[column].map((x, i) => (i === 500 ? odd : x));
      const from = 500 + indicators.lookback(name, {}) + 1;
      const after = indicators.compute(name, {}, bad).map((output) => ({ ...output, values: output.values.subarray(from) }));
      const expected = indicators.compute(name, {}, good).map(({ values }) => values.subarray(from));
      expect(differences(after, expected, () => 1, 1e-12)).toEqual([]);
    }
  });
});
