import { format } from '../../money/fixed.ts';
import type { Control } from '../control-input.ts';
import { worstValue } from '../exposure.ts';
import { isUnlimited } from '../limits.ts';
import { shareOf } from '../order-risk.ts';
import { EQUITY_UNKNOWN, ratioDenial, REFERENCE_UNKNOWN, unknownDenial } from './denial.ts';

/** abs(position + open orders) / E of one symbol, at the worst; a broad fund has a limit of its own. */
export const concentration: Control = (input, { limits }) => {
  const limit = input.instrument?.broad === true ? limits.concentrationBroadRatioMax : limits.concentrationRatioMax;
  if (!input.isEntry || isUnlimited(limit)) return [];
  const exposure = input.after.bySymbol.get(input.intent.symbol);
  const worst = input.reference === undefined || exposure === undefined ? undefined : worstValue(exposure);
  if (worst === undefined) return [unknownDenial('Concentration', 'ratio', format(limit), REFERENCE_UNKNOWN)];
  if (input.equity === undefined) return [unknownDenial('Concentration', 'ratio', format(limit), EQUITY_UNKNOWN)];
  if (worst <= limit * input.equity) return [];
  return [ratioDenial('Concentration', `The share of equity in ${input.intent.symbol}`, limit, shareOf(worst, input.equity))];
};
