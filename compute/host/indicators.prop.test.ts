import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openIndicators } from './indicators.node.ts';
import type { IndicatorOutput, PriceColumns } from './indicators.ts';
import type { IndicatorSpec, ParameterSpec, ParameterValues, SliceBar } from './types.ts';

const indicators = await openIndicators();

/** Periods that fit several times into the series below, so that every path of the batch is walked. */
const PERIOD_MAX = 30;
const BARS_MAX = 400;

function parameterValue({ kind, min, max }: ParameterSpec): fc.Arbitrary<number> {
  if (kind === 'number') return fc.double({ min: Math.max(min, -5), max: Math.min(max, 5), noNaN: true });
  return fc.integer({ min, max: Math.min(max, PERIOD_MAX) });
}

function parametersOf(spec: IndicatorSpec): fc.Arbitrary<ParameterValues> {
  const values = fc.record(Object.fromEntries(spec.parameters.map((parameter) => [parameter.name, parameterValue(parameter)])));
  return values.map((record) => {
    const sorted: Record<string, number> = { ...record };
    for (const [lower, upper] of spec.ordered ?? []) {
      const [a = 0, b = 0] = [sorted[lower] ?? 0, sorted[upper] ?? 0].toSorted((x, y) => x - y);
      sorted[lower] = a;
      sorted[upper] = b;
    }
    return sorted;
  });
}

/** Walks, ties, constants, jumps, prices around zero, far offsets: whatever a series may look like. */
const prices: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.array(fc.integer({ min: 98, max: 102 }), { maxLength: BARS_MAX, size: 'max' }),
  fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { maxLength: BARS_MAX, size: 'max' }).map((moves) => {
    let price = 100;
    return moves.map((move) => (price *= 1 + move));
  }),
  fc
    .tuple(fc.integer({ min: 0, max: BARS_MAX }), fc.double({ min: 0.01, max: 1e6, noNaN: true }))
    .map(([n, x]) => Array.from({ length: n }, () => x)),
  fc
    .tuple(fc.array(fc.integer({ min: 1, max: 1_000 }), { maxLength: 100 }), fc.nat({ max: 80 }))
    .map(([moving, still]) => [...moving, ...Array.from({ length: still }, () => moving.at(-1) ?? 1), ...moving]),
  fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { maxLength: BARS_MAX, size: 'max' }),
  fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: BARS_MAX, size: 'max' }).map((noise) => noise.map((x) => 1e12 + x / 8)),
  fc.array(fc.constantFrom(1e-9, 1, 1e9), { maxLength: BARS_MAX, size: 'max' }),
);

const series: fc.Arbitrary<PriceColumns> = fc.tuple(prices, fc.integer({ min: 0, max: 5 })).map(([values, width]) => {
  const close = Float64Array.from(values);
  const open = close.map((x, i) => (i === 0 ? x : (close[i - 1] ?? x)));
  const high = close.map((x, i) => Math.max(x, open[i] ?? x) + ((i * 7) % (width + 1)) / 4);
  const low = close.map((x, i) => Math.min(x, open[i] ?? x) - ((i * 5) % (width + 1)) / 4);
  const volume = close.map((_, i) => (i * 131) % 1000);
  return { open, high, low, close, volume };
});

function barAt(columns: PriceColumns, i: number): SliceBar {
  const at = (values: Float64Array): number => values[i] ?? NaN;
  return { open: at(columns.open), high: at(columns.high), low: at(columns.low), close: at(columns.close), volume: at(columns.volume) };
}

function firstBars(columns: PriceColumns, count: number): PriceColumns {
  return someBars(columns, 0, count);
}

function someBars(columns: PriceColumns, from: number, to: number): PriceColumns {
  const cut = (values: Float64Array): Float64Array => values.slice(from, to);
  return {
    open: cut(columns.open),
    high: cut(columns.high),
    low: cut(columns.low),
    close: cut(columns.close),
    volume: cut(columns.volume),
  };
}

function longWalk(length: number): PriceColumns {
  const close = Float64Array.from({ length }, (_, i) => 100 + 20 * Math.sin(i / 50) + ((i * 7919) % 101) / 13);
  const high = close.map((x, i) => x + ((i * 31) % 17) / 5);
  const low = close.map((x, i) => x - ((i * 37) % 13) / 5);
  return { open: close, high, low, close, volume: close };
}

/** Where two series of outputs first differ by a bit. */
function firstDifference(a: readonly IndicatorOutput[], b: readonly IndicatorOutput[], count: number): string | undefined {
  for (const [k, { name, values }] of a.entries()) {
    for (let i = 0; i < count; i++) if (!Object.is(values[i], b[k]?.values[i])) return `${name}[${i}]: ${values[i]} and ${b[k]?.values[i]}`;
  }
  return undefined;
}

function streamed(
  spec: IndicatorSpec,
  parameters: ParameterValues,
  columns: PriceColumns,
): { first: IndicatorOutput[]; again: IndicatorOutput[] } {
  const stream = indicators.stream(spec.name, parameters);
  const run = (): IndicatorOutput[] => {
    const outputs = spec.outputs.map((name) => ({ name, values: new Float64Array(columns.close.length) }));
    for (let i = 0; i < columns.close.length; i++) stream.next(barAt(columns, i)).forEach((value, k) => outputs[k]?.values.set([value], i));
    return outputs;
  };
  const first = run();
  stream.reset();
  return { first, again: run() };
}

describe.each(indicators.specs.map((spec) => [spec.name, spec] as const))('%s', (name, spec) => {
  test('nothing before the warm-up, a finite value from there on', () => {
    fc.assert(
      fc.property(parametersOf(spec), series, (parameters, columns) => {
        const lookback = indicators.lookback(name, parameters);
        for (const { values } of indicators.compute(name, parameters, columns)) {
          const wrong = values.findIndex((value, i) => (i < lookback ? !Number.isNaN(value) : !Number.isFinite(value)));
          expect([wrong, values[wrong]]).toEqual([-1, undefined]);
        }
      }),
    );
  });

  test('a batch equals a stream to the bit, and a stream that was reset a new one', () => {
    fc.assert(
      fc.property(parametersOf(spec), series, (parameters, columns) => {
        const batch = indicators.compute(name, parameters, columns);
        const { first, again } = streamed(spec, parameters, columns);
        expect(firstDifference(batch, first, columns.close.length)).toBeUndefined();
        expect(firstDifference(first, again, columns.close.length)).toBeUndefined();
      }),
    );
  });

  test('also over series that are much longer than the pieces in which a batch is worked', () => {
    const long = longWalk(5_003);
    fc.assert(
      fc.property(parametersOf(spec), fc.integer({ min: 3_000, max: long.close.length }), (parameters, count) => {
        const columns = firstBars(long, count);
        const batch = indicators.compute(name, parameters, columns);
        expect(firstDifference(batch, streamed(spec, parameters, columns).first, count)).toBeUndefined();
      }),
      { numRuns: 15 },
    );
  });

  test('bars may come in pieces of any length', () => {
    const long = longWalk(6 * 701);
    fc.assert(
      fc.property(parametersOf(spec), fc.array(fc.nat({ max: 700 }), { minLength: 1, maxLength: 6 }), (parameters, lengths) => {
        const stream = indicators.stream(name, parameters);
        const whole = indicators.compute(name, parameters, long);
        const pieces = spec.outputs.map((output) => ({ name: output, values: new Float64Array(long.close.length).fill(NaN) }));
        let at = 0;
        for (const length of lengths) {
          const to = at + length;
          stream.run(someBars(long, at, to)).forEach((output, k) => pieces[k]?.values.set(output.values, at));
          stream.next(barAt(long, to)).forEach((value, k) => pieces[k]?.values.set([value], to));
          at = to + 1;
        }
        expect(firstDifference(pieces, whole, at)).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  test('more bars never change what was said before', () => {
    fc.assert(
      fc.property(parametersOf(spec), series, fc.nat({ max: BARS_MAX }), (parameters, columns, cut) => {
        const count = Math.min(cut, columns.close.length);
        const before = indicators.compute(name, parameters, firstBars(columns, count));
        expect(firstDifference(before, indicators.compute(name, parameters, columns), count)).toBeUndefined();
      }),
    );
  });

  test('inputs stay as they were', () => {
    fc.assert(
      fc.property(parametersOf(spec), series, (parameters, columns) => {
        const copy = firstBars(columns, columns.close.length);
        indicators.compute(name, parameters, columns);
        expect(columns).toEqual(copy);
      }),
    );
  });

  test('numbers that are none do no harm beyond their own series, and a batch still equals a stream', () => {
    const odd = fc.constantFrom(NaN, Infinity, -Infinity, Number.MAX_VALUE, -0, 5e-324);
    fc.assert(
      fc.property(parametersOf(spec), series, fc.array(fc.tuple(fc.nat(), odd), { maxLength: 5 }), (parameters, columns, holes) => {
        const good = indicators.compute(name, parameters, columns);
        const bad = firstBars(columns, columns.close.length);
        for (const [at, value] of holes)
          for (const column of [bad.high, bad.low, bad.close, bad.volume]) column[at % Math.max(column.length, 1)] = value;
        const batch = indicators.compute(name, parameters, bad);
        expect(firstDifference(batch, streamed(spec, parameters, bad).first, bad.close.length)).toBeUndefined();
        expect(firstDifference(indicators.compute(name, parameters, columns), good, columns.close.length)).toBeUndefined();
      }),
    );
  });

  test('its defaults are within its bounds, and its description is whole', () => {
    expect(indicators.lookback(name, {})).toBeGreaterThanOrEqual(0);
    for (const text of [spec.title, spec.description, ...spec.parameters.map((p) => p.description)]) expect(text).toMatch(/^[A-Z]/);
    expect(new Set(spec.outputs).size).toBe(spec.outputs.length);
    for (const { choices, kind } of spec.parameters) expect(choices === undefined).toBe(kind !== 'choice');
  });
});
