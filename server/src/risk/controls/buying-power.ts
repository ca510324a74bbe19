import { isOptionSymbol } from '../../instruments/option-symbol.ts';
import { divide, format } from '../../money/fixed.ts';
import type { Money, Ratio } from '../../money/fixed.ts';
import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import type { RiskContext } from '../types.ts';
import { EXPOSURE_UNKNOWN, ratioDenial, unknownDenial } from './denial.ts';

/** Nobody lends on options: they are bought with what the broker would lend, and no more than the cash that is there. */
function powerFor(symbol: string, { buyingPower: lent, cash }: RiskContext): Money | undefined {
  return isOptionSymbol(symbol) && lent !== undefined && cash !== undefined && cash < lent ? cash : lent;
}

/** Cost of this order's entry and of the open entries the broker does not hold yet / the broker's buying power. */
export const buyingPower: Control = (input, context) => {
  const limit = context.limits.buyingPowerRatioMax;
  if (!input.isEntry || isUnlimited(limit)) return [];
  const cost = input.reference === undefined ? undefined : input.after.reservedCost;
  if (cost === undefined) return [unknownDenial('BuyingPower', 'ratio', format(limit), EXPOSURE_UNKNOWN)];
  const power = powerFor(input.intent.symbol, context);
  if (power === undefined || power <= 0n) return [unknownDenial('BuyingPower', 'ratio', format(limit), 'there is no buying power')];
  // cost is at 1e-27, limit and buying power at 1e-9 each: one more 1e9 makes both sides alike.
  if (cost <= limit * power * 1_000_000_000n) return [];
  const actual = divide(cost, power * 1_000_000_000n, 'ceil') as Ratio;
  return [ratioDenial('BuyingPower', 'The share of buying power in use', limit, actual)];
};
