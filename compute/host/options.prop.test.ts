import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openOptions } from './options.node.ts';
import type { EuropeanValue, OptionRight, PricedOption } from './options.ts';

const options = await openOptions();

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const ordinary: fc.Arbitrary<PricedOption> = fc.record({
  right: fc.constantFrom<OptionRight>('call', 'put'),
  spot: between(50, 150),
  strike: between(50, 150),
  years: between(0.02, 3),
  rate: between(-0.05, 0.15),
  dividendYield: between(-0.05, 0.15),
  volatility: between(0.05, 1.5),
});

/** Anything that the bounds allow. */
const magnitude = (low: number, high: number): fc.Arbitrary<number> => between(low, high).map((power) => 10 ** power);
const wild: fc.Arbitrary<PricedOption> = fc
  .record({
    right: fc.constantFrom<OptionRight>('call', 'put'),
    spot: magnitude(-49, 49),
    moneyness: fc.oneof(magnitude(-0.3, 0.3), magnitude(-20, 20), fc.constant(1)),
    years: fc.oneof(magnitude(-12, 3.9), fc.constant(0)),
    growth: between(-90, 90),
    yield: between(-90, 90),
    volatility: fc.oneof(magnitude(-14, 2.9), fc.constant(0)),
  })
  .map(({ right, spot, moneyness, years, growth, yield: income, volatility }) => {
    const perYear = (sum: number): number => Math.max(-99, Math.min(99, sum / Math.max(years, 1)));
    const strike = Math.min(1e50, Math.max(1e-50, spot * moneyness));
    return { right, spot, strike, years, rate: perYear(growth), dividendYield: perYear(income), volatility };
  });

const other = (option: PricedOption): PricedOption => ({ ...option, right: option.right === 'call' ? 'put' : 'call' });
const held = ({ spot, dividendYield, years }: PricedOption): number => spot * Math.exp(-dividendYield * years);
const owed = ({ strike, rate, years }: PricedOption): number => strike * Math.exp(-rate * years);

test('parity: a call less a put is a forward, in price and in every sensitivity', () => {
  fc.assert(
    fc.property(ordinary, (option) => {
      const call = options.european({ ...option, right: 'call' });
      const put = options.european({ ...option, right: 'put' });
      const { years, rate, dividendYield, spot } = option;
      const [asset, debt] = [held(option), owed(option)];
      const forward: EuropeanValue = {
        price: asset - debt,
        delta: asset / spot,
        theta: dividendYield * asset - rate * debt,
        rho: years * debt,
        phi: -years * asset,
        charm: (dividendYield * asset) / spot,
        gamma: 0,
        vega: 0,
        vanna: 0,
        volga: 0,
      };
      for (const [name, value] of Object.entries(forward) as [keyof EuropeanValue, number][])
        expect(Math.abs(call[name] - put[name] - value)).toBeLessThan(1e-12 * 1000);
    }),
  );
});

test('wherever the bounds allow, a price lies between what arbitrage allows, and nothing is lost in a number that is none', () => {
  fc.assert(
    fc.property(wild, (option) => {
      const value = options.european(option);
      const [asset, debt] = [held(option), owed(option)];
      const intrinsic = Math.max(0, option.right === 'call' ? asset - debt : debt - asset);
      const most = option.right === 'call' ? asset : debt;
      const rounding = 1e-14 * (asset + debt);
      expect(value.price).toBeGreaterThanOrEqual(intrinsic - rounding);
      expect(value.price).toBeLessThanOrEqual(most + rounding);
      expect(value.price).toBeGreaterThanOrEqual(0);
      const kink = Math.log(option.spot / option.strike) + (option.rate - option.dividendYield) * option.years === 0;
      for (const [name, number] of Object.entries(value)) if (!kink) expect(Number.isFinite(number), name).toBe(true);
      if (!kink) expect(Math.min(value.gamma, value.vega)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 3000 },
  );
});

test('a price rises with volatility, a call with the spot and falls with the strike, a put the other way', () => {
  fc.assert(
    fc.property(wild, between(1.0001, 2), (option, factor) => {
      const { price } = options.european(option);
      const rounding = 1e-13 * (held(option) + owed(option));
      const volatility = Math.min(1000, option.volatility * factor);
      expect(options.european({ ...option, volatility }).price).toBeGreaterThanOrEqual(price - rounding);
      const direction = option.right === 'call' ? 1 : -1;
      const spot = Math.min(1e50, option.spot * factor);
      expect(direction * (options.european({ ...option, spot }).price - price)).toBeGreaterThanOrEqual(-2 * rounding);
      const strike = Math.min(1e50, option.strike * factor);
      expect(direction * (price - options.european({ ...option, strike }).price)).toBeGreaterThanOrEqual(-2 * rounding);
    }),
    { numRuns: 2000 },
  );
});

/** A central difference of fourth order. */
function slope(value: (change: number) => number, width: number): number {
  return (8 * (value(width) - value(-width)) - (value(2 * width) - value(-2 * width))) / (12 * width);
}

test('every sensitivity is the slope of what it is the sensitivity of', () => {
  const smooth = ordinary.filter(({ volatility, years }) => volatility * Math.sqrt(years) > 0.05);
  fc.assert(
    fc.property(smooth, (option) => {
      const value = options.european(option);
      const by = (field: Exclude<keyof PricedOption, 'right'>, of: keyof EuropeanValue, width: number): number =>
        slope((change) => options.european({ ...option, [field]: option[field] + change })[of], width);
      const tolerance = (scale: number): number => 2e-5 * scale;
      const { spot } = option;
      const near = (found: number, expected: number, scale: number, name: string): void =>
        expect(Math.abs(found - expected), name).toBeLessThan(tolerance(scale + Math.abs(expected)));
      near(by('spot', 'price', 0.01), value.delta, 1, 'delta');
      near(by('spot', 'delta', 0.01), value.gamma, 1, 'gamma');
      near(by('volatility', 'price', 0.001), value.vega, spot, 'vega');
      near(-by('years', 'price', 0.0003), value.theta, spot, 'theta');
      near(by('rate', 'price', 0.001), value.rho, spot, 'rho');
      near(by('dividendYield', 'price', 0.001), value.phi, spot, 'phi');
      near(by('volatility', 'delta', 0.001), value.vanna, 1, 'vanna');
      near(by('volatility', 'vega', 0.001), value.volga, spot, 'volga');
      near(-by('years', 'delta', 0.0003), value.charm, 1, 'charm');
    }),
    { numRuns: 500 },
  );
});

test('the implied volatility of a price is the volatility, as closely as it says; or it says that there is none', () => {
  let found = 0;
  fc.assert(
    fc.property(fc.oneof(ordinary, wild), (option) => {
      const { price } = options.european(option);
      const implied = options.impliedVolatility({ ...option, price });
      if (!implied.ok) {
        expect(implied.reason).not.toBe('NegativePrice');
        return;
      }
      found += 1;
      const x = Math.log(option.spot / option.strike) + (option.rate - option.dividendYield) * option.years;
      // The logarithm of forward over strike is rounded too: its error over itself is one of the volatility.
      const log = (2e-16 * (1 + Math.abs((option.rate - option.dividendYield) * option.years))) / Math.max(1e-300, Math.abs(x));
      const allowed = 1e-13 + 20 * implied.relativeUncertainty + (option.volatility * Math.sqrt(option.years) < Math.abs(x) ? 4 * log : 0);
      expect(Math.abs(implied.volatility / option.volatility - 1)).toBeLessThanOrEqual(allowed);
    }),
    { numRuns: 4000 },
  );
  expect(found).toBeGreaterThan(1500);
});

test('there is a volatility wherever the price determines it, also of thousands of percent', () => {
  const wide = fc
    .record({ option: ordinary, far: between(-3, 3), years: magnitude(-3, 2), volatility: magnitude(-2, 1.5) })
    .map(({ option, far, years, volatility }) => ({ ...option, strike: option.spot * Math.exp(far), years, volatility }));
  fc.assert(
    fc.property(wide, (option) => {
      const { price, vega } = options.european(option);
      const [asset, debt] = [held(option), owed(option)];
      const rounded = (option.right === 'call') === asset > debt ? price + asset + debt : price;
      const uncertainty = (2.3e-16 * rounded) / (vega * option.volatility);
      fc.pre(price > 1e-300 && uncertainty < 5e-4);
      const implied = options.impliedVolatility({ ...option, price });
      if (!implied.ok) throw new Error(`${implied.reason}, though the uncertainty is ${uncertainty}`);
      expect(Math.abs(implied.volatility / option.volatility - 1)).toBeLessThan(1e-12 + 20 * uncertainty);
    }),
    { numRuns: 5000 },
  );
});

test('whatever price is quoted: no number that does not give it back', () => {
  fc.assert(
    fc.property(
      wild,
      fc.oneof(
        between(-0.1, 1.1),
        magnitude(-18, 0),
        magnitude(-18, 0).map((part) => 1 - part),
      ),
      (option, part) => {
        const [asset, debt] = [held(option), owed(option)];
        const intrinsic = Math.max(0, option.right === 'call' ? asset - debt : debt - asset);
        const price = intrinsic + part * ((option.right === 'call' ? asset : debt) - intrinsic);
        const implied = options.impliedVolatility({ ...option, price });
        if (!implied.ok) return;
        expect(part).toBeGreaterThan(0);
        expect(part).toBeLessThan(1);
        if (implied.volatility > 1000) return;
        const again = options.european({ ...option, volatility: implied.volatility }).price;
        expect(Math.abs(again - price)).toBeLessThanOrEqual(1e-13 * (asset + debt));
      },
    ),
    { numRuns: 4000 },
  );
});

test('American options are worth at least exercise now and the European one, at most what arbitrage allows; a call without yield is European', () => {
  const tree = fc.constantFrom('cox-ross-rubinstein' as const, 'leisen-reimer' as const);
  fc.assert(
    fc.property(ordinary, tree, fc.integer({ min: 100, max: 301 }), (option, kind, steps) => {
      const american = options.american(option, { steps, tree: kind });
      const european = options.european(option).price;
      const { right, spot, strike } = option;
      expect(american.price).toBeGreaterThanOrEqual(Math.max(0, right === 'call' ? spot - strike : strike - spot) - 1e-9);
      // A tree is off by a part of a step, and by what its drift bends.
      const drift = (Math.abs(option.rate) + Math.abs(option.dividendYield)) * option.years;
      const off = (2 * spot * (option.volatility * Math.sqrt(option.years) + drift)) / steps;
      expect(american.price).toBeGreaterThanOrEqual(european - off);
      const most =
        right === 'call'
          ? spot * Math.exp(Math.max(0, -option.dividendYield * option.years))
          : strike * Math.exp(Math.max(0, -option.rate * option.years));
      expect(american.price).toBeLessThanOrEqual(most + 1e-9);
      const sign = right === 'call' ? 1 : -1;
      expect(sign * american.delta).toBeGreaterThanOrEqual(-1e-9);
      const plain = { ...option, right: 'call' as const, dividendYield: 0, rate: Math.abs(option.rate) };
      expect(Math.abs(options.american(plain, { steps, tree: kind }).price - options.european(plain).price)).toBeLessThanOrEqual(off);
    }),
    { numRuns: 200 },
  );
});

test('calls and puts trade places with spot and strike, rate and yield', () => {
  fc.assert(
    fc.property(ordinary, (option) => {
      const { spot, strike, rate, dividendYield } = option;
      const mirrored = { ...other(option), spot: strike, strike: spot, rate: dividendYield, dividendYield: rate };
      expect(Math.abs(options.european(option).price - options.european(mirrored).price)).toBeLessThan(1e-12 * spot);
      const steps = { steps: 200 };
      expect(Math.abs(options.american(option, steps).price - options.american(mirrored, steps).price)).toBeLessThan(1e-10 * spot);
    }),
    { numRuns: 200 },
  );
});
