import { isOptionSymbol } from '../../instruments/option-symbol.ts';
import { multiplierOf } from '../../instruments/worth.ts';
import { divide, format, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Ratio } from '../../money/fixed.ts';
import type { Control, ControlInput } from '../control-input.ts';
import type { Exposure } from '../exposure.ts';
import { isUnlimited } from '../limits.ts';
import type { RiskContext } from '../types.ts';
import { countedPrice } from '../valuation.ts';
import { EQUITY_UNKNOWN, ratioDenial, unknownDenial } from './denial.ts';

const ONE = UNITS_PER_ONE as Ratio;

/** Σ of units × shares of a unit × delta × beta × price of what it follows, in dollars at 1e-36; `undefined` where a figure is missing. */
export function weightedDelta(exposure: Exposure, { options, profiles, marks }: RiskContext): bigint | undefined {
  let total = 0n;
  for (const { symbol, position, opened } of exposure.bySymbol.values()) {
    const units = position + opened;
    if (units === 0n) continue;
    const contract = options?.contracts.get(symbol);
    const delta = contract === undefined ? (isOptionSymbol(symbol) ? undefined : ONE) : options?.deltas.get(symbol);
    const follows = contract?.underlying ?? symbol;
    const price = countedPrice(marks.get(follows));
    if (delta === undefined || price === undefined) return undefined;
    total += units * multiplierOf(symbol) * delta * (profiles.get(follows)?.beta ?? ONE) * price;
  }
  return total;
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
/** From dollars at 1e-36 to a limit and an equity at 1e-9 each. */
const FINER = 10n ** 18n;

const holdsOptions = ({ after }: ControlInput): boolean => after.bySymbol.keys().some(isOptionSymbol);

/** Net beta-weighted delta / E while options are held or ordered, where the order raises it. */
export const greeks: Control = (input, context) => {
  const limit = context.limits.greeksDeltaRatioMax;
  if (!input.isEntry || isUnlimited(limit) || !holdsOptions(input)) return [];
  const after = weightedDelta(input.after, context);
  if (after === undefined) return [unknownDenial('Greeks', 'ratio', format(limit), 'the delta or the price of an option is not known')];
  if (input.equity === undefined) return [unknownDenial('Greeks', 'ratio', format(limit), EQUITY_UNKNOWN)];
  const before = weightedDelta(input.before, context);
  if (before !== undefined && absolute(after) <= absolute(before)) return [];
  if (absolute(after) <= limit * input.equity * FINER) return [];
  const actual = divide(absolute(after), input.equity * FINER, 'ceil') as Ratio;
  return [ratioDenial('Greeks', 'Net delta as a share of equity', limit, actual)];
};
