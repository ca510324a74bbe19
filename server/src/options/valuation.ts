import type { Options, OptionTerms } from '@tidemark/compute/options';
import { isAdjusted, yearsToExpiry } from '../instruments/option-contract.ts';
import type { OptionContract } from '../instruments/option-contract.ts';
import { divide, toNumber } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type {
  Greeks,
  NoVolatilityReason,
  OptionAssumptions,
  OptionQuote,
  OptionSnapshot,
  UnderlyingPrice,
  ValuationReceipt,
} from './quote.ts';

const DAYS_A_YEAR = 365;
const POINTS = 100;

/** The compute core's option prices, as far as valuing quotes takes them. */
export type OptionMath = Pick<Options, 'european' | 'impliedVolatility'>;

export interface ValuationInput {
  readonly contract: OptionContract;
  readonly snapshot: OptionSnapshot;
  readonly underlying: UnderlyingPrice | undefined;
  readonly assumptions: OptionAssumptions;
}

/** The middle of a quote that has two sides; half a unit of 1e-9 goes to the even one. */
export const middle = (bid: Price, ask: Price): Price => divide(bid + ask, 2n, 'half-even') as Price;

/** The price that a quote states, or why it states none. A bid of nothing is no offer to buy: the option's price is then unknown. */
export function quotedPrice({ bid, ask }: OptionSnapshot): Price | NoVolatilityReason {
  if (bid === undefined && ask === undefined) return 'NoQuote';
  if (bid === undefined || ask === undefined || bid <= 0n || ask <= 0n) return 'OneSidedQuote';
  return bid > ask ? 'CrossedQuote' : middle(bid, ask);
}

/** Of a European value per 1.00 and year: per point and per calendar day. */
export function quotedGreeks(math: Pick<Options, 'european'>, terms: OptionTerms, volatility: number): Greeks {
  const { delta, gamma, theta, vega, rho } = math.european({ ...terms, volatility });
  return { delta, gamma, theta: theta / DAYS_A_YEAR, vega: vega / POINTS, rho: rho / POINTS };
}

type Computed = Pick<OptionQuote, 'impliedVolatility' | 'volatilitySource' | 'noVolatility' | 'greeks' | 'greeksSource' | 'receipt'>;

interface Priceable {
  readonly terms: OptionTerms;
  readonly base: Omit<ValuationReceipt, 'volatility' | 'volatilitySource' | 'price' | 'relativeUncertainty'>;
}

/** The terms at the moment of the quote, or why there are none. */
function priceable({ contract, snapshot, underlying, assumptions }: ValuationInput, at: Instant): Priceable | NoVolatilityReason {
  if (isAdjusted(contract)) return 'AdjustedContract';
  if (underlying === undefined || underlying.price <= 0n) return 'NoUnderlyingPrice';
  if (Math.abs(at - underlying.at) > assumptions.spotAgeMsMax) return 'StaleUnderlyingPrice';
  const years = yearsToExpiry(contract.expiresOn, snapshot.quotedAt ?? at);
  if (years <= 0) return 'Expired';
  const { rate } = assumptions;
  const dividendYield = Object.hasOwn(assumptions.dividendYields, contract.underlying)
    ? (assumptions.dividendYields[contract.underlying] ?? assumptions.dividendYield)
    : assumptions.dividendYield;
  const { strike, right } = contract;
  return {
    terms: { right, spot: toNumber(underlying.price), strike: toNumber(strike), years, rate, dividendYield },
    base: {
      model: 'black-scholes-merton',
      spot: underlying.price,
      spotAt: underlying.at,
      spotBasis: underlying.basis,
      strike,
      years,
      rate,
      dividendYield,
    },
  };
}

/** Greeks of a volatility that the feed gave. */
function fromFeedVolatility(math: OptionMath, input: ValuationInput, volatility: number, at: Instant): Computed {
  const known = { impliedVolatility: volatility, volatilitySource: 'feed' } as const;
  const found = priceable(input, at);
  if (typeof found === 'string') return known;
  return {
    ...known,
    greeks: quotedGreeks(math, found.terms, volatility),
    greeksSource: 'computed',
    receipt: { ...found.base, volatility, volatilitySource: 'feed' },
  };
}

/** Both from the price that the quote states. */
function fromPrice(math: OptionMath, input: ValuationInput, at: Instant): Computed {
  const price = quotedPrice(input.snapshot);
  if (typeof price === 'string') return { noVolatility: price };
  const found = priceable(input, at);
  if (typeof found === 'string') return { noVolatility: found };
  const implied = math.impliedVolatility({ ...found.terms, price: toNumber(price) });
  if (!implied.ok) return { noVolatility: implied.reason };
  const { volatility, relativeUncertainty } = implied;
  return {
    impliedVolatility: volatility,
    volatilitySource: 'computed',
    greeks: quotedGreeks(math, found.terms, volatility),
    greeksSource: 'computed',
    receipt: { ...found.base, price, volatility, volatilitySource: 'computed', relativeUncertainty },
  };
}

/**
 * A quote with implied volatility and greeks: the feed's where it gives them, the core's where it does not, and where neither can, none and
 * the reason. Values are as of the quote's own time.
 */
export function valueQuote(math: OptionMath, input: ValuationInput): OptionQuote {
  const { impliedVolatility, greeks, ...quote } = input.snapshot;
  const at = quote.quotedAt ?? input.underlying?.at;
  const given = impliedVolatility !== undefined && impliedVolatility > 0 ? impliedVolatility : undefined;
  if (given !== undefined && greeks !== undefined) {
    return { ...quote, impliedVolatility: given, volatilitySource: 'feed', greeks, greeksSource: 'feed' };
  }
  const computed: Computed =
    at === undefined
      ? { noVolatility: 'NoQuote' }
      : given === undefined
        ? fromPrice(math, input, at)
        : fromFeedVolatility(math, input, given, at);
  return { ...quote, ...computed, ...(greeks === undefined ? {} : { greeks, greeksSource: 'feed' }) };
}
