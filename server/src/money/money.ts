import { divide, UNITS_PER_ONE } from './fixed.ts';
import type { Fixed, Money, Price, Quantity, Ratio, Rounding } from './fixed.ts';

export const ZERO_MONEY = 0n as Money;
export const ZERO_QUANTITY = 0n as Quantity;
export const ONE = UNITS_PER_ONE as Ratio;

/** Signed quantity × price in dollars, half-even at 1e-9. */
export const notional = (size: Quantity, at: Price): Money => divide(size * at, UNITS_PER_ONE, 'half-even') as Money;

export const add = <T extends Fixed>(left: T, right: T): T => (left + right) as T;
export const subtract = <T extends Fixed>(left: T, right: T): T => ((left as bigint) - (right as bigint)) as T;
export const negate = <T extends Fixed>(value: T): T => (0n - value) as T;
export const abs = <T extends Fixed>(value: T): T => (value < 0n ? -(value as bigint) : value) as T;
export const min = <T extends Fixed>(left: T, right: T): T => (left < right ? left : right);
export const max = <T extends Fixed>(left: T, right: T): T => (left > right ? left : right);
export const sum = <T extends Fixed>(values: Iterable<T>): T => {
  let total = 0n;
  for (const value of values) total += value;
  return total as T;
};

/** `value` × `factor`, rounded at 1e-9. */
export const scale = <T extends Fixed>(value: T, factor: Ratio, rounding: Rounding = 'half-even'): T =>
  divide(value * factor, UNITS_PER_ONE, rounding) as T;

/** `part` / `whole` as a ratio at 1e-9; `undefined` where `whole` is zero. Both must have the same dimension. */
export const share = <T extends Fixed>(part: T, whole: T, rounding: Rounding = 'half-even'): Ratio | undefined =>
  whole === 0n ? undefined : (divide(part * UNITS_PER_ONE, whole, rounding) as Ratio);

/** Money ÷ price: how many units it buys, rounded at 1e-9 toward zero. */
export const unitsFor = (amount: Money, at: Price): Quantity => divide(amount * UNITS_PER_ONE, at, 'toward-zero') as Quantity;

/** Money ÷ quantity: the price of one, half-even at 1e-9. */
export const priceOf = (amount: Money, size: Quantity): Price => divide(amount * UNITS_PER_ONE, size, 'half-even') as Price;

/** The nearest multiple of `tick` in the direction of `rounding`. */
export const roundToTick = (value: Price, tick: Price, rounding: Rounding): Price => (divide(value, tick, rounding) * tick) as Price;

/** The multiple of `lot` next toward zero (or as `rounding` says). */
export const roundToLot = (size: Quantity, lot: Quantity, rounding: Rounding = 'toward-zero'): Quantity =>
  (divide(size, lot, rounding) * lot) as Quantity;
