import { format } from '../../money/fixed.ts';
import type { Control } from '../control-input.ts';
import { moneyDenial, unknownDenial } from './denial.ts';

/** Average dollar volume of 20 days, of an option that of its underlying: a position must find a buyer again. */
export const minimumLiquidity: Control = ({ isEntry, follows }, { limits, profiles }) => {
  const limit = limits.minimumLiquidityUsdMin;
  if (!isEntry || limit === 0n) return [];
  const volume = profiles.get(follows)?.averageDollarVolume20;
  if (volume === undefined) {
    return [unknownDenial('MinimumLiquidity', 'usd', format(limit), 'the average dollar volume over 20 days is not known')];
  }
  return volume >= limit ? [] : [moneyDenial('MinimumLiquidity', 'The average dollar volume over 20 days', limit, volume)];
};
