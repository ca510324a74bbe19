import { divide, format } from '../../money/fixed.ts';
import type { Ratio } from '../../money/fixed.ts';
import type { Denial } from '../../orders/order.ts';
import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import { tailOf } from '../value-at-risk.ts';
import { EQUITY_UNKNOWN, EXPOSURE_UNKNOWN, ratioDenial, unknownDenial } from './denial.ts';

/** What a figure at 1e-12 has to be multiplied by to meet a limit at 1e-9. */
const FINER = 1_000n;

/** Value at risk and expected shortfall of one day, where the order raises them. */
export const valueAtRisk: Control = (input, context) => {
  const { valueAtRiskRatioMax, expectedShortfallRatioMax } = context.limits;
  if (!input.isEntry || (isUnlimited(valueAtRiskRatioMax) && isUnlimited(expectedShortfallRatioMax))) return [];
  const unknown = (why: string): readonly Denial[] => [unknownDenial('ValueAtRisk', 'ratio', format(valueAtRiskRatioMax), why)];
  if (input.equity === undefined) return unknown(EQUITY_UNKNOWN);
  const after = input.reference === undefined ? undefined : tailOf(input.after, input.equity, context.profiles);
  if (after === undefined) return unknown(EXPOSURE_UNKNOWN);
  const before = tailOf(input.before, input.equity, context.profiles);
  // An account whose figures are not known before the order, but are with it, was never measured: it is held to the limit.
  const raises = (figure: 'valueAtRisk' | 'fiveShortfalls'): boolean => before === undefined || after[figure] > before[figure];
  const denials: Denial[] = [];
  if (raises('valueAtRisk') && after.valueAtRisk > valueAtRiskRatioMax * FINER) {
    const actual = divide(after.valueAtRisk, FINER, 'ceil') as Ratio;
    denials.push(ratioDenial('ValueAtRisk', 'Value at risk of one day', valueAtRiskRatioMax, actual));
  }
  if (raises('fiveShortfalls') && after.fiveShortfalls > expectedShortfallRatioMax * FINER * 5n) {
    const actual = divide(after.fiveShortfalls, FINER * 5n, 'ceil') as Ratio;
    denials.push(ratioDenial('ValueAtRisk', 'Expected shortfall of one day', expectedShortfallRatioMax, actual));
  }
  return denials;
};
