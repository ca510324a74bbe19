import { OptionError } from '@tidemark/compute/options';
import type { Options, PricedOption } from '@tidemark/compute/options';
import { yearsToExpiry } from '../../instruments/option-contract.ts';
import type { OptionRight } from '../../instruments/option-symbol.ts';
import { divide, price, priceFromNumber, toNumber } from '../../money/fixed.ts';
import type { Price } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { max, roundToTick } from '../../money/money.ts';

export type OptionPricing = Pick<Options, 'american' | 'european'>;

/** The interest rate of the venue's options; it pays no dividends. */
export const VENUE_RATE = 0.04;
const STEPS = 101;
const ZERO = price('0');
/** From three dollars on options trade in steps of five cents. */
const WIDE_FROM = price('3');
const NARROW_TICK = price('0.01');
const WIDE_TICK = price('0.05');
const SPREAD_SHARE = 0.015;
const SPREAD_MIN = 0.01;
/** Half a minute: close to its end an option's smile would be infinitely steep. */
const YEARS_MIN = 1e-6;

export interface PricedTerms {
  readonly right: OptionRight;
  readonly strike: Price;
  readonly expiresOn: string;
}

export interface OptionFigures {
  readonly bid: Price;
  readonly ask: Price;
  readonly volatility: number;
  readonly greeks: { readonly delta: number; readonly gamma: number; readonly theta: number; readonly vega: number; readonly rho: number };
}

/**
 * A smile over standard deviations from the forward: downside costs more, both wings rise. Smooth, and gentle enough that prices stay convex
 * in the strike.
 */
export function smile(base: number, spot: number, strike: number, years: number): number {
  const z = Math.log(strike / (spot * Math.exp(VENUE_RATE * years))) / (base * Math.sqrt(Math.max(years, YEARS_MIN)));
  return base * (1 - 0.08 * Math.tanh(z / 2) + 0.08 * (Math.sqrt(1 + z * z) - 1) * (1 / (1 + 0.1 * Math.abs(z))));
}

export const optionTick = (at: Price): Price => (at < WIDE_FROM ? NARROW_TICK : WIDE_TICK);

function around(value: number): { readonly bid: Price; readonly ask: Price } {
  const half = Math.max(SPREAD_MIN, value * SPREAD_SHARE);
  const tick = optionTick(priceFromNumber(value));
  const bid = max(roundToTick(priceFromNumber(Math.max(0, value - half)), tick, 'floor'), ZERO);
  return { bid, ask: roundToTick(priceFromNumber(value + half), tick, 'ceil') };
}

/**
 * The American value. Without dividends nobody exercises a call early. Where the tree has no answer, because the end is too near or too far from
 * the strike for chance to matter, a put is worth the better of waiting and exercising.
 */
function americanValue(math: OptionPricing, option: PricedOption): number {
  const { price: waiting } = math.european(option);
  if (option.right === 'call') return waiting;
  try {
    return math.american(option, { steps: STEPS, tree: 'leisen-reimer' }).price;
  } catch (error) {
    if (error instanceof OptionError && error.field === 'volatility') return Math.max(waiting, option.strike - option.spot);
    throw error;
  }
}

/** What the venue quotes of an option while it lives: its American value, with a spread around it. */
export function figuresAt(math: OptionPricing, terms: PricedTerms, spot: Price, base: number, now: Instant): OptionFigures | undefined {
  const years = yearsToExpiry(terms.expiresOn, now);
  if (years <= 0) return undefined;
  const at = toNumber(spot);
  const strike = toNumber(terms.strike);
  const volatility = smile(base, at, strike, years);
  const option = { right: terms.right, spot: at, strike, years, rate: VENUE_RATE, dividendYield: 0, volatility } as const;
  const { delta, gamma, theta, vega, rho } = math.european(option);
  return {
    ...around(americanValue(math, option)),
    volatility,
    greeks: { delta, gamma, theta: theta / 365, vega: vega / 100, rho: rho / 100 },
  };
}

/** What exercising a share's option is worth. */
export const intrinsic = (right: OptionRight, strike: Price, spot: Price): Price =>
  max((right === 'call' ? spot - strike : strike - spot) as Price, ZERO);

/** Where trades are shown between bid and ask. */
export const middle = (bid: Price, ask: Price): Price => divide(bid + ask, 2n, 'half-even') as Price;
