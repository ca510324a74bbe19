import fc from 'fast-check';
import { openOptions } from '@tidemark/compute/options';
import { describe, expect, test } from 'vitest';
import { expiresAt } from '../instruments/option-contract.ts';
import type { OptionContract } from '../instruments/option-contract.ts';
import { formatOptionSymbol } from '../instruments/option-symbol.ts';
import type { OptionRight } from '../instruments/option-symbol.ts';
import { price, priceFromNumber, toNumber } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { DEFAULT_ASSUMPTIONS } from './quote.ts';
import type { OptionSnapshot, UnderlyingPrice } from './quote.ts';
import { decodeReceipt, encodeReceipt } from './receipt.ts';
import { quotedPrice, valueQuote } from './valuation.ts';

const math = await openOptions();
const EXPIRES_ON = '2024-06-21';
const DAY_MS = 86_400_000;
const AT = instantFromMs(expiresAt(EXPIRES_ON) - 60 * DAY_MS);

function contract(right: OptionRight, strike: Price, given: Partial<OptionContract> = {}): OptionContract {
  const terms = { root: 'AAPL', expiresOn: EXPIRES_ON, right, strike };
  const symbol = formatOptionSymbol(terms);
  return {
    ...terms,
    symbol,
    underlying: 'AAPL',
    style: 'american',
    multiplier: 100,
    tradable: true,
    source: 'real',
    name: symbol,
    ...given,
  };
}

const spot = (text: string, at = AT): UnderlyingPrice => ({ symbol: 'AAPL', price: price(text), at, basis: 'quote' });
const quote = (bid: string | undefined, ask: string | undefined, given: Partial<OptionSnapshot> = {}): OptionSnapshot => ({
  symbol: 'AAPL240621C00100000',
  ...(bid === undefined ? {} : { bid: price(bid) }),
  ...(ask === undefined ? {} : { ask: price(ask) }),
  quotedAt: AT,
  ...given,
});
const value = (snapshot: OptionSnapshot, given: Partial<Parameters<typeof valueQuote>[1]> = {}) =>
  valueQuote(math, {
    contract: contract('call', price('100')),
    snapshot,
    underlying: spot('100'),
    assumptions: DEFAULT_ASSUMPTIONS,
    ...given,
  });

/** The density and the distribution of the normal law, by a series that shares nothing with the core. */
function normalDistribution(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 1; n < 200; n++) {
    term *= (z * z) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

/** Black, Scholes and Merton, written down from the book. */
function bookPrice(
  right: OptionRight,
  at: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
): number {
  const d1 = (Math.log(at / strike) + (rate - dividendYield + volatility ** 2 / 2) * years) / (volatility * Math.sqrt(years));
  const d2 = d1 - volatility * Math.sqrt(years);
  const sign = right === 'call' ? 1 : -1;
  return (
    sign *
    (at * Math.exp(-dividendYield * years) * normalDistribution(sign * d1) -
      strike * Math.exp(-rate * years) * normalDistribution(sign * d2))
  );
}

describe('what the feed leaves out is computed', () => {
  test('the volatility gives the middle of the quote back by the formula of the book, and the greeks are its differences', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<OptionRight>('call', 'put'),
        fc.integer({ min: 80, max: 120 }),
        fc.double({ min: 0.15, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 0.04, noNaN: true }),
        (right, strike, volatility, dividendYield) => {
          const assumptions = { ...DEFAULT_ASSUMPTIONS, dividendYields: { AAPL: dividendYield } };
          const years = 60 / 365;
          const middle = bookPrice(right, 100, strike, years, assumptions.rate, dividendYield, volatility);
          fc.pre(middle > 0.05);
          const snapshot = { symbol: '', bid: priceFromNumber(middle * 0.99), ask: priceFromNumber(middle * 1.01), quotedAt: AT };
          const found = value(snapshot, { contract: contract(right, priceFromNumber(strike)), assumptions });
          const { impliedVolatility = Number.NaN, greeks, receipt } = found;
          expect(found.volatilitySource).toBe('computed');
          expect(impliedVolatility).toBeCloseTo(volatility, 5);
          const at = (change: { spot?: number; years?: number; rate?: number; volatility?: number }): number =>
            bookPrice(
              right,
              change.spot ?? 100,
              strike,
              change.years ?? years,
              change.rate ?? 0.04,
              dividendYield,
              change.volatility ?? impliedVolatility,
            );
          expect(greeks?.delta).toBeCloseTo((at({ spot: 100.01 }) - at({ spot: 99.99 })) / 0.02, 5);
          expect(greeks?.gamma).toBeCloseTo((at({ spot: 100.1 }) - 2 * at({}) + at({ spot: 99.9 })) / 0.01, 4);
          expect(greeks?.vega).toBeCloseTo(
            (at({ volatility: impliedVolatility + 0.001 }) - at({ volatility: impliedVolatility - 0.001 })) / 0.2,
            5,
          );
          expect(greeks?.rho).toBeCloseTo((at({ rate: 0.041 }) - at({ rate: 0.039 })) / 0.2, 5);
          expect(greeks?.theta).toBeCloseTo((at({ years: years - 1e-4 }) - at({ years: years + 1e-4 })) / 2e-4 / 365, 5);
          expect(receipt).toMatchObject({
            model: 'black-scholes-merton',
            rate: 0.04,
            dividendYield,
            volatilitySource: 'computed',
            spotBasis: 'quote',
          });
          expect(receipt?.years).toBeCloseTo(years, 12);
          expect(decodeReceipt(JSON.parse(JSON.stringify(encodeReceipt(receipt ?? fail()))))).toEqual(receipt);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a receipt is enough to compute the figures again', () => {
    const { greeks, receipt = fail() } = value(quote('4.00', '4.20'));
    const { spot: at, strike, years, rate, dividendYield, volatility } = receipt;
    const again = math.european({ right: 'call', spot: toNumber(at), strike: toNumber(strike), years, rate, dividendYield, volatility });
    expect(again.price).toBeCloseTo(4.1, 10);
    expect(again.delta).toBe(greeks?.delta);
    expect(receipt.price).toBe(price('4.1'));
  });

  test('the feed’s own figures are left alone, and what is missing beside them is filled in', () => {
    const greeks = { delta: 0.5, gamma: 0.01, theta: -0.02, vega: 0.1, rho: 0.05 };
    const both = value(quote('4.00', '4.20', { impliedVolatility: 0.3, greeks }));
    expect(both).toMatchObject({ impliedVolatility: 0.3, volatilitySource: 'feed', greeks, greeksSource: 'feed' });
    expect(both.receipt).toBeUndefined();
    const volatility = value(quote('4.00', '4.20', { impliedVolatility: 0.3 }));
    expect(volatility).toMatchObject({ impliedVolatility: 0.3, volatilitySource: 'feed', greeksSource: 'computed' });
    expect(volatility.receipt).toMatchObject({ volatility: 0.3, volatilitySource: 'feed' });
    const onlyGreeks = value(quote('4.00', '4.20', { greeks }));
    expect(onlyGreeks).toMatchObject({ volatilitySource: 'computed', greeks, greeksSource: 'feed' });
  });
});

describe('where there is none, there is a reason', () => {
  const call = contract('call', price('100'));
  test.each<[string, ReturnType<typeof value>]>([
    ['NoQuote', value(quote(undefined, undefined))],
    ['OneSidedQuote', value(quote(undefined, '0.05'))],
    ['OneSidedQuote', value(quote('4', undefined))],
    ['CrossedQuote', value(quote('4.2', '4.0'))],
    ['NoUnderlyingPrice', value(quote('4', '4.2'), { underlying: undefined })],
    ['StaleUnderlyingPrice', value(quote('4', '4.2'), { underlying: spot('100', instantFromMs(AT - 60_001)) })],
    ['AdjustedContract', value(quote('4', '4.2'), { contract: { ...call, multiplier: 150 } })],
    ['BelowIntrinsic', value(quote('9.9', '10'), { underlying: spot('110') })],
    ['AboveMaximum', value(quote('100', '101'))],
    ['Expired', value(quote('4', '4.2', { quotedAt: expiresAt(EXPIRES_ON) }), { underlying: spot('100', expiresAt(EXPIRES_ON)) })],
  ])('%s', (reason, found) => {
    expect(found.noVolatility).toBe(reason);
    expect(found.impliedVolatility).toBeUndefined();
    expect(found.greeks).toBeUndefined();
    expect(found.receipt).toBeUndefined();
  });

  test('a price of the underlying exactly as old as allowed is taken', () =>
    expect(value(quote('4', '4.2'), { underlying: spot('100', instantFromMs(AT - 60_000)) }).volatilitySource).toBe('computed'));

  test('every quote has a volatility or a reason, never both', () => {
    const side = fc.option(
      fc.integer({ min: 0, max: 12_000 }).map((cents) => priceFromNumber(cents / 100)),
      { nil: undefined },
    );
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 300 }), fc.constantFrom<OptionRight>('call', 'put'), (bid, ask, strike, right) => {
        const snapshot = { symbol: '', quotedAt: AT, ...(bid === undefined ? {} : { bid }), ...(ask === undefined ? {} : { ask }) };
        const found = value(snapshot, { contract: contract(right, priceFromNumber(strike)) });
        expect((found.impliedVolatility === undefined) === (found.noVolatility !== undefined)).toBe(true);
        expect((found.greeks === undefined) === (found.greeksSource === undefined)).toBe(true);
        if (typeof quotedPrice(snapshot) === 'string') expect(found.noVolatility).toBe(quotedPrice(snapshot));
      }),
      { numRuns: 500 },
    );
  });
});

function fail(): never {
  throw new Error('there is no receipt');
}
