import { describe, expect, test } from 'vitest';
import { openIndicators } from './indicators.node.ts';
import type { PriceColumns } from './indicators.ts';
import { SERIES, barsAround, differences, levelOf, mean, rolling, walk } from './reference-series.ts';
import { chandelier, donchian, heikinAshi, ichimoku, keltner, supertrend, volumeProfile, vwap } from './price-line-formulas.ts';

const indicators = await openIndicators();
const TOLERANCE = 1e-13;

const CASES = [
  { name: 'VWAP', parameters: { timeperiod: 1 }, formula: (bars: PriceColumns) => vwap(bars, 1) },
  { name: 'VWAP', parameters: { timeperiod: 20 }, formula: (bars: PriceColumns) => vwap(bars, 20) },
  { name: 'VWAP', parameters: { timeperiod: 97 }, formula: (bars: PriceColumns) => vwap(bars, 97) },
  { name: 'DONCHIAN', parameters: { timeperiod: 20 }, formula: (bars: PriceColumns) => donchian(bars, 20) },
  { name: 'KELTNER', parameters: {}, formula: (bars: PriceColumns) => keltner(bars, 20, 10, 2) },
  {
    name: 'KELTNER',
    parameters: { timeperiod: 7, atrperiod: 30, multiplier: 1.5 },
    formula: (bars: PriceColumns) => keltner(bars, 7, 30, 1.5),
  },
  { name: 'SUPERTREND', parameters: {}, formula: (bars: PriceColumns) => supertrend(bars, 10, 3) },
  { name: 'SUPERTREND', parameters: { timeperiod: 1, multiplier: 0.5 }, formula: (bars: PriceColumns) => supertrend(bars, 1, 0.5) },
  { name: 'ICHIMOKU', parameters: {}, formula: (bars: PriceColumns) => ichimoku(bars, 9, 26, 52, 26) },
  {
    name: 'ICHIMOKU',
    parameters: { tenkan: 30, kijun: 5, senkou: 12, displacement: 0 },
    formula: (bars: PriceColumns) => ichimoku(bars, 30, 5, 12, 0),
  },
  { name: 'HEIKIN_ASHI', parameters: {}, formula: heikinAshi },
  { name: 'CHANDELIER', parameters: {}, formula: (bars: PriceColumns) => chandelier(bars, 22, 3) },
  { name: 'VOLUME_PROFILE', parameters: {}, formula: (bars: PriceColumns) => volumeProfile(bars, 50, 24, 0.7) },
  {
    name: 'VOLUME_PROFILE',
    parameters: { timeperiod: 13, bins: 5, share: 1 },
    formula: (bars: PriceColumns) => volumeProfile(bars, 13, 5, 1),
  },
];

describe('lines over the price are what their formulas give', () => {
  test.each(CASES)('$name $parameters', ({ name, parameters, formula }) => {
    const wrong: string[] = [];
    for (const [series, bars] of SERIES) {
      const found = indicators.compute(name, parameters, bars);
      for (const what of differences(found, formula(bars), levelOf(bars), TOLERANCE)) wrong.push(`${series}: ${what}`);
    }
    expect(wrong).toEqual([]);
  });

  test('and not what wrong ones give: the comparison can fail', () => {
    const bars = SERIES.get('data/BTCUSD_daily_2014_2018.csv');
    if (bars === undefined) throw new Error('Invariant: the series is there');
    const found = indicators.compute('VWAP', { timeperiod: 20 }, bars);
    const late = rolling(bars.close.length, 20, 20, (from, to) => mean(bars.close.subarray(from, to)));
    expect(differences(found, [late], levelOf(bars), TOLERANCE)).toHaveLength(1);
    expect(differences(found, vwap(bars, 21), levelOf(bars), TOLERANCE)).toHaveLength(1);
    expect(differences(found, vwap(bars, 20), levelOf(bars), TOLERANCE)).toHaveLength(0);
    expect(differences(indicators.compute('SUPERTREND', {}, bars), supertrend(bars, 10, 3.01), levelOf(bars), TOLERANCE)).not.toHaveLength(
      0,
    );
  });
});

/** Bars of one price each. */
function flat(close: readonly number[], volume: readonly number[]): PriceColumns {
  const prices = Float64Array.from(close);
  return { open: prices, high: prices, low: prices, close: prices, volume: Float64Array.from(volume) };
}

describe('by hand', () => {
  test('a volume-weighted average, and one of no volume', () => {
    const bars = flat([10, 20, 40, 80], [1, 3, 0, 0]);
    expect([...(indicators.compute('VWAP', { timeperiod: 2 }, bars)[0]?.values ?? [])]).toEqual([NaN, 17.5, 20, 60]);
  });

  test('a supertrend that starts down, turns up, trails, and turns down', () => {
    const bars = {
      open: Float64Array.of(10, 10, 14, 18, 17, 11),
      high: Float64Array.of(11, 11, 15, 19, 18, 12),
      low: Float64Array.of(9, 9, 13, 17, 16, 10),
      close: Float64Array.of(10, 10, 14, 18, 17, 11),
      volume: Float64Array.of(1, 1, 1, 1, 1, 1),
    };
    const [value, direction] = indicators.compute('SUPERTREND', { timeperiod: 1, multiplier: 1 }, bars);
    // True ranges from bar 1: 2, 5, 5, 2, 7. Bands: 8 12, 9 19 (kept 12), 13 23, 15 19, 4 18 (kept 15).
    expect([...(value?.values ?? [])]).toEqual([NaN, 12, 9, 13, 15, 18]);
    expect([...(direction?.values ?? [])]).toEqual([NaN, -1, 1, 1, 1, -1]);
  });

  test('a profile: the fullest bin, and the area that grows to the fuller side', () => {
    const bars = flat([0, 1, 2, 2, 3, 4], [5, 10, 20, 10, 15, 1]);
    // Four bins of width 1: 5, 10, 30 and 16 of 61; 70 % of it is 42.7, so the upper neighbour is enough.
    expect(
      indicators.compute('VOLUME_PROFILE', { timeperiod: 6, bins: 4, share: 0.7 }, bars).map(({ values }) => Array.from(values.slice(5))),
    ).toEqual([[2.5], [4], [2]]);
    const none = flat([0, 1, 2, 2, 3, 4], [0, 0, 0, 0, 0, 0]);
    // Each bar counts once: 1, 1, 2 and 2 of 6. The lowest of equals is the point of control.
    expect(
      indicators.compute('VOLUME_PROFILE', { timeperiod: 6, bins: 4, share: 0.5 }, none).map(({ values }) => Array.from(values.slice(5))),
    ).toEqual([[2.5], [4], [2]]);
    expect(indicators.compute('VOLUME_PROFILE', { timeperiod: 2 }, flat([7, 7], [1, 1])).map(({ values }) => values[1])).toEqual([7, 7, 7]);
  });

  test('a cloud at a bar is what was known when it was computed', () => {
    const bars = barsAround(walk(200, 9), 1);
    const cut = Object.fromEntries(Object.entries(bars).map(([name, column]) => [name, column.slice(0, 140)])) as unknown as PriceColumns;
    const parameters = { tenkan: 5, kijun: 10, senkou: 20, displacement: 30 };
    const [tenkan, kijun, spanA, spanB, chikou] = indicators.compute('ICHIMOKU', parameters, bars).map(({ values }) => values);
    const then = indicators.compute('ICHIMOKU', { ...parameters, displacement: 0 }, cut).map(({ values }) => values);
    expect(spanA?.[169]).toBe(((tenkan?.[139] ?? 0) + (kijun?.[139] ?? 0)) / 2);
    expect(spanA?.[169]).toBe(then[2]?.[139]);
    expect(spanB?.[169]).toBe(then[3]?.[139]);
    expect(chikou?.[169]).toBe(bars.close[139]);
  });

  test('a supertrend says nothing more after a high that is no number', () => {
    const bars = barsAround(walk(100, 2), 1);
    bars.high[50] = NaN;
    for (const { values } of indicators.compute('SUPERTREND', {}, bars)) {
      expect([Number.isFinite(values[49]), values[50], values[99]]).toEqual([true, NaN, NaN]);
    }
  });
});
