import { divide, format } from '../../money/fixed.ts';
import type { Ratio } from '../../money/fixed.ts';
import type { Denial } from '../../orders/order.ts';
import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import { tailOf } from '../value-at-risk.ts';
import type { Tail } from '../value-at-risk.ts';
import { EQUITY_UNKNOWN, EXPOSURE_UNKNOWN, ratioDenial, unknownDenial } from './denial.ts';

/** What a figure at 1e-12 has to be multiplied by to meet a limit at 1e-9. */
const FINER = 1_000n;

function lazily<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => (done ??= { value: work() }).value;
}

/** Value at risk and expected shortfall of one day, where the order raises them. */
export const valueAtRisk: Control = (input, context) => {
  const { valueAtRiskRatioMax, expectedShortfallRatioMax } = context.limits;
  if (!input.isEntry || (isUnlimited(valueAtRiskRatioMax) && isUnlimited(expectedShortfallRatioMax))) return [];
  const unknown = (why: string): readonly Denial[] => [unknownDenial('ValueAtRisk', 'ratio', format(valueAtRiskRatioMax), why)];
  const { equity } = input;
  if (equity === undefined) return unknown(EQUITY_UNKNOWN);
  const after = input.reference === undefined ? undefined : tailOf(input.after, equity, context);
  if (after === undefined) return unknown(EXPOSURE_UNKNOWN);
  // Only what is beyond a limit asks what it was before. Figures that were not known before are held to the limit.
  const before = lazily(() => tailOf(input.before, equity, context));
  const raises = (figure: keyof Tail): boolean => {
    const was = before();
    return was === undefined || after[figure] > was[figure];
  };
  const denials: Denial[] = [];
  if (after.valueAtRisk > valueAtRiskRatioMax * FINER && raises('valueAtRisk')) {
    const actual = divide(after.valueAtRisk, FINER, 'ceil') as Ratio;
    denials.push(ratioDenial('ValueAtRisk', 'Value at risk of one day', valueAtRiskRatioMax, actual));
  }
  if (after.fiveShortfalls > expectedShortfallRatioMax * FINER * 5n && raises('fiveShortfalls')) {
    const actual = divide(after.fiveShortfalls, FINER * 5n, 'ceil') as Ratio;
    denials.push(ratioDenial('ValueAtRisk', 'Expected shortfall of one day', expectedShortfallRatioMax, actual));
  }
  return denials;
};
