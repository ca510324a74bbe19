import type { EngineState } from '../engine/state.ts';
import { newYorkDate } from '../instruments/calendar.ts';
import type { OptionTerms } from '../instruments/instrument.ts';
import { daysToExpiry } from '../instruments/option-contract.ts';
import { multiplierOf } from '../instruments/worth.ts';
import { toNumber } from '../money/fixed.ts';
import { positionGreeks } from '../options/position-greeks.ts';
import type { PositionGreeks } from '../options/position-greeks.ts';
import type { OptionFigures } from '../risk/types.ts';
import type { Position } from './position.ts';

/** What a position in an option is, and how it moves: nothing of it is zero because it is not known. */
export interface PositionOption {
  readonly symbol: string;
  readonly terms: OptionTerms;
  readonly daysToExpiry: number;
  /** Of one share, as they came with the newest quote. */
  readonly figures: OptionFigures | undefined;
  /** Of the whole position, in dollars, at the underlying's price of then. */
  readonly greeks: PositionGreeks | undefined;
}

function greeksOf({ symbol, quantity }: Position, terms: OptionTerms, figures: OptionFigures | undefined): PositionGreeks | undefined {
  if (figures?.underlyingPrice === undefined) return undefined;
  const { delta, gamma, theta, vega, underlyingPrice } = figures;
  const greeks = { delta: toNumber(delta), gamma: toNumber(gamma), theta: toNumber(theta), vega: toNumber(vega) };
  const multiplier = Number(multiplierOf(symbol));
  return positionGreeks(
    { symbol, underlying: terms.underlying, quantity: toNumber(quantity), multiplier, greeks, isOption: true },
    toNumber(underlyingPrice),
  );
}

/** `undefined` of everything that is no option. */
export function optionOf(position: Position, { instruments, marks, now }: EngineState): PositionOption | undefined {
  const terms = instruments.get(position.symbol)?.option;
  if (terms === undefined) return undefined;
  const figures = marks.get(position.symbol)?.option;
  const days = daysToExpiry(terms.expiresOn, newYorkDate(now));
  return { symbol: position.symbol, terms, daysToExpiry: days, figures, greeks: greeksOf(position, terms, figures) };
}
