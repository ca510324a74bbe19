import { ratioFromNumber } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { Mark, OptionFigures } from '../risk/types.ts';
import type { OptionQuote, UnderlyingPrice } from './quote.ts';
import { middle } from './valuation.ts';

const NOTHING = 0n as Price;

/** Figures of a quote as the engine keeps them: none without greeks. They are as old as the quote that they are from. */
function figuresOf(quote: OptionQuote, at: Instant, underlying: UnderlyingPrice | undefined): OptionFigures | undefined {
  const { greeks, greeksSource, impliedVolatility, receipt } = quote;
  if (greeks === undefined || greeksSource === undefined) return undefined;
  const spot = receipt?.spot ?? underlying?.price;
  return {
    delta: ratioFromNumber(greeks.delta),
    gamma: ratioFromNumber(greeks.gamma),
    theta: ratioFromNumber(greeks.theta),
    vega: ratioFromNumber(greeks.vega),
    ...(impliedVolatility === undefined ? {} : { impliedVolatility: ratioFromNumber(impliedVolatility) }),
    ...(spot === undefined ? {} : { underlyingPrice: spot }),
    source: greeksSource,
    at,
  };
}

/**
 * The mark of a quote, with its greeks. A side that nobody quotes is written as zero: such a mark opens nothing, and what is held is counted at the middle of
 * nothing and the ask, or at the bid. `undefined` of a quote that has no time, or no side at all.
 */
export function markOf(quote: OptionQuote, underlying: UnderlyingPrice | undefined): Mark | undefined {
  const { quotedAt: at, bid = NOTHING, ask = NOTHING } = quote;
  if (at === undefined || (bid <= 0n && ask <= 0n)) return undefined;
  const option = figuresOf(quote, at, underlying);
  const price = ask > 0n ? middle(bid, ask) : bid;
  return { price, bid, ask, at, basis: 'quote', ...(option === undefined ? {} : { option }) };
}
