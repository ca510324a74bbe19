import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenFeatures } from '../golden-features.ts';
import { openIndicators } from '../indicators.node.ts';
import type { PriceColumns } from '../indicators.ts';
import { GOLDEN_TAGS } from '../models/golden-models.ts';
import { barsOf, randomBars } from '../random-bars.ts';
import { noise } from '../reference-series.ts';
import { featureId } from './feature.ts';
import { FORMULAS, OF_INDICATORS, indicatorColumn } from './feature-formulas.ts';
import { FEATURES, computeFeatures, featureNamed } from './registry.ts';

const indicators = await openIndicators();
const LENGTH = 300;
const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;
const bars = randomBars(LENGTH, LENGTH);

function changed(columns: PriceColumns, change: (value: number, bar: number, name: string) => number): PriceColumns {
  const each = (name: (typeof COLUMNS)[number]): Float64Array => columns[name].map((value, bar) => change(value, bar, name));
  return { open: each('open'), high: each('high'), low: each('low'), close: each('close'), volume: each('volume') };
}

const compute = (columns: PriceColumns): readonly Float64Array[] => computeFeatures(FEATURES, columns, indicators);

function fail(name: string): never {
  throw new Error(`There is no second formula of ${name}`);
}

/** The first of all values up to a bar that differ by more, in parts of their size. */
function difference(a: readonly Float64Array[], b: readonly Float64Array[], count: number, allowed: number): string | undefined {
  for (const [k, { name }] of FEATURES.entries()) {
    for (let bar = 0; bar < count; bar += 1) {
      const [x = 0, y = 0] = [a[k]?.[bar], b[k]?.[bar]];
      if (Object.is(x, y) || Math.abs(x - y) <= allowed * (1 + Math.abs(x))) continue;
      return `${name}[${bar}]: ${x} and ${y}`;
    }
  }
  return undefined;
}

describe('laws of all features', () => {
  test('there are 47, each with a name of its own and its papers', () => {
    expect(FEATURES).toHaveLength(47);
    expect(new Set(FEATURES.map(featureId)).size).toBe(FEATURES.length);
    for (const { name, definition, source, version, warmUp } of FEATURES) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(definition.length).toBeGreaterThan(8);
      expect(source.length).toBeGreaterThan(3);
      expect(version).toBeGreaterThanOrEqual(1);
      expect(warmUp).toBeLessThan(LENGTH);
    }
  });

  test('the module and the registry name the same ones, with their versions and warm-ups', () => {
    const told = ({ name, version, warmUp }: { name: string; version: number; warmUp: number }): string =>
      `${name}@${version} from ${warmUp}`;
    expect(indicators.features.map(told).toSorted()).toEqual(FEATURES.map(told).toSorted());
  });

  test('each is what its formula says, or its indicator to the bit', () =>
    fc.assert(
      fc.property(bars, (own) => {
        const loaded = indicators.load(own);
        const second = FEATURES.map(({ name }) => FORMULAS[name]?.(own) ?? indicatorColumn(OF_INDICATORS[name] ?? fail(name), own, loaded));
        const exact = FEATURES.flatMap(({ name }, k) => (Object.hasOwn(OF_INDICATORS, name) ? [k] : []));
        const computed = compute(own);
        expect(difference(computed, second, LENGTH, 1e-9)).toBeUndefined();
        for (const k of exact) expect([FEATURES[k]?.name, computed[k]]).toEqual([FEATURES[k]?.name, second[k]]);
      }),
      { numRuns: 8 },
    ));

  test('bars after t never change a value at t, by a bit', () =>
    fc.assert(
      fc.property(bars, bars, fc.nat(LENGTH - 1), (own, other, last) => {
        const spliced = changed(own, (value, bar, name) => (bar <= last ? value : (other[name as 'close'][bar] ?? value)));
        expect(difference(compute(own), compute(spliced), last + 1, 0)).toBeUndefined();
      }),
      { numRuns: 12 },
    ));

  test('a bar more changes nothing before it, by a bit', () =>
    fc.assert(
      fc.property(bars, fc.integer({ min: 1, max: LENGTH }), (own, count) => {
        const cut = Object.fromEntries(COLUMNS.map((name) => [name, own[name].slice(0, count)])) as unknown as PriceColumns;
        expect(difference(compute(own), compute(cut), count, 0)).toBeUndefined();
      }),
      { numRuns: 12 },
    ));

  test('nothing before the warm-up, a finite value from there on', () =>
    fc.assert(
      fc.property(bars, (own) => {
        for (const [k, values] of compute(own).entries()) {
          const { name, warmUp } = FEATURES[k] ?? { name: '', warmUp: 0 };
          const wrong = values.findIndex((value, bar) => (bar < warmUp ? !Number.isNaN(value) : !Number.isFinite(value)));
          expect([name, wrong, values[wrong]]).toEqual([name, -1, undefined]);
        }
      }),
      { numRuns: 12 },
    ));

  test('a split changes nothing', () =>
    fc.assert(
      fc.property(bars, (own) => {
        const split = changed(own, (value, _, name) => (name === 'volume' ? value * 4 : value / 4));
        expect(difference(compute(own), compute(split), LENGTH, 1e-9)).toBeUndefined();
      }),
      { numRuns: 12 },
    ));

  test('prices that stand still give values too', () => {
    const still = barsOf(
      Array.from({ length: LENGTH }, () => ({ open: 0, close: 0, up: 0, down: 0, volume: 0, gap: 1 })),
      20,
    );
    for (const [k, values] of compute(still).entries())
      expect([FEATURES[k]?.name, Number.isFinite(values.at(-1))]).toEqual([FEATURES[k]?.name, true]);
  });
});

/** The names of an independent program. Its volume_z is of another window. */
const GOLDEN_NAMES: Readonly<Record<string, string>> = {
  ret1: 'return_1',
  ret2: 'return_2',
  ret5: 'return_5',
  ret10: 'return_10',
  ret21: 'return_21',
  vol5: 'volatility_5',
  vol21: 'volatility_21',
  vol63: 'volatility_63',
  range5: 'range_5',
  sma_gap: 'sma_gap_50',
};

describe.each(GOLDEN_TAGS)('features of an independent program, %s', (tag) => {
  const { bars: own, distance } = goldenFeatures(tag);

  test.each(Object.entries(GOLDEN_NAMES))('%s is %s', (golden, name) => {
    const [values = new Float64Array()] = computeFeatures([featureNamed(name)], own, indicators);
    expect(distance(values, golden)).toBeLessThan(1e-9);
  });
});

describe('bad input is refused', () => {
  const flat = new Float64Array(3).fill(1);
  const good = { open: flat, high: flat, low: flat, close: flat, volume: flat };
  test.each<{ name: string; run: () => unknown; message: string }>([
    { name: 'an unknown name', run: () => featureNamed('oracle'), message: 'There is no feature oracle; there is one of return_1, ' },
    { name: 'a price of 0', run: () => compute({ ...good, low: Float64Array.of(1, 0, 1) }), message: 'features: low[1] is 0' },
    { name: 'NaN', run: () => compute({ ...good, close: noise(3, 1).fill(Number.NaN) }), message: 'features: close[0] is NaN' },
    { name: 'a negative volume', run: () => compute({ ...good, volume: Float64Array.of(1, 1, -1) }), message: 'features: volume[2] is -1' },
  ])('$name', ({ run, message }) => expect(run).toThrow(message));
});
