import type { Price } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';

/** Sensitivities of one share's option, in the units that traders quote. */
export interface Greeks {
  /** Of the price to a dollar of the underlying. */
  readonly delta: number;
  /** Of delta to a dollar of the underlying. */
  readonly gamma: number;
  /** Of the price to a calendar day that passes. */
  readonly theta: number;
  /** Of the price to a point (0.01) of volatility. */
  readonly vega: number;
  /** Of the price to a point (0.01) of the interest rate. */
  readonly rho: number;
}

/** What the market last said of an option. A side that nobody quotes is absent. */
export interface OptionSnapshot {
  readonly symbol: string;
  readonly bid?: Price;
  readonly ask?: Price;
  readonly bidSize?: number;
  readonly askSize?: number;
  /** When the quote was made. */
  readonly quotedAt?: Instant;
  readonly last?: Price;
  readonly lastAt?: Instant;
  /** As the feed computed it. */
  readonly impliedVolatility?: number;
  readonly greeks?: Greeks;
}

/** The price of what an option is written on, and how it is known. */
export interface UnderlyingPrice {
  readonly symbol: string;
  readonly price: Price;
  readonly at: Instant;
  readonly basis: 'quote' | 'trade' | 'bar';
}

/** What valuing an option takes for granted. Rates are continuously compounded, per year. */
export interface OptionAssumptions {
  readonly rate: number;
  /** Of underlyings that are not in `dividendYields`. */
  readonly dividendYield: number;
  readonly dividendYields: Readonly<Record<string, number>>;
  /** An underlying's price is too old for a quote that is this much younger or older. */
  readonly spotAgeMsMax: number;
}

export const DEFAULT_ASSUMPTIONS: OptionAssumptions = { rate: 0.04, dividendYield: 0, dividendYields: {}, spotAgeMsMax: 60_000 };

/** Who a figure is from: the feed, or the compute core. */
export type FigureSource = 'feed' | 'computed';

/** Why a quote has no implied volatility. */
export const NO_VOLATILITY_REASONS = [
  'NoQuote',
  'OneSidedQuote',
  'CrossedQuote',
  'NoUnderlyingPrice',
  'StaleUnderlyingPrice',
  'AdjustedContract',
  'Expired',
  'NegativePrice',
  'BelowIntrinsic',
  'AboveMaximum',
  'Unidentifiable',
] as const;
export type NoVolatilityReason = (typeof NO_VOLATILITY_REASONS)[number];

/** From what figures were computed: enough to compute them again. */
export interface ValuationReceipt {
  /** Of European exercise, with a continuous dividend yield; early exercise of American options is left out. */
  readonly model: 'black-scholes-merton';
  readonly spot: Price;
  readonly spotAt: Instant;
  readonly spotBasis: UnderlyingPrice['basis'];
  /** The middle of bid and ask, where the volatility was computed from it. */
  readonly price?: Price;
  readonly strike: Price;
  readonly years: number;
  readonly rate: number;
  readonly dividendYield: number;
  readonly volatility: number;
  readonly volatilitySource: FigureSource;
  /** What one unit in the last place of the inputs changes, of a computed volatility. */
  readonly relativeUncertainty?: number;
}

/** A quote with its figures, each with its source. */
export interface OptionQuote extends Omit<OptionSnapshot, 'impliedVolatility' | 'greeks'> {
  readonly impliedVolatility?: number;
  readonly volatilitySource?: FigureSource;
  /** Only where there is no implied volatility. */
  readonly noVolatility?: NoVolatilityReason;
  readonly greeks?: Greeks;
  readonly greeksSource?: FigureSource;
  /** Where anything was computed. */
  readonly receipt?: ValuationReceipt;
}
