import { divide, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Price, Ratio } from '../../money/fixed.ts';
import type { Side } from '../../orders/order.ts';
import { percent } from '../limits.ts';
import type { Limits } from '../limits.ts';
import { CALM } from './verdict.ts';
import type { Verdict } from './verdict.ts';

export const SLIPPAGE_FILLS = 20;

/** What a fill cost more than the price that the order had seen, as a share of it; a gain is negative. */
export function slippageOf(side: Side, paid: Price, arrival: Price): Ratio {
  const worse = side === 'buy' ? paid - arrival : arrival - paid;
  return divide(worse * UNITS_PER_ONE, arrival, 'ceil') as Ratio;
}

export const withSlippage = (fills: readonly Ratio[], slippage: Ratio): readonly Ratio[] => [...fills, slippage].slice(-SLIPPAGE_FILLS);

/** Mean of the last twenty fills; fewer say nothing yet. */
export function slippage(fills: readonly Ratio[], { slippageRatioMax: limit }: Limits): Verdict {
  if (fills.length < SLIPPAGE_FILLS) return CALM;
  const total = fills.reduce<bigint>((sum, each) => sum + each, 0n);
  if (total <= limit * BigInt(SLIPPAGE_FILLS)) return CALM;
  const mean = divide(total, BigInt(SLIPPAGE_FILLS), 'ceil') as Ratio;
  return {
    effect: 'pause',
    because: `The last ${SLIPPAGE_FILLS} fills cost ${percent(mean)} more than expected; the limit is ${percent(limit)}.`,
  };
}
