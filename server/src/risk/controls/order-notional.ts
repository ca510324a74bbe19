import { format, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Denial } from '../../orders/order.ts';
import type { Control, ControlInput } from '../control-input.ts';
import { halved, isUnlimited } from '../limits.ts';
import type { Limits } from '../limits.ts';
import { moneyOf, shareOf } from '../order-risk.ts';
import { worstPrice } from '../valuation.ts';
import type { ExactMoney } from '../valuation.ts';
import { EQUITY_UNKNOWN, moneyDenial, ratioDenial, REFERENCE_UNKNOWN, unknownDenial } from './denial.ts';

/** qty · multiplier · max(own price, ref), against dollars and against a share of E; in the HALF state against half of each. */
export const orderNotional: Control = (input, { limits }) => {
  if (!input.isEntry) return [];
  const parts = input.half ? 2n : 1n;
  return [...inDollars(input, limits, parts), ...ofEquity(input, limits, parts)];
};

/** Quantity × multiplier × the higher of own price and reference; `undefined` without a reference. */
const notionalOf = ({ intent, reference, multiplier }: ControlInput): ExactMoney | undefined => {
  const worst = reference === undefined ? undefined : worstPrice(intent, reference);
  return worst === undefined ? undefined : ((intent.quantity * multiplier * worst) as ExactMoney);
};

function inDollars(input: ControlInput, limits: Limits, parts: bigint): readonly Denial[] {
  const full = limits.orderNotionalUsdMax;
  if (isUnlimited(full)) return [];
  const limit = parts === 2n ? halved(full) : full;
  const notional = notionalOf(input);
  if (notional === undefined) return [unknownDenial('OrderNotional', 'usd', format(limit), REFERENCE_UNKNOWN)];
  if (notional * parts <= full * UNITS_PER_ONE) return [];
  return [moneyDenial('OrderNotional', 'The size of the order', limit, moneyOf(notional))];
}

function ofEquity(input: ControlInput, limits: Limits, parts: bigint): readonly Denial[] {
  const full = limits.orderNotionalRatioMax;
  if (isUnlimited(full)) return [];
  const limit = parts === 2n ? halved(full) : full;
  const notional = notionalOf(input);
  if (notional === undefined) return [unknownDenial('OrderNotional', 'ratio', format(limit), REFERENCE_UNKNOWN)];
  if (input.equity === undefined) return [unknownDenial('OrderNotional', 'ratio', format(limit), EQUITY_UNKNOWN)];
  if (notional * parts <= full * input.equity) return [];
  return [ratioDenial('OrderNotional', 'The size of the order as a share of equity', limit, shareOf(notional, input.equity))];
}
