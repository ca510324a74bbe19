import { divide, format, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Ratio } from '../../money/fixed.ts';
import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import { ratioDenial, unknownDenial } from './denial.ts';

/** Quantity / average volume of 20 days, of an option the shares that it stands for: what is large beside the market moves it. */
export const orderVolume: Control = ({ isEntry, intent, follows, multiplier }, { limits, profiles }) => {
  const limit = limits.orderVolumeRatioMax;
  if (!isEntry || isUnlimited(limit)) return [];
  const volume = profiles.get(follows)?.averageVolume20;
  if (volume === undefined || volume <= 0n) {
    return [unknownDenial('OrderVolume', 'ratio', format(limit), 'the average volume over 20 days is not known')];
  }
  const shares = intent.quantity * multiplier;
  if (shares * UNITS_PER_ONE <= limit * volume) return [];
  const actual = divide(shares * UNITS_PER_ONE, volume, 'ceil') as Ratio;
  return [ratioDenial('OrderVolume', 'The share of the daily volume', limit, actual)];
};
