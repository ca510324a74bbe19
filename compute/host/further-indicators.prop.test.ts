import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openIndicators } from './indicators.node.ts';
import type { PriceColumns } from './indicators.ts';
import type { ParameterValues } from './types.ts';

const indicators = await openIndicators();

/** Bars that a market could show: prices above zero, ranges that hold open and close, volumes that may be zero. */
const bars: fc.Arbitrary<PriceColumns> = fc
  .array(fc.tuple(fc.double({ min: -0.2, max: 0.2, noNaN: true }), fc.nat({ max: 9 }), fc.nat({ max: 9 }), fc.nat({ max: 50 })), {
    maxLength: 200,
    size: 'max',
  })
  .map((moves) => {
    let price = 64;
    const close = Float64Array.from(moves, ([move]) => (price *= 1 + move));
    const open = close.map((x, i) => (i === 0 ? x : (close[i - 1] ?? x) * (1 + (moves[i]?.[0] ?? 0) / 3)));
    const high = close.map((x, i) => Math.max(x, open[i] ?? x) * (1 + (moves[i]?.[1] ?? 0) / 500));
    const low = close.map((x, i) => Math.min(x, open[i] ?? x) * (1 - (moves[i]?.[2] ?? 0) / 500));
    return { open, high, low, close, volume: Float64Array.from(moves, ([, , , volume]) => volume) };
  });

function run(name: string, parameters: ParameterValues, columns: PriceColumns): readonly Float64Array[] {
  return indicators.compute(name, parameters, columns).map(({ values }) => values);
}

const period = fc.integer({ min: 2, max: 40 });
const longPeriod = fc.integer({ min: 8, max: 60 });
const SMALL = 1e-12;

/** Where `first` is above `second` by more than rounding, at bars where both are there. */
function above(first: ArrayLike<number>, second: ArrayLike<number>): readonly number[] {
  return Array.from(first, (_, i) => i).filter((i) => (first[i] ?? NaN) > (second[i] ?? NaN) + SMALL * Math.abs(second[i] ?? NaN));
}

describe('prices in another unit', () => {
  /** A factor of a power of two changes no digit. */
  const scaled = (columns: PriceColumns, factor: number): PriceColumns => ({
    open: columns.open.map((x) => x * factor),
    high: columns.high.map((x) => x * factor),
    low: columns.low.map((x) => x * factor),
    close: columns.close.map((x) => x * factor),
    volume: columns.volume,
  });
  const exponent = fc.integer({ min: -40, max: 40 });

  test.each([
    ['VWAP', {}],
    ['KELTNER', {}],
    ['DONCHIAN', {}],
    ['SUPERTREND', {}],
    ['ICHIMOKU', { tenkan: 5, kijun: 9, senkou: 18, displacement: 9 }],
    ['HEIKIN_ASHI', {}],
    ['CHANDELIER', {}],
    ['VOLUME_PROFILE', { timeperiod: 20 }],
    ['FRACDIFF', { timeperiod: 30 }],
  ] as const)('%s: lines move with them, to the bit', (name, parameters) => {
    const { outputs } = indicators.spec(name);
    fc.assert(
      fc.property(bars, exponent, (columns, power) => {
        const factor = 2 ** power;
        const expected = run(name, parameters, columns).map((line, k) => (outputs[k] === 'direction' ? line : line.map((x) => x * factor)));
        expect(run(name, parameters, scaled(columns, factor))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['ZSCORE', {}],
    ['CORREL', {}],
    ['CORREL', { x: 'close', y: 'volume' }],
    ['BETA', {}],
    ['HURST', { timeperiod: 40 }],
    ['RV_CLOSE', {}],
    ['RV_PARKINSON', {}],
    ['RV_GARMAN_KLASS', {}],
    ['RV_YANG_ZHANG', {}],
  ] as const)('%s %o: what has no unit stays', (name, parameters) => {
    fc.assert(
      fc.property(bars, exponent, (columns, power) => {
        const [found = []] = run(name, parameters, scaled(columns, 2 ** power));
        const [expected = []] = run(name, parameters, columns);
        expect(above(found, expected)).toEqual([]);
        expect(above(expected, found)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('what is always so', () => {
  test.each([
    ['KELTNER', [2, 1, 0]],
    ['DONCHIAN', [2, 1, 0]],
    ['VOLUME_PROFILE', [2, 0, 1]],
    ['HEIKIN_ASHI', [2, 0, 1]],
    ['HEIKIN_ASHI', [2, 3, 1]],
  ] as const)('%s: outputs %o rise', (name, order) => {
    fc.assert(
      fc.property(bars, (columns) => {
        const lines = run(name, {}, columns);
        const [low = [], middle = [], high = []] = order.map((k) => lines[k] ?? []);
        expect([above(low, middle), above(middle, high)]).toEqual([[], []]);
      }),
    );
  });

  test('averages of prices lie between the lowest and the highest of the window', () => {
    fc.assert(
      fc.property(bars, period, (columns, timeperiod) => {
        const [upper = [], , lower = []] = run('DONCHIAN', { timeperiod }, columns);
        const [average = []] = run('VWAP', { timeperiod }, columns);
        expect([above(lower, average), above(average, upper)]).toEqual([[], []]);
        const [control = [], top = [], bottom = []] = run('VOLUME_PROFILE', { timeperiod, bins: 7 }, columns);
        expect([above(lower, bottom), above(bottom, control), above(control, top), above(top, upper)]).toEqual([[], [], [], []]);
      }),
    );
  });

  test('a supertrend on the right side of the close turns when the close crosses it, and never recedes until then', () => {
    fc.assert(
      fc.property(bars, period, fc.double({ min: 0, max: 4, noNaN: true }), (columns, timeperiod, multiplier) => {
        const [value = [], direction = []] = run('SUPERTREND', { timeperiod, multiplier }, columns);
        const side = (i: number): number => (direction[i] ?? NaN) * ((columns.close[i] ?? NaN) - (value[i] ?? NaN));
        const wrong = Array.from(value, (_, i) => i).filter((i) => {
          const way = direction[i] ?? NaN;
          // Where bars are wider than the bands, a turn may leave the close on the wrong side for a bar.
          if (i <= timeperiod || direction[i - 1] !== way || side(i - 1) < 0) return false;
          return side(i) < 0 || way * ((value[i] ?? NaN) - (value[i - 1] ?? NaN)) < 0;
        });
        expect(wrong).toEqual([]);
      }),
    );
  });

  test('scores, correlations and exponents keep to their bounds, and volatility is not below zero', () => {
    fc.assert(
      fc.property(bars, period, longPeriod, (columns, timeperiod, long) => {
        const [score = []] = run('ZSCORE', { timeperiod }, columns);
        const bound = Array.from(score, () => Math.sqrt(timeperiod - 1) * (1 + 1e-9));
        expect([
          above(score, bound),
          above(
            Array.from(score, (x) => -x),
            bound,
          ),
        ]).toEqual([[], []]);
        const [correlation = new Float64Array(0)] = run('CORREL', { timeperiod }, columns);
        const [exponent = new Float64Array(0)] = run('HURST', { timeperiod: long }, columns);
        expect(correlation.some((x) => Math.abs(x) > 1) || exponent.some((x) => x < 0 || x > 1)).toBe(false);
        for (const name of ['RV_CLOSE', 'RV_PARKINSON', 'RV_GARMAN_KLASS', 'RV_YANG_ZHANG']) {
          expect(run(name, { timeperiod }, columns)[0]?.some((x) => x < 0)).toBe(false);
        }
      }),
    );
  });

  test('two columns correlate the same either way, and wholly with themselves or not at all', () => {
    fc.assert(
      fc.property(bars, period, (columns, timeperiod) => {
        const of = (x: string, y: string): Float64Array => run('CORREL', { timeperiod, x, y }, columns)[0] ?? new Float64Array(0);
        const [there, back] = [of('close', 'volume'), of('volume', 'close')];
        expect(there).toEqual(back);
        expect(of('open', 'open').every((x) => Number.isNaN(x) || x === 0 || Math.abs(x - 1) < 1e-9)).toBe(true);
      }),
    );
  });

  test('volatility for four times as many bars a year is twice as high', () => {
    fc.assert(
      fc.property(bars, period, (columns, timeperiod) => {
        for (const name of ['RV_CLOSE', 'RV_PARKINSON', 'RV_GARMAN_KLASS', 'RV_YANG_ZHANG']) {
          const [once = []] = run(name, { timeperiod, periods: 64 }, columns);
          const [often = []] = run(name, { timeperiod, periods: 256 }, columns);
          expect(
            above(
              Array.from(once, (x) => 2 * x),
              often,
            ),
          ).toEqual([]);
          expect(
            above(
              often,
              Array.from(once, (x) => 2 * x),
            ),
          ).toEqual([]);
        }
      }),
      { numRuns: 30 },
    );
  });
});
