import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openIndicators } from './indicators.node.ts';
import type { PriceColumns } from './indicators.ts';
import type { ParameterValues } from './types.ts';

const indicators = await openIndicators();

interface Bar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Prices in eighths and whole volumes: their sums and differences are exact, and ties are many. */
const bar: fc.Arbitrary<Bar> = fc
  .record({ low: fc.integer({ min: 700, max: 900 }), up: fc.nat({ max: 40 }), range: fc.nat({ max: 40 }), volume: fc.nat({ max: 9_999 }) })
  .map(({ low, up, range, volume }) => ({
    high: (low + range) / 8,
    low: low / 8,
    close: (low + Math.min(up, range)) / 8,
    volume,
  }));
const bars: fc.Arbitrary<readonly Bar[]> = fc.array(bar, { minLength: 1, maxLength: 300, size: 'max' });
const period = fc.integer({ min: 2, max: 40 });

function columnsOf(list: readonly Bar[]): PriceColumns {
  const column = (of: (bar: Bar) => number): Float64Array => Float64Array.from(list, of);
  const close = column((b) => b.close);
  return { open: close, high: column((b) => b.high), low: column((b) => b.low), close, volume: column((b) => b.volume) };
}

const mirrored = (list: readonly Bar[]): readonly Bar[] =>
  list.map((b) => ({ high: -b.low, low: -b.high, close: -b.close, volume: b.volume }));

function valuesOf(name: string, parameters: ParameterValues, list: readonly Bar[], output = 0): Float64Array {
  return indicators.compute(name, parameters, columnsOf(list))[output]?.values ?? new Float64Array(0);
}

/** −0 is 0: mirrors change its sign. */
const plain = (values: Float64Array): number[] => Array.from(values, (x) => x + 0);

describe('mirrored prices', () => {
  test('turn movement up into movement down, to the bit', () => {
    fc.assert(
      fc.property(bars, period, (list, timeperiod) => {
        expect(plain(valuesOf('MINUS_DI', { timeperiod }, list))).toEqual(plain(valuesOf('PLUS_DI', { timeperiod }, mirrored(list))));
        expect(plain(valuesOf('ADX', { timeperiod }, list))).toEqual(plain(valuesOf('ADX', { timeperiod }, mirrored(list))));
        expect(plain(valuesOf('AROON', { timeperiod }, list, 0))).toEqual(plain(valuesOf('AROON', { timeperiod }, mirrored(list), 1)));
      }),
    );
  });

  test('mirror the stop, unless its first trend was a choice', () => {
    fc.assert(
      fc.property(bars, fc.double({ min: 0, max: 1, noNaN: true }), (list, acceleration) => {
        const [first, second] = list;
        fc.pre(first !== undefined && second !== undefined && second.high - first.high !== first.low - second.low);
        fc.pre(Math.max(second.high - first.high, first.low - second.low) > 0);
        const stop = valuesOf('SAR', { acceleration, maximum: 0.2 }, list);
        expect(plain(stop.map((x) => -x))).toEqual(plain(valuesOf('SAR', { acceleration, maximum: 0.2 }, mirrored(list))));
      }),
    );
  });
});

describe('bounds', () => {
  test.each([
    ['ADX', 0, 100],
    ['PLUS_DI', 0, 100],
    ['MINUS_DI', 0, 100],
    ['MFI', 0, 100],
    ['WILLR', -100, 0],
    ['AROONOSC', -100, 100],
  ])('%s is from %d to %d', (name, least, most) => {
    fc.assert(
      fc.property(bars, period, (list, timeperiod) => {
        const values = valuesOf(name, { timeperiod }, list).filter((x) => !Number.isNaN(x));
        expect(values.every((x) => x >= least - 1e-12 && x <= most + 1e-12)).toBe(true);
      }),
    );
  });

  test('the stop is never inside the bars that it follows, and never outside of all prices so far', () => {
    fc.assert(
      fc.property(bars, (list) => {
        valuesOf('SAR', {}, list).forEach((stop, i) => {
          if (i === 0) return;
          const [before, now] = [list[i - 1], list[i]];
          const seen = list.slice(0, i + 1);
          expect(stop).toBeLessThanOrEqual(Math.max(...seen.map((b) => b.high)));
          expect(stop).toBeGreaterThanOrEqual(Math.min(...seen.map((b) => b.low)));
          const inside = (b: Bar | undefined): boolean => b !== undefined && stop > b.low && stop < b.high;
          // The bar before the first stop does not count, as in TA-Lib.
          expect((i > 1 && inside(before)) || inside(now)).toBe(false);
        });
      }),
    );
  });
});

describe('one says what another says', () => {
  const near = (a: Float64Array, b: Float64Array): void => {
    a.forEach((x, i) => {
      const y = b[i] ?? NaN;
      expect([i, Number.isNaN(x) ? Number.isNaN(y) : Math.abs(x - y) <= 1e-11 * Math.max(1, Math.abs(x))]).toEqual([i, true]);
    });
  };

  test('Williams %R is the raw stochastic seen from above, where there is a range', () => {
    fc.assert(
      fc.property(bars, period, (list, fastk) => {
        const raw = valuesOf('STOCH', { fastk, slowk: 1, slowd: 1 }, list);
        const high = list.map((_, i) => Math.max(...list.slice(Math.max(0, i - fastk + 1), i + 1).map((b) => b.high)));
        const low = list.map((_, i) => Math.min(...list.slice(Math.max(0, i - fastk + 1), i + 1).map((b) => b.low)));
        const below = valuesOf('WILLR', { timeperiod: fastk }, list).map((x, i) => (high[i] === low[i] ? x : x + 100));
        near(raw, below);
        const close = list.map((b) => b.close);
        const expected = raw.map((_, i) => {
          const [top = 0, bottom = 0] = [high[i], low[i]];
          if (i < fastk - 1) return NaN;
          return top === bottom ? 0 : (100 * ((close[i] ?? NaN) - bottom)) / (top - bottom);
        });
        near(raw, expected);
      }),
    );
  });

  test('the oscillators, the normalised range and the order of windows', () => {
    fc.assert(
      fc.property(bars, period, period, period, (list, p1, p2, p3) => {
        const [down, up] = [0, 1].map((output) => valuesOf('AROON', { timeperiod: p1 }, list, output));
        near(
          valuesOf('AROONOSC', { timeperiod: p1 }, list),
          (up ?? new Float64Array(0)).map((x, i) => x - (down?.[i] ?? NaN)),
        );
        const range = valuesOf('ATR', { timeperiod: p1 }, list).map((x, i) => (100 * x) / (list[i]?.close ?? NaN));
        near(valuesOf('NATR', { timeperiod: p1 }, list), range);
        near(valuesOf('ATR', { timeperiod: 1 }, list), valuesOf('TRANGE', {}, list));
        expect(valuesOf('ULTOSC', { p1, p2, p3 }, list)).toEqual(valuesOf('ULTOSC', { p1: p3, p2: p1, p3: p2 }, list));
      }),
    );
  });

  test('cumulative volumes are plain sums', () => {
    fc.assert(
      fc.property(bars, (list) => {
        let balance = 0;
        const expected = list.map((b, i) => (balance += i === 0 ? b.volume : Math.sign(b.close - (list[i - 1]?.close ?? NaN)) * b.volume));
        expect(plain(valuesOf('OBV', {}, list))).toEqual(expected.map((x) => x + 0));
        let line = 0;
        const flows = list.map((b) => (b.high === b.low ? 0 : ((2 * b.close - b.low - b.high) / (b.high - b.low)) * b.volume));
        near(
          valuesOf('AD', {}, list),
          Float64Array.from(flows, (flow) => (line += flow)),
        );
      }),
    );
  });
});

describe('odd bars', () => {
  const window = [
    ['WILLR', (n: number): ParameterValues => ({ timeperiod: n }), 0],
    ['CCI', (n: number): ParameterValues => ({ timeperiod: n }), 0],
    ['MFI', (n: number): ParameterValues => ({ timeperiod: n }), 1],
    ['ULTOSC', (n: number): ParameterValues => ({ p1: 2, p2: n, p3: 2 }), 0],
    ['AROON', (n: number): ParameterValues => ({ timeperiod: n }), 1],
    ['AROONOSC', (n: number): ParameterValues => ({ timeperiod: n }), 1],
    ['STOCH', (n: number): ParameterValues => ({ fastk: n, slowk: 1, slowd: 1 }), 0],
  ] as const;

  test.each(window)(
    '%s: a bar that is no number leaves no value while it is in the window, and no trace after',
    (name, parameters, more) => {
      fc.assert(
        fc.property(bars, period, fc.nat({ max: 299 }), fc.constantFrom('high', 'low', 'both'), (list, n, place, which) => {
          const at = place % list.length;
          const hole = { ...(which === 'low' ? {} : { high: NaN }), ...(which === 'high' ? {} : { low: NaN }) };
          const broken = list.map((b, i) => (i === at ? { ...b, ...hole } : b));
          const outputs = name === 'AROON' && which === 'high' ? [1] : [0];
          for (const output of outputs) {
            const good = valuesOf(name, parameters(n), list, output);
            const found = valuesOf(name, parameters(n), broken, output);
            const reach = name === 'AROON' && which === 'low' ? n + 1 : n + more;
            expect(found).toEqual(good.map((x, i) => (i >= at && i < at + reach ? NaN : x)));
          }
        }),
      );
    },
  );

  test('without volume there is no flow', () => {
    fc.assert(
      fc.property(bars, period, (list, timeperiod) => {
        const silent = list.map((b) => ({ ...b, volume: 0 }));
        expect(plain(valuesOf('OBV', {}, silent)).every((x) => x === 0)).toBe(true);
        expect(plain(valuesOf('AD', {}, silent)).every((x) => x === 0)).toBe(true);
        expect(valuesOf('MFI', { timeperiod }, silent).every((x, i) => (i < timeperiod ? Number.isNaN(x) : x === 0))).toBe(true);
      }),
    );
  });

  test('averages that never forget have no value ever after a bar that is no number', () => {
    for (const name of ['ATR', 'NATR', 'ADX', 'PLUS_DI', 'MINUS_DI']) {
      const list = Array.from({ length: 200 }, (_, i) => ({ high: 10 + (i % 7), low: 9 + (i % 5) / 2, close: 9.5, volume: 1 }));
      const broken = list.map((b, i) => (i === 100 ? { ...b, high: NaN, low: NaN } : b));
      const values = valuesOf(name, { timeperiod: 14 }, broken);
      expect([name, values.subarray(28, 100).every(Number.isFinite), values.subarray(100).every(Number.isNaN)]).toEqual([name, true, true]);
    }
  });
});
