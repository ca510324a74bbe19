import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OPTION_GOLDEN, readOptionRows, termsOf } from './golden-options.ts';
import { openOptions } from './options.node.ts';
import type { EuropeanValue, OptionTerms } from './options.ts';

const options = await openOptions();

const COLUMNS: Readonly<Record<keyof EuropeanValue, string>> = {
  price: 'price',
  delta: 'delta',
  gamma: 'gamma',
  vega: 'vega',
  theta: 'theta_per_year',
  rho: 'rho',
  phi: 'phi',
  vanna: 'vanna',
  volga: 'volga',
  charm: 'charm_per_year',
};

/** What is small of each sensitivity: a share of the spot, of one, or of one over the spot. */
const scaleOf = (name: keyof EuropeanValue, spot: number): number =>
  name === 'gamma' ? 1 / spot : name === 'delta' || name === 'vanna' || name === 'charm' ? 1 : spot;

/** Below it doubles lose digits themselves. */
const SUBNORMAL = 1e-290;

test('European prices and sensitivities: 1e-12 of the scale, and 1e-11 of the value itself however far in the tail', () => {
  const rows = readOptionRows('european_bs.csv');
  expect(rows.length).toBe(864);
  const wrong: string[] = [];
  for (const row of rows) {
    const terms = termsOf(row);
    const value = options.european({ ...terms, volatility: row.number('vol') });
    for (const [name, column] of Object.entries(COLUMNS) as [keyof EuropeanValue, string][]) {
      const expected = row.number(column);
      const error = Math.abs(value[name] - expected);
      const scaled = error <= 1e-12 * scaleOf(name, terms.spot);
      const inTheTail = expected === 0 || Math.abs(expected) < SUBNORMAL || error <= 1e-11 * Math.abs(expected);
      const relative = name === 'price' || name === 'delta' || name === 'vega' ? inTheTail : true;
      if (!(scaled || error <= 1e-12 * Math.abs(expected)) || !relative)
        wrong.push(`${name} ${value[name]} for ${expected}: ${JSON.stringify(terms)}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('at expiry and without volatility', () => {
  const rows = readOptionRows('boundary.csv');
  expect(rows.length).toBe(12);
  for (const row of rows) {
    const option = { ...termsOf(row), volatility: row.number('vol') };
    expect(Math.abs(options.european(option).price - row.number('price'))).toBeLessThanOrEqual(2e-14 * option.spot);
  }
});

test('published values, to the digits that were printed', () => {
  interface Anchor extends OptionTerms {
    readonly t: number;
    readonly dividend_yield: number;
    readonly vol: number;
    readonly published_price: number;
    readonly exact_price: number;
  }
  const anchors = JSON.parse(readFileSync(join(OPTION_GOLDEN, 'published_anchors.json'), 'utf8')) as readonly Anchor[];
  expect(anchors.length).toBe(4);
  for (const { right, spot, strike, t, rate, dividend_yield, vol, published_price, exact_price } of anchors) {
    const { price } = options.european({ right, spot, strike, years: t, rate, dividendYield: dividend_yield, volatility: vol });
    expect(Math.abs(price - exact_price)).toBeLessThan(1e-13 * spot);
    expect(Math.abs(price - published_price)).toBeLessThan(published_price > 3 || published_price < 1 ? 0.005 : 5e-5);
  }
});

const NO_SOLUTION = {
  'below_intrinsic: no solution': 'BelowIntrinsic',
  'above_upper_bound K*exp(-rT)=95.12: no solution': 'AboveMaximum',
  'above_spot: no solution': 'AboveMaximum',
  'negative price: no solution': 'NegativePrice',
  'zero time: no solution': 'Expired',
  unidentifiable: 'Unidentifiable',
} as const;

test('implied volatilities: full precision where the price determines them, a reason where it does not', () => {
  const counts = { number: 0, reason: 0 };
  for (const row of readOptionRows('implied_vol.csv')) {
    const kind = row.text('class');
    const price = row.number('price');
    const implied = options.impliedVolatility({ ...termsOf(row), price });
    const where = `${kind} ${JSON.stringify(termsOf(row))} ${price}`;
    if (!implied.ok) {
      counts.reason += 1;
      const expected = kind === 'ill' ? 'Unidentifiable' : NO_SOLUTION[kind as keyof typeof NO_SOLUTION];
      expect(implied.reason, where).toBe(expected);
      continue;
    }
    counts.number += 1;
    expect(['well', 'ok', 'ill'], where).toContain(kind);
    // Of an option in the money the intrinsic value is rounded too: some units more than the price's own.
    const allowed = Math.max(1e-14, 8 * row.number('relative_condition'), implied.relativeUncertainty);
    const error = Math.abs(implied.volatility / row.number('implied_vol') - 1);
    expect(error, where).toBeLessThanOrEqual(allowed);
    expect(implied.relativeUncertainty).toBeLessThan(1e-3);
    if (kind !== 'ill' && price > SUBNORMAL) expect(error, where).toBeLessThan(1e-7);
    if (kind === 'well' && price > SUBNORMAL) expect(error, where).toBeLessThan(1e-11);
  }
  expect(counts.number).toBeGreaterThanOrEqual(657);
  expect(counts.reason).toBeGreaterThanOrEqual(29);
});

const chains = readdirSync(OPTION_GOLDEN).filter((file) => file.startsWith('chain_iv_'));

test.each(chains)('real quotes: %s', (file) => {
  const rows = readOptionRows(file);
  const column = (name: string): Float64Array => Float64Array.from(rows, (row) => row.number(name));
  const chain = {
    right: Uint8Array.from(rows, (row) => Number(row.text('right') === 'put')),
    spot: column('underlying_close'),
    strike: column('strike'),
    years: column('days').map((days) => days / 365),
    rate: column('rate'),
    dividendYield: column('dividend_yield'),
  };
  const price = column('mid');
  const { status, volatility } = options.impliedVolatilityChain({ ...chain, price });
  const again = options.europeanChain({ ...chain, volatility });
  for (const [index, row] of rows.entries()) {
    const known = row.text('status');
    if (known === 'mid_not_above_no_arbitrage_bound') {
      expect([status[index], volatility[index]]).toEqual([11, Number.NaN]);
      continue;
    }
    expect(status[index]).toBe(0);
    expect(Math.abs((again.price[index] ?? Number.NaN) - (price[index] ?? 0))).toBeLessThan(1e-12 * row.number('underlying_close'));
    if (known !== 'ok') continue;
    expect(Math.abs((volatility[index] ?? Number.NaN) / row.number('european_bs_implied_vol') - 1)).toBeLessThan(1e-8);
    for (const [name, known] of [
      ['delta', 'delta'],
      ['gamma', 'gamma'],
      ['vega', 'vega'],
      ['theta', 'theta_per_year'],
    ] as const)
      expect(again[name][index]).toBeCloseTo(row.number(known), 5);
  }
});

test('American options: the textbook tree to 1e-9, other methods within what a tree is off', () => {
  const rows = readOptionRows('american.csv');
  expect(rows.length).toBe(180);
  for (const row of rows) {
    const option = { ...termsOf(row), volatility: row.number('vol') };
    const tree = options.american(option, { steps: 1000 });
    const smooth = options.american(option, { steps: 1001, tree: 'leisen-reimer' });
    const off = (value: number, column: string): number => Math.abs(value - row.number(column)) / option.spot;
    expect(off(tree.price, 'textbook_crr_1000')).toBeLessThan(1e-12);
    expect(off(tree.price, 'finite_difference_800x800')).toBeLessThan(1e-4);
    expect(off(smooth.price, 'finite_difference_800x800')).toBeLessThan(1e-4);
    expect(off(smooth.price, 'leisen_reimer_1001')).toBeLessThan(5e-4);
    expect(Math.abs(tree.delta - row.number('crr_1000_delta'))).toBeLessThan(5e-4);
    expect(Math.abs(tree.gamma - row.number('crr_1000_gamma'))).toBeLessThan(5e-5);
  }
});
