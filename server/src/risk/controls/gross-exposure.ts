import { format } from '../../money/fixed.ts';
import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import { shareOf } from '../order-risk.ts';
import { EQUITY_UNKNOWN, EXPOSURE_UNKNOWN, ratioDenial, unknownDenial } from './denial.ts';

/** Σ over symbols of the worst case of position and open orders / E. One unpriced symbol leaves the sum unknown. */
export const grossExposure: Control = (input, { limits }) => {
  const limit = limits.grossExposureRatioMax;
  if (!input.isEntry || isUnlimited(limit)) return [];
  const gross = input.reference === undefined ? undefined : input.after.gross;
  if (gross === undefined) return [unknownDenial('GrossExposure', 'ratio', format(limit), EXPOSURE_UNKNOWN)];
  if (input.equity === undefined) return [unknownDenial('GrossExposure', 'ratio', format(limit), EQUITY_UNKNOWN)];
  if (gross <= limit * input.equity) return [];
  return [ratioDenial('GrossExposure', 'Gross exposure as a share of equity', limit, shareOf(gross, input.equity))];
};
