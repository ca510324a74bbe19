import { newYorkDate } from '../../instruments/calendar.ts';
import { daysToExpiry, expiresAt, STANDARD_MULTIPLIER } from '../../instruments/option-contract.ts';
import type { OptionContract } from '../../instruments/option-contract.ts';
import { formatOptionSymbol, optionTermsOf } from '../../instruments/option-symbol.ts';
import type { OptionRight } from '../../instruments/option-symbol.ts';
import { format } from '../../money/fixed.ts';
import type { Price } from '../../money/fixed.ts';
import type { Venue } from '../venue.ts';
import { expirationsOn, isListedExpiration, STRIKE_GRID, strikesAround } from './listing.ts';
import { assetId } from '../wire.ts';
import { figuresAt } from './pricing.ts';
import type { OptionFigures, OptionPricing } from './pricing.ts';

const RETURNS = 60;
const RETURNS_MIN = 20;
const VOLATILITY_UNKNOWN = 0.3;
const VOLATILITY_MIN = 0.08;
const VOLATILITY_MAX = 1.5;
const DAYS_A_YEAR = 252;
/** The furthest that a contract may be named ahead. */
const DAYS_AHEAD_MAX = 1_100;
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
const RIGHTS: readonly OptionRight[] = ['call', 'put'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface ListedOption extends OptionContract {
  readonly active: boolean;
}

/** A number that a text always gives, spread evenly. */
function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619) >>> 0;
  return hash;
}

const contractOf = (underlying: string, expiresOn: string, right: OptionRight, strike: Price, now: number): ListedOption => {
  const symbol = formatOptionSymbol({ root: underlying, expiresOn, right, strike });
  const [year = '', month = '', day = ''] = expiresOn.split('-');
  return {
    root: underlying,
    symbol,
    underlying,
    expiresOn,
    right,
    strike,
    style: 'american',
    multiplier: STANDARD_MULTIPLIER,
    tradable: now < expiresAt(expiresOn),
    active: now < expiresAt(expiresOn),
    source: 'synthetic',
    openInterest: hashOf(symbol) % 5_000,
    name: `${underlying} ${MONTHS[Number(month) - 1] ?? month} ${day} ${year} ${format(strike)} ${right === 'call' ? 'Call' : 'Put'}`,
  };
};

/**
 * The venue's options: what is listed follows from the date and the last close of each underlying, and what they cost from its price, so that
 * there is nothing to keep and a replay quotes the same.
 */
export class OptionMarket {
  readonly #venue: Venue;
  readonly #math: OptionPricing;
  readonly #volatilities = new Map<string, { readonly published: number; readonly volatility: number }>();

  constructor(venue: Venue, math: OptionPricing) {
    this.#venue = venue;
    this.#math = math;
  }

  /** Whether options are written on it: shares whose symbols a root can hold. */
  isUnderlying(symbol: string): boolean {
    const instrument = this.#venue.core.options.instruments.get(symbol);
    return instrument?.assetClass === 'us_equity' && instrument.tradable && /^[A-Z]{1,6}$/.test(symbol) && this.#spot(symbol) !== undefined;
  }

  /** Contracts that are listed now, by symbol. */
  listed(underlying: string): readonly ListedOption[] {
    const { now } = this.#venue;
    const close = this.#venue.core.state.closePrices.get(underlying) ?? this.#spot(underlying);
    if (close === undefined || !this.isUnderlying(underlying)) return [];
    const strikes = strikesAround(close);
    return expirationsOn(newYorkDate(now))
      .flatMap((expiresOn) => RIGHTS.flatMap((right) => strikes.map((strike) => contractOf(underlying, expiresOn, right, strike, now))))
      .filter(({ active }) => active)
      .sort((left, right) => (left.symbol < right.symbol ? -1 : 1));
  }

  /** A contract by its symbol, whether or not it is near the money today; `undefined` where there cannot be one. */
  contract(symbol: string): ListedOption | undefined {
    const terms = optionTermsOf(symbol);
    if (terms === undefined || !this.isUnderlying(terms.root) || terms.strike % STRIKE_GRID !== 0n) return undefined;
    const { now } = this.#venue;
    const ahead = daysToExpiry(terms.expiresOn, newYorkDate(now));
    if (Math.abs(ahead) > DAYS_AHEAD_MAX || !isListedExpiration(terms.expiresOn)) return undefined;
    return contractOf(terms.root, terms.expiresOn, terms.right, terms.strike, now);
  }

  /** A listed contract by the broker's id of it. */
  byId(id: string): ListedOption | undefined {
    if (!UUID.test(id)) return undefined;
    for (const underlying of this.#venue.core.options.instruments.keys()) {
      const found = this.listed(underlying).find(({ symbol }) => assetId(symbol) === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** What a contract costs now; `undefined` once it has expired. */
  figures(contract: OptionContract): OptionFigures | undefined {
    const spot = this.#spot(contract.underlying);
    if (spot === undefined) return undefined;
    return figuresAt(this.#math, contract, spot, this.#volatility(contract.underlying), this.#venue.now);
  }

  /** One contract in four is quoted without volatility and greeks, as feeds leave them out: clients must compute them. */
  hasFeedGreeks(symbol: string): boolean {
    return hashOf(symbol) % 4 !== 0;
  }

  #spot(symbol: string): Price | undefined {
    return this.#venue.core.state.lastPrices.get(symbol);
  }

  /** Of the last sixty daily closes that have been published, per year. */
  #volatility(symbol: string): number {
    const { archive, position } = this.#venue;
    const known = this.#volatilities.get(symbol);
    if (known?.published === position.published) return known.volatility;
    const closes: number[] = [];
    const days = archive.bars(symbol, position.published, { unit: 'days' }, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, true);
    for (const bar of days) {
      closes.push(bar.close);
      if (closes.length > RETURNS) break;
    }
    const volatility = realised(closes);
    this.#volatilities.set(symbol, { published: position.published, volatility });
    return volatility;
  }
}

/** Standard deviation of log returns per year; a plain guess where there are few. */
function realised(closes: readonly number[]): number {
  const returns = closes.slice(1).map((close, at) => Math.log((closes[at] ?? close) / close));
  if (returns.length < RETURNS_MIN) return VOLATILITY_UNKNOWN;
  const mean = returns.reduce((total, value) => total + value, 0) / returns.length;
  const variance = returns.reduce((total, value) => total + (value - mean) ** 2, 0) / (returns.length - 1);
  return Math.min(VOLATILITY_MAX, Math.max(VOLATILITY_MIN, Math.sqrt(variance * DAYS_A_YEAR)));
}
