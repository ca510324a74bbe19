import { format } from '../../money/fixed.ts';
import type { Control } from '../control-input.ts';
import { heat } from '../heat.ts';
import { isUnlimited } from '../limits.ts';
import { orderRisk, orderRiskRatio } from '../order-risk.ts';
import type { FineMoney } from '../valuation.ts';
import { EQUITY_UNKNOWN, EXPOSURE_UNKNOWN, ratioDenial, unknownDenial } from './denial.ts';

/** Σ of what positions, open entries and this order can lose / E. */
export const portfolioHeat: Control = (input, context) => {
  const limit = context.limits.portfolioHeatRatioMax;
  if (!input.isEntry || isUnlimited(limit)) return [];
  const others = heat(context, input.intent.id);
  const own = orderRisk(input);
  if (others === undefined || own === undefined) return [unknownDenial('PortfolioHeat', 'ratio', format(limit), EXPOSURE_UNKNOWN)];
  if (input.equity === undefined) return [unknownDenial('PortfolioHeat', 'ratio', format(limit), EQUITY_UNKNOWN)];
  const total = (others + own) as FineMoney;
  // Risk is at 1e-27, limit and equity at 1e-9 each: one more 1e9 makes both sides alike.
  if (total <= limit * input.equity * 1_000_000_000n) return [];
  return [ratioDenial('PortfolioHeat', 'What all positions and orders can lose', limit, orderRiskRatio(total, input.equity))];
};
