/** Batches that take turns of their own: each must give what a stream gives, to the bit, whichever way it goes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openIndicators } from './indicators.node.ts';
import type { PriceColumns } from './indicators.ts';
import { vwap } from './price-line-formulas.ts';
import { differences, levelOf } from './reference-series.ts';
import type { ParameterValues } from './types.ts';

const indicators = await openIndicators();

/** Bars of one kind, one after the other: how many, how far the price moves in each at most, and by how much it drifts. */
interface Phase {
  readonly bars: number;
  readonly noise: number;
  readonly drift: number;
  readonly isTraded: boolean;
}

const phase: fc.Arbitrary<Phase> = fc.record({
  bars: fc.integer({ min: 1, max: 2_000 }),
  noise: fc.constantFrom(0, 0.001, 0.02),
  drift: fc.constantFrom(-0.01, -1e-6, 0, 1e-6, 0.01),
  isTraded: fc.boolean(),
});
const phases = fc.array(phase, { minLength: 1, maxLength: 8, size: 'max' });
const odd = fc.constantFrom(NaN, Infinity, -Infinity, Number.MAX_VALUE, 0, -0, 5e-324);
const holes = fc.array(fc.tuple(fc.nat(), fc.constantFrom('high', 'low', 'close', 'volume'), odd), { maxLength: 6 });

function barsOf(list: readonly Phase[]): PriceColumns {
  const moves = list.flatMap(({ bars, noise, drift }, k) =>
    Array.from({ length: bars }, (_, i) => drift + noise * ((((i + k) * 7919) % 1009) / 504 - 1)),
  );
  let price = 100;
  // Pulled back, so that no price overflows or dies out.
  const close = Float64Array.from(moves, (move) => (price *= 1 + move + (100 - price) * 1e-4));
  const volume = Float64Array.from(
    list.flatMap(({ bars, isTraded }) => Array.from({ length: bars }, (_, i) => (isTraded ? 1 + (i % 977) : 0))),
  );
  const high = close.map((x, i) => x * (1 + ((i * 31) % 17) / 5_000));
  const low = close.map((x, i) => x * (1 - ((i * 37) % 13) / 5_000));
  return { open: close, high, low, close, volume };
}

function withHoles(bars: PriceColumns, list: readonly (readonly [number, 'high' | 'low' | 'close' | 'volume', number])[]): PriceColumns {
  const odder = { ...bars, high: bars.high.slice(), low: bars.low.slice(), close: bars.close.slice(), volume: bars.volume.slice() };
  for (const [at, column, value] of list) odder[column][at % bars.close.length] = value;
  return odder;
}

/** Where a batch first gives another value than a stream: of which output, and both. */
function firstDifference(
  name: string,
  parameters: ParameterValues,
  bars: PriceColumns,
): readonly [number, string, number, number] | undefined {
  const stream = indicators.stream(name, parameters);
  const batch = indicators.compute(name, parameters, bars);
  for (const i of bars.close.keys()) {
    const at = (column: Float64Array): number => column[i] ?? NaN;
    const values = stream.next({
      open: at(bars.open),
      high: at(bars.high),
      low: at(bars.low),
      close: at(bars.close),
      volume: at(bars.volume),
    });
    for (const [k, output] of batch.entries()) {
      const [one = NaN, found = NaN] = [values[k], output.values[i]];
      if (!Object.is(one, found)) return [i, output.name, found, one];
    }
  }
  return undefined;
}

/** The first output of bars that come in pieces of `length`. */
function inPieces(name: string, parameters: ParameterValues, bars: PriceColumns, length: number): Float64Array {
  const stream = indicators.stream(name, parameters);
  const values = new Float64Array(bars.close.length);
  for (let from = 0; from < values.length; from += length) {
    const cut = (column: Float64Array): Float64Array => column.slice(from, from + length);
    const { open, high, low, close, volume } = bars;
    const columns = { open: cut(open), high: cut(high), low: cut(low), close: cut(close), volume: cut(volume) };
    values.set(stream.run(columns)[0]?.values ?? [], from);
  }
  return values;
}

describe('the stop, which is followed in four stretches at once', () => {
  const acceleration = fc.constantFrom(0, 1e-5, 0.002, 0.02, 0.05, 0.5, 3);
  const maximum = fc.constantFrom(0.01, 0.2, 1, 2);

  test('is that of a stream: through long trends, flat prices and odd numbers, however slowly it goes', () => {
    fc.assert(
      fc.property(acceleration, maximum, phases, holes, (slow, most, list, odds) => {
        expect(firstDifference('SAR', { acceleration: slow, maximum: most }, withHoles(barsOf(list), odds))).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  test('also where the beginning of a stretch cannot be guessed: a trend of all bars that never speeds up', () => {
    const close = Float64Array.from({ length: 70_000 }, (_, i) => 100 + i / 64);
    const bars = { open: close, high: close.map((x) => x + 1), low: close.map((x) => x - 1), close, volume: close };
    const stop = indicators.compute('SAR', { acceleration: 0, maximum: 0.2 }, bars)[0]?.values ?? new Float64Array(0);
    expect(stop[1]).toBe(99);
    expect(stop.subarray(1).every((x) => x === 99)).toBe(true);
    expect(firstDifference('SAR', { acceleration: 1e-6, maximum: 0.2 }, bars)).toBeUndefined();
  });
});

describe('the volume-weighted average, which leaves means of prices out until a window has no volume', () => {
  const timeperiod = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 300, max: 700 }));

  test('is that of a stream, traded or not', () => {
    fc.assert(
      fc.property(timeperiod, phases, holes, (period, list, odds) => {
        expect(firstDifference('VWAP', { timeperiod: period }, withHoles(barsOf(list), odds))).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  test('goes on where a batch ended, whether or not that left means of prices out', () => {
    fc.assert(
      fc.property(timeperiod, phases, fc.integer({ min: 1, max: 900 }), (period, list, length) => {
        const bars = barsOf(list);
        const [whole] = indicators.compute('VWAP', { timeperiod: period }, bars);
        expect(inPieces('VWAP', { timeperiod: period }, bars, length)).toEqual(whole?.values);
      }),
      { numRuns: 40 },
    );
  });

  test('is what its formula gives, traded or not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), phases, (period, list) => {
        const bars = barsOf(list);
        const found = indicators.compute('VWAP', { timeperiod: period }, bars);
        expect(differences(found, vwap(bars, period), levelOf(bars), 1e-12)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('zeros of either sign', () => {
  const price = fc.constantFrom(0, -0, 0, -0, 1, -1, 5e-324, -5e-324);
  const column = fc.array(price, { minLength: 60, maxLength: 60 }).map((list) => Float64Array.from(list));
  const columns = fc.record({ open: column, high: column, low: column, close: column, volume: column });
  const cases: readonly (readonly [string, ParameterValues])[] = [
    ['KELTNER', { timeperiod: 1 }],
    ['KAMA', { timeperiod: 2 }],
    ['EMA', { timeperiod: 2 }],
    ['TRIX', { timeperiod: 1 }],
    ['SAR', {}],
    ['VWAP', { timeperiod: 1 }],
  ];

  test.each(cases)('keep it in a batch as in a stream: %s', (name, parameters) => {
    const law = fc.property(columns, (bars) => {
      expect(firstDifference(name, parameters, bars)).toBeUndefined();
    });
    fc.assert(law, { numRuns: 400 });
  });
});
