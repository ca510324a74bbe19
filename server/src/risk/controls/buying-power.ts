import { divide, format } from '../../money/fixed.ts';
import type { Ratio } from '../../money/fixed.ts';
import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import { EXPOSURE_UNKNOWN, ratioDenial, unknownDenial } from './denial.ts';

/** Cost of this order's entry and of the open entries the broker does not hold yet / the broker's buying power. */
export const buyingPower: Control = (input, context) => {
  const limit = context.limits.buyingPowerRatioMax;
  if (!input.isEntry || isUnlimited(limit)) return [];
  const cost = input.reference === undefined ? undefined : input.after.reservedCost;
  if (cost === undefined) return [unknownDenial('BuyingPower', 'ratio', format(limit), EXPOSURE_UNKNOWN)];
  const power = context.buyingPower;
  if (power === undefined || power <= 0n)
    return [unknownDenial('BuyingPower', 'ratio', format(limit), 'the broker reports no buying power')];
  // cost is at 1e-27, limit and buying power at 1e-9 each: one more 1e9 makes both sides alike.
  if (cost <= limit * power * 1_000_000_000n) return [];
  const actual = divide(cost, power * 1_000_000_000n, 'ceil') as Ratio;
  return [ratioDenial('BuyingPower', 'The share of buying power in use', limit, actual)];
};
