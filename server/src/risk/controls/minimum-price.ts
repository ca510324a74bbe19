import { format } from '../../money/fixed.ts';
import type { Control } from '../control-input.ts';
import { referencePrice } from '../valuation.ts';
import { priceDenial, REFERENCE_UNKNOWN, unknownDenial } from './denial.ts';

/** ref at least the minimum, of an option that of its underlying; a minimum of zero switches the control off. */
export const minimumPrice: Control = ({ isEntry, reference: own, follows, intent }, { limits, marks }) => {
  const limit = limits.minimumPriceUsdMin;
  if (!isEntry || limit <= 0n) return [];
  const reference = follows === intent.symbol ? own : referencePrice(marks.get(follows));
  if (reference === undefined) return [unknownDenial('MinimumPrice', 'price', format(limit), REFERENCE_UNKNOWN)];
  if (reference >= limit) return [];
  return [priceDenial('MinimumPrice', 'The price', limit, reference)];
};
