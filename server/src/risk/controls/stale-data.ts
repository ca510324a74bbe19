import { formatDuration } from '../../money/instant.ts';
import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import { markAgeMsMax } from '../valuation.ts';
import { unknownDenial } from './denial.ts';

/** Age of the reference price. No price, a crossed or zero quote, or a stamp in the future is stale. */
export const staleData: Control = ({ isEntry, liquid, markAgeMs, reference }, { limits, marketOpen }) => {
  const limit = markAgeMsMax(limits, liquid, marketOpen);
  if (!isEntry || isUnlimited(limit)) return [];
  if (reference === undefined || markAgeMs === undefined) {
    return [unknownDenial('StaleData', 'ms', String(limit), 'the symbol has no price, a crossed quote, or one from the future')];
  }
  if (markAgeMs <= limit) return [];
  return [
    {
      code: 'StaleData',
      message: `The price is ${formatDuration(markAgeMs)} old; the limit is ${formatDuration(limit)}.`,
      limit: String(limit),
      actual: String(markAgeMs),
      unit: 'ms',
    },
  ];
};
