import { format } from '../../money/fixed.ts';
import type { Control } from '../control-input.ts';
import { halved, isUnlimited } from '../limits.ts';
import { orderRisk, orderRiskRatio } from '../order-risk.ts';
import { EQUITY_UNKNOWN, ratioDenial, REFERENCE_UNKNOWN, unknownDenial } from './denial.ts';

/** Order risk / E. In the HALF state against half of the limit. */
export const orderRiskControl: Control = (input, { limits }) => {
  const full = limits.orderRiskRatioMax;
  if (!input.isEntry || isUnlimited(full)) return [];
  const { half } = input;
  const limit = half ? halved(full) : full;
  const risk = orderRisk(input);
  if (risk === undefined) return [unknownDenial('OrderRisk', 'ratio', format(limit), REFERENCE_UNKNOWN)];
  if (input.equity === undefined) return [unknownDenial('OrderRisk', 'ratio', format(limit), EQUITY_UNKNOWN)];
  // risk is at 1e-27, limit and equity at 1e-9 each: one more 1e9 makes both sides alike.
  const allowed = full * input.equity * 1_000_000_000n;
  if ((half ? risk * 2n : risk) <= allowed) return [];
  return [ratioDenial('OrderRisk', 'What the order can lose', limit, orderRiskRatio(risk, input.equity))];
};
