import type { WishMeasure } from '@tidemark/compute/types';
import { divide, moneyFromNumber, quantityFromNumber, ratioFromNumber, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import { ONE, roundToLot, scale, unitsFor, ZERO_QUANTITY } from '../money/money.ts';
import { FIXED_MAX } from '../risk/valuation.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';
import type { Signal } from './state.ts';

const ONE_UNIT = UNITS_PER_ONE as Quantity;

/** Why an amount cannot be turned into units. */
export type Unsizable = 'no close at the signal' | 'no equity at the signal' | 'no account that could hold so many units';

/** A broker's quantity has no more digits. */
const UNITS_MAX = FIXED_MAX;

/** How much of a symbol: signed, counted in what `measure` says. */
export interface Amount {
  readonly symbol: string;
  readonly measure: WishMeasure;
  readonly amount: number;
}

/**
 * Signed units of an amount, toward zero to whole units or to the instrument's lot. `exposure`: × the size policy; `weight`: × equity at the signal
 * ÷ close; `notional`: ÷ close; `units`: as they are. The size policy `equity` is exposure × fraction × equity at the signal ÷ close.
 */
export function desiredUnits(config: StrategyConfig, amount: Amount, signal: Signal | undefined, lot: Quantity): Quantity | Unsizable {
  const units = countedUnits(config, amount, signal, lot);
  return typeof units === 'string' || (units <= UNITS_MAX && units >= -UNITS_MAX) ? units : 'no account that could hold so many units';
}

function countedUnits(
  config: StrategyConfig,
  { symbol, measure, amount }: Amount,
  signal: Signal | undefined,
  lot: Quantity,
): Quantity | Unsizable {
  const step = config.wholeUnits ? ONE_UNIT : lot;
  if (amount === 0) return ZERO_QUANTITY;
  if (measure === 'units') return roundToLot(quantityFromNumber(amount), step);
  if (measure === 'exposure' && config.size.kind === 'units')
    return roundToLot(scale(config.size.units, ratioFromNumber(amount), 'toward-zero'), step);
  const close = signal?.closes.get(symbol);
  if (signal === undefined || close === undefined) return 'no close at the signal';
  if (measure === 'notional') return roundToLot(unitsFor(moneyFromNumber(amount), close), step);
  if (signal.equity <= 0n) return 'no equity at the signal';
  const fraction = measure === 'exposure' && config.size.kind === 'equity' ? config.size.fraction : ONE;
  return roundToLot(unitsOf(signal.equity, fraction, ratioFromNumber(amount), close), step);
}

/** equity × fraction × exposure ÷ close in one division, so that nothing is rounded twice. */
const unitsOf = (equity: Money, fraction: Ratio, exposure: Ratio, close: Price): Quantity =>
  exposure === ONE
    ? unitsFor(scale(equity, fraction, 'toward-zero'), close)
    : (divide(equity * fraction * exposure, close * UNITS_PER_ONE, 'toward-zero') as Quantity);
