import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';

/** Symbols held or ordered, this order's included. */
export const openPositions: Control = ({ isEntry, after }, { limits }) => {
  const limit = limits.openPositionsMax;
  if (!isEntry || isUnlimited(limit) || after.count <= limit) return [];
  return [
    {
      code: 'OpenPositions',
      message: `The account would have ${after.count} symbols held or ordered; the limit is ${limit}.`,
      limit: String(limit),
      actual: String(after.count),
      unit: 'count',
    },
  ];
};
