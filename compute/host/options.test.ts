import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { compileOptions } from '../build.ts';
import { OPTIONS_WASM, openOptions } from './options.node.ts';
import { OPTION_STATUSES, OptionError, loadOptions, optionStatus } from './options.ts';
import type { OptionRight, PricedOption } from './options.ts';

const options = await openOptions();

const PLAIN: PricedOption = { right: 'call', spot: 100, strike: 100, years: 1, rate: 0.05, dividendYield: 0.02, volatility: 0.2 };

test('the module is the one of the sources, and its memory does not grow', async () => {
  const bytes = await readFile(OPTIONS_WASM);
  expect(Buffer.compare(bytes, await compileOptions())).toBe(0);
  const fresh = await loadOptions(await WebAssembly.compile(bytes));
  expect(fresh.european(PLAIN)).toEqual(options.european(PLAIN));
});

describe('the normal distribution, to a few units in the last place also where it is tiny', () => {
  // Computed with 40 digits.
  test.each([
    [0, 0.5],
    [0.1, 0.539827837277029],
    [0.66, 0.7453730853286639],
    [0.67, 0.7485711049046899],
    [1, 0.8413447460685429],
    [-1, 0.15865525393145705],
    [-2.5, 0.006209665325776135],
    [-5.65, 8.022391850663497e-9],
    [-5.66, 7.568649751997714e-9],
    [-8, 6.220960574271784e-16],
    [-20, 2.7536241186062337e-89],
    [-37, 5.725571222524577e-300],
    [9, 1],
  ])('at %d', (z, expected) => {
    expect(Math.abs(options.cumulativeNormal(z) / expected - 1)).toBeLessThan(4e-15);
  });
  test('at the ends, and where there is nothing', () => {
    expect([-1e300, -Infinity, Infinity, Number.NaN].map((z) => options.cumulativeNormal(z))).toEqual([0, 0, 1, Number.NaN]);
  });
});

const BAD: readonly (readonly [keyof PricedOption, readonly unknown[]])[] = [
  ['right', ['straddle', '']],
  ['spot', [0, -1, Number.NaN, Infinity, 1e51, 1e-51]],
  ['strike', [0, -1, Number.NaN, Infinity]],
  ['years', [-1e-9, Number.NaN, Infinity, 10_001]],
  ['rate', [Number.NaN, -Infinity, 101, -101]],
  ['dividendYield', [Number.NaN, Infinity, 101]],
  ['volatility', [-0.01, Number.NaN, Infinity, 1001]],
];

describe('an input that no option can have is refused with its name, value and bounds', () => {
  test.each(BAD.flatMap(([field, values]) => values.map((value) => ({ field, value }))))('$field $value', ({ field, value }) => {
    const option = { ...PLAIN, [field]: value } as PricedOption;
    for (const price of [
      () => options.european(option),
      () => options.american(option),
      () => options.american(option, { tree: 'leisen-reimer' }),
    ]) {
      expect(price).toThrow(OptionError);
      expect(price).toThrow(
        expect.objectContaining({ field, value, message: expect.stringMatching(new RegExp(`^${field} is .*, but must be .`)) }),
      );
    }
    if (field === 'volatility') return;
    expect(() => options.impliedVolatility({ ...option, price: 10 })).toThrow(expect.objectContaining({ field, value }));
  });

  test.each([Number.NaN, Infinity, -Infinity])('price %d', (price) => {
    expect(() => options.impliedVolatility({ ...PLAIN, price })).toThrow(expect.objectContaining({ field: 'price', value: price }));
  });

  test('a rate and years whose product is out of bounds', () => {
    expect(() => options.european({ ...PLAIN, rate: 2, years: 51 })).toThrow(expect.objectContaining({ field: 'rate' }));
    expect(options.european({ ...PLAIN, rate: 2, years: 50 }).price).toBeCloseTo(100 * Math.exp(-1), 10);
  });

  test.each([1, 0, -5, 2.5, Number.NaN, Infinity, 10_001])('%d steps', (steps) => {
    expect(() => options.american(PLAIN, { steps })).toThrow(expect.objectContaining({ field: 'steps', value: steps }));
    expect(() => options.americanChain(PLAIN, { steps })).toThrow(OptionError);
  });

  test('a tree of another kind', () => {
    expect(() => options.american(PLAIN, { tree: 'oak' as 'leisen-reimer' })).toThrow(expect.objectContaining({ field: 'tree' }));
  });
});

describe('chains', () => {
  const rows = 2_500;
  const strike = Float64Array.from({ length: rows }, (_, row) => 50 + row * 0.04);
  const right = Uint8Array.from({ length: rows }, (_, row) => row % 2);
  const chain = { ...PLAIN, strike, right };
  const nameOf = (row: number): OptionRight => (row % 2 === 0 ? 'call' : 'put');

  test('longer than the module takes at once give what single options give', () => {
    const values = options.europeanChain(chain);
    const implied = options.impliedVolatilityChain({ ...chain, price: values.price });
    for (const row of [0, 1, 1023, 1024, 2047, 2048, 2499]) {
      const option = { ...PLAIN, right: nameOf(row), strike: strike[row] ?? 0 };
      const single = options.european(option);
      for (const [name, value] of Object.entries(single)) expect(values[name as keyof typeof single][row]).toBe(value);
      const found = options.impliedVolatility({ ...option, price: single.price });
      if (!found.ok) throw new Error(found.reason);
      expect(implied.volatility[row]).toBe(found.volatility);
      expect(implied.relativeUncertainty[row]).toBe(found.relativeUncertainty);
    }
    const trees = options.americanChain(chain, { steps: 50 });
    for (const row of [0, 1023, 1024, 2499])
      expect(trees.price[row]).toBe(options.american({ ...PLAIN, right: nameOf(row), strike: strike[row] ?? 0 }, { steps: 50 }).price);
  });

  test('a bad row is said in its status, has no numbers, and harms no other', () => {
    const spot = new Float64Array(14).fill(100);
    const columns = {
      right: new Uint8Array(14),
      spot,
      strike: spot.slice(),
      years: spot.map(() => 1),
      rate: spot.map(() => 0.05),
      dividendYield: spot.map(() => 0.02),
      volatility: spot.map(() => 0.2),
    };
    columns.right[0] = 2;
    columns.spot[2] = Number.NaN;
    columns.strike[4] = -1;
    columns.years[6] = -1;
    columns.rate[8] = Infinity;
    columns.dividendYield[10] = Number.NaN;
    columns.volatility[12] = -0.2;
    const bad = ['BadRight', 'BadSpot', 'BadStrike', 'BadYears', 'BadRate', 'BadDividendYield', 'BadVolatility'];
    for (const values of [options.europeanChain(columns), options.americanChain(columns, { steps: 10 })]) {
      expect(Array.from(values.status, optionStatus)).toEqual(bad.flatMap((status) => [status, 'Ok']));
      for (let row = 0; row < 14; row += 1) {
        expect(Number.isNaN(values.price[row])).toBe(row % 2 === 0);
        expect(Number.isNaN(values.gamma[row])).toBe(row % 2 === 0);
        expect(values.price[row]).toBe(row % 2 === 0 ? Number.NaN : values.price[1]);
      }
    }
  });

  test('no rows, one row of numbers, and columns of different lengths', () => {
    expect(options.europeanChain({ ...chain, strike: new Float64Array(0), right: 'put' }).price).toHaveLength(0);
    expect(options.europeanChain(PLAIN).price).toEqual(Float64Array.of(options.european(PLAIN).price));
    const uneven = { ...chain, spot: new Float64Array(3) };
    expect(() => options.europeanChain(uneven)).toThrow('The columns of a chain differ in length: right has 2500 values, spot 3.');
    expect(() => options.impliedVolatilityChain({ ...PLAIN, strike, price: new Float64Array(1) })).toThrow(OptionError);
  });

  test('what it answers stays when it is asked again', () => {
    const first = options.europeanChain(PLAIN);
    const price = first.price[0];
    options.europeanChain({ ...PLAIN, volatility: 0.9 });
    expect(first.price[0]).toBe(price);
  });
});

describe('without time or without volatility', () => {
  test.each([{ years: 0 }, { volatility: 0 }])('%o', (certain) => {
    const value = options.european({ ...PLAIN, strike: 90, ...certain });
    expect(value).toMatchObject({ gamma: 0, vega: 0, vanna: 0, volga: 0 });
    expect(options.european({ ...PLAIN, strike: 150, ...certain })).toMatchObject({ price: 0, delta: 0, theta: 0, rho: 0, charm: 0 });
  });

  test('exactly at the strike', () => {
    const value = options.european({ ...PLAIN, years: 0 });
    const nothing = { gamma: Number.NaN, theta: Number.NaN, vanna: Number.NaN, volga: Number.NaN, charm: Number.NaN };
    expect(value).toEqual({ price: 0, delta: 0.5, vega: 0, rho: 0, phi: -0, ...nothing });
  });

  test('the limit of a volatility that goes to zero', () => {
    for (const strike of [80, 99, 104, 120]) {
      for (const right of ['call', 'put'] as const) {
        const near = options.european({ ...PLAIN, right, strike, volatility: 1e-5 });
        const limit = options.european({ ...PLAIN, right, strike, volatility: 0 });
        for (const [name, value] of Object.entries(limit)) expect(near[name as keyof typeof limit]).toBeCloseTo(value, 9);
      }
    }
  });

  test('an American option is exercised at the best time: now, at the end, or in between', () => {
    const certain = { ...PLAIN, volatility: 0, years: 10 };
    expect(options.american({ ...certain, right: 'put', strike: 120 })).toEqual({ price: 20, delta: -1, gamma: 0 });
    expect(options.american({ ...certain, strike: 90, dividendYield: 0 }).price).toBeCloseTo(100 - 90 * Math.exp(-0.5), 12);
    // The slope of 100·e^(−0.02τ) − 150·e^(−0.05τ) is zero at ln(3.75)/0.03 years.
    const turn = Math.log(3.75) / 0.03;
    const between = options.american({ ...certain, strike: 150, years: 100 });
    expect(between.price).toBeCloseTo(100 * Math.exp(-0.02 * turn) - 150 * Math.exp(-0.05 * turn), 11);
    expect(options.american({ ...certain, years: 0, strike: 130 })).toEqual({ price: 0, delta: 0, gamma: 0 });
    expect(options.american({ ...certain, years: 0 })).toEqual({ price: 0, delta: 0.5, gamma: Number.NaN });
  });
});

test('a tree that cannot follow so little volatility says so', () => {
  const option = { ...PLAIN, volatility: 0.001 };
  expect(() => options.american(option, { steps: 100 })).toThrow(/^A tree of 100 steps cannot follow a volatility of 0.001 here/);
  const { status, price } = options.americanChain(option, { steps: 100 });
  expect([optionStatus(status[0] ?? 0), price[0]]).toEqual(['UnstableTree', Number.NaN]);
  expect(options.american(option, { steps: 10_000 }).price).toBeGreaterThan(2.8);
});

test('statuses have names', () => {
  expect(OPTION_STATUSES.map((_, code) => optionStatus(code))).toEqual(OPTION_STATUSES);
  expect(() => optionStatus(99)).toThrow('no option status 99');
});

test('no volatility, with the reason', () => {
  const quote = { ...PLAIN, dividendYield: 0 };
  const reasonOf = (option: Partial<PricedOption>, price: number): unknown => options.impliedVolatility({ ...quote, ...option, price });
  expect(reasonOf({}, -1e-300)).toEqual({ ok: false, reason: 'NegativePrice' });
  expect(reasonOf({ years: 0 }, 5)).toEqual({ ok: false, reason: 'Expired' });
  expect(reasonOf({}, 4.8)).toEqual({ ok: false, reason: 'BelowIntrinsic' });
  expect(reasonOf({}, 100)).toEqual({ ok: false, reason: 'AboveMaximum' });
  expect(reasonOf({ right: 'put' }, 100)).toEqual({ ok: false, reason: 'AboveMaximum' });
  expect(reasonOf({ strike: 200 }, 0)).toEqual({ ok: false, reason: 'Unidentifiable' });
  expect(reasonOf({ strike: 50, rate: 0 }, 50)).toEqual({ ok: false, reason: 'Unidentifiable' });
  expect(reasonOf({}, 99.9999999999999)).toEqual({ ok: false, reason: 'Unidentifiable' });
});
