import { format } from '../../money/fixed.ts';
import type { Control } from '../control-input.ts';
import { priceDenial, REFERENCE_UNKNOWN, unknownDenial } from './denial.ts';

/** ref at least the minimum; a minimum of zero switches the control off. */
export const minimumPrice: Control = ({ isEntry, reference }, { limits }) => {
  const limit = limits.minimumPriceUsdMin;
  if (!isEntry || limit <= 0n) return [];
  if (reference === undefined) return [unknownDenial('MinimumPrice', 'price', format(limit), REFERENCE_UNKNOWN)];
  if (reference >= limit) return [];
  return [priceDenial('MinimumPrice', 'The price', limit, reference)];
};
