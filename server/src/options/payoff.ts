import type { OptionRight } from '../instruments/option-symbol.ts';
import { UNITS_PER_ONE } from '../money/fixed.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import { notional } from '../money/money.ts';

/** One holding or leg of one underlying. */
export type PayoffLeg =
  | {
      readonly kind: 'option';
      readonly right: OptionRight;
      readonly strike: Price;
      /** New York date. */
      readonly expiresOn: string;
      /** Signed contracts. */
      readonly quantity: Quantity;
      /** Units of the underlying that a contract stands for. */
      readonly multiplier: number;
      /** Paid or received for one unit. */
      readonly price: Price;
    }
  | { readonly kind: 'shares'; readonly quantity: Quantity; readonly price: Price };

export type OptionLeg = Extract<PayoffLeg, { kind: 'option' }>;

/** What the legs can win and lose, at expiry and after what they cost. `undefined` is without bound. */
export interface Payoff {
  readonly maxLoss: Money | undefined;
  readonly maxGain: Money | undefined;
  /** What the legs cost; below zero they bring in. */
  readonly cost: Money;
}

const intrinsic = ({ right, strike }: OptionLeg, at: bigint): bigint => {
  const value = right === 'call' ? at - strike : strike - at;
  return value > 0n ? value : 0n;
};

/** What a leg has won when the underlying ends at a price, in dollars at 1e-9. */
export function legResult(leg: PayoffLeg, at: Price): Money {
  if (leg.kind === 'shares') return notional(leg.quantity, (at - leg.price) as Price);
  return (notional(leg.quantity, (intrinsic(leg, at) - leg.price) as Price) * BigInt(leg.multiplier)) as Money;
}

const resultAt = (legs: readonly PayoffLeg[], at: bigint): bigint => legs.reduce((total, leg) => total + legResult(leg, at as Price), 0n);

/** Units by which the whole gains with each dollar beyond the last strike. */
const slopeBeyond = (legs: readonly PayoffLeg[]): bigint =>
  legs.reduce((total, leg) => {
    if (leg.kind === 'shares') return total + leg.quantity;
    return leg.right === 'call' ? total + leg.quantity * BigInt(leg.multiplier) : total;
  }, 0n);

/**
 * The payoff of legs that expire together is a broken line over the underlying's price, from nothing upward: its extremes lie at nothing, at a
 * strike, or beyond every price.
 */
export function payoffOf(legs: readonly PayoffLeg[]): Payoff {
  const corners = [0n, ...legs.flatMap((leg) => (leg.kind === 'option' ? [leg.strike as bigint] : []))];
  const results = corners.map((at) => resultAt(legs, at));
  const slope = slopeBeyond(legs);
  const lowest = results.reduce((least, value) => (value < least ? value : least));
  const highest = results.reduce((most, value) => (value > most ? value : most));
  const cost = legs.reduce(
    (total, leg) => total + (leg.quantity * leg.price * (leg.kind === 'option' ? BigInt(leg.multiplier) : 1n)) / UNITS_PER_ONE,
    0n,
  );
  return {
    maxLoss: slope < 0n ? undefined : ((lowest < 0n ? -lowest : 0n) as Money),
    maxGain: slope > 0n ? undefined : ((highest > 0n ? highest : 0n) as Money),
    cost: cost as Money,
  };
}
