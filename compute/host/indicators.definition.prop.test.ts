import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openIndicators } from './indicators.node.ts';
import type { PriceColumns } from './indicators.ts';
import type { ParameterValues } from './types.ts';

const indicators = await openIndicators();

/** What an indicator is of one window, oldest value first, worked out the long way; and what its rounding is measured by. */
interface Definition {
  readonly of: (window: readonly number[]) => number;
  readonly scale: (window: readonly number[]) => number;
  /** Values in the window beyond the period. */
  readonly more: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0);
const height = (window: readonly number[]): number => Math.max(...window.map(Math.abs));
const range = (window: readonly number[]): number => Math.max(...window) - Math.min(...window);
/** Seen from the first value, so that nothing cancels that need not. */
const seen = (window: readonly number[]): number[] => window.map((x) => x - (window[0] ?? NaN));

function variance(window: readonly number[]): number {
  const values = seen(window);
  const mean = sum(values) / values.length;
  return sum(values.map((x) => (x - mean) ** 2)) / values.length;
}

function weighted(window: readonly number[], weight: (i: number) => number): number {
  const weights = window.map((_, i) => weight(i));
  return (window[0] ?? NaN) + sum(seen(window).map((x, i) => x * (weights[i] ?? NaN))) / sum(weights);
}

/** Slope and end of the least-squares line. */
function line(window: readonly number[]): { slope: number; end: number } {
  const values = seen(window);
  const middle = (values.length - 1) / 2;
  const mean = sum(values) / values.length;
  const slope = sum(values.map((x, i) => (i - middle) * (x - mean))) / sum(values.map((_, i) => (i - middle) ** 2));
  return { slope, end: (window[0] ?? NaN) + mean + slope * middle };
}

const known = (window: readonly number[]): number[] => window.filter((x) => !Number.isNaN(x));
const first = (window: readonly number[]): number => window[0] ?? NaN;
const last = (window: readonly number[]): number => window.at(-1) ?? NaN;

const DEFINITIONS: Readonly<Record<string, Definition>> = {
  SMA: { of: (w) => weighted(w, () => 1), scale: height, more: 0 },
  WMA: { of: (w) => weighted(w, (i) => i + 1), scale: height, more: 0 },
  TRIMA: { of: (w) => weighted(w, (i) => Math.min(i + 1, w.length - i)), scale: height, more: 0 },
  LINEARREG: { of: (w) => line(w).end, scale: height, more: 0 },
  LINEARREG_SLOPE: { of: (w) => line(w).slope, scale: range, more: 0 },
  VAR: { of: variance, scale: (w) => range(w) ** 2, more: 0 },
  STDDEV: { of: (w) => Math.sqrt(variance(w)), scale: range, more: 0 },
  // A value that is not a number is passed over.
  MAX: { of: (w) => Math.max(...known(w)), scale: () => 0, more: 0 },
  MIN: { of: (w) => Math.min(...known(w)), scale: () => 0, more: 0 },
  MOM: { of: (w) => last(w) - first(w), scale: () => 0, more: 1 },
  ROC: {
    of: (w) => (first(w) === 0 ? 0 : (last(w) / first(w) - 1) * 100),
    scale: (w) => 100 * Math.max(1, Math.abs(last(w) / first(w))),
    more: 1,
  },
};
/** They never forget a value that is not a number. */
const NEVER_FORGET = ['EMA', 'DEMA', 'TEMA', 'TRIX', 'KAMA', 'RSI', 'CMO', 'STOCHRSI'];

function seriesOf(close: readonly number[]): PriceColumns {
  const values = Float64Array.from(close);
  return { open: values, high: values, low: values, close: values, volume: values };
}

function compute(name: string, parameters: ParameterValues, close: readonly number[]): Float64Array[] {
  return indicators.compute(name, parameters, seriesOf(close)).map((output) => output.values);
}

const closes: fc.Arbitrary<number[]> = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 400, size: 'max' }),
  fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 400, size: 'max' }).map((noise) => noise.map((x) => 1e12 + x / 8)),
  fc.array(fc.integer({ min: 1, max: 1_000 }), { maxLength: 400, size: 'max' }).map((noise) => noise.map((x) => x * 1e-12)),
  fc.array(fc.integer({ min: -1_000, max: 1_000 }), { maxLength: 400, size: 'max' }),
);

describe.each(Object.entries(DEFINITIONS))('%s', (name, { of, scale, more }) => {
  test('is what its definition says, and forgets what left the window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), closes, fc.array(fc.nat(), { maxLength: 2 }), (timeperiod, close, holes) => {
        for (const hole of holes) if (hole < close.length * 4) close[hole % close.length] = NaN;
        const size = timeperiod + more;
        const [values = new Float64Array(0)] = compute(name, { timeperiod }, close);
        for (let i = 0; i < close.length; i++) {
          const window = close.slice(Math.max(0, i + 1 - size), i + 1);
          const expected = window.length < size ? NaN : of(window);
          const found = values[i] ?? NaN;
          const near = Object.is(found, expected) || found === expected || Math.abs(found - expected) <= 1e-13 * scale(known(window));
          expect([i, found, near]).toEqual([i, found, true]);
        }
      }),
    );
  });
});

test.each(NEVER_FORGET)('%s has no values after one that is not a number', (name) => {
  const close = Array.from({ length: 300 }, (_, i) => (i === 150 ? NaN : 100 + Math.sin(i)));
  const values = compute(name, {}, close);
  for (const output of values) {
    expect(output.slice(140, 150).every(Number.isFinite)).toBe(true);
    expect(output.slice(150).every(Number.isNaN)).toBe(true);
  }
});

test.each([
  ['CMO', {}],
  ['ROC', {}],
  ['MOM', {}],
  ['PPO', {}],
  ['STDDEV', {}],
  ['VAR', {}],
  ['LINEARREG_SLOPE', {}],
  ['STOCHRSI', {}],
])('%s of prices that stand still, or are all zero, is 0', (name, parameters) => {
  for (const price of [100, 0]) {
    const close = Array.from({ length: 200 }, () => price);
    for (const output of compute(name, parameters, close)) expect(output.slice(100).every((x) => x === 0)).toBe(true);
  }
});

test.each(['WMA', 'TRIMA', 'LINEARREG', 'KAMA', 'MIN', 'MAX', 'SMA'])('%s of a price that stands still is that price', (name) => {
  for (const output of compute(
    name,
    {},
    Array.from({ length: 200 }, () => 1e12 + 1),
  )) {
    expect(output.slice(100).every((x) => Math.abs(x - (1e12 + 1)) <= 2 ** -12)).toBe(true);
  }
});

test('indexes of movement reach their bounds and never pass them', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.01, max: 9, noNaN: true }), { minLength: 40, maxLength: 200 }), (steps) => {
      let price = 0;
      const close = steps.map((step) => (price += step));
      const [rsi = new Float64Array(0)] = compute('RSI', { timeperiod: 14 }, close);
      const [cmo = new Float64Array(0)] = compute('CMO', { timeperiod: 14 }, close.toReversed());
      expect(rsi.slice(14).every((x) => x === 100)).toBe(true);
      expect(cmo.slice(14).every((x) => x === -100)).toBe(true);
    }),
  );
});
