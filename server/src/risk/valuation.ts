import type { Instrument } from '../instruments/instrument.ts';
import { divide, money, price, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Money, Price, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { Brand } from '../money/brand.ts';
import type { OrderIntent } from '../orders/order.ts';
import type { Limits } from './limits.ts';
import type { InstrumentProfile, Mark } from './types.ts';

/** Dollars at 1e-18: quantity × price before any rounding, so that comparing with a limit is exact. */
export type ExactMoney = Brand<bigint, 'ExactMoney'>;
/** Dollars at 1e-27: an exact amount × a ratio, still unrounded. */
export type FineMoney = Brand<bigint, 'FineMoney'>;

/** Equity is trusted for this long after its reconcile. */
export const EQUITY_AGE_MS_MAX = 60_000;
/** A mark or an equity stamped later than now by more than this comes from a wrong clock, and counts as stale. */
export const CLOCK_SKEW_MS_MAX = 1_000;
/** Average daily dollar volume over 20 days from which a symbol is liquid: tighter collar, fresher price. */
export const LIQUID_DOLLAR_VOLUME_MIN: Money = money('50000000');
/** Collar of exits: wide enough to get out, tight enough to catch a slipped digit. */
export const EXIT_COLLAR: Ratio = (UNITS_PER_ONE / 10n) as Ratio;

/** The bound on what a broker's price and quantity can be: what decimal text can hold. */
export const FIXED_MAX = 10n ** 27n;

const PENNY_FROM = price('1');
const SUB_PENNY_TICK = price('0.0001');

/** The smallest step of a price: the instrument's tick from one dollar up, at most $0.0001 below it. Options trade in their tick at any price. */
export const tickAt = (at: Price, instrument: Instrument): Price =>
  at >= PENNY_FROM || instrument.option !== undefined || instrument.tick < SUB_PENNY_TICK ? instrument.tick : SUB_PENNY_TICK;

/**
 * The reference price: the mid where both sides of a quote are known, else the mark's own price. `undefined` where the quote is
 * crossed, or a price is not positive: such a mark says nothing.
 */
export function referencePrice(mark: Mark | undefined): Price | undefined {
  if (mark === undefined || mark.price <= 0n) return undefined;
  const { bid, ask } = mark;
  if (bid !== undefined && bid <= 0n) return undefined;
  if (ask !== undefined && ask <= 0n) return undefined;
  if (bid === undefined || ask === undefined) return mark.price;
  if (bid > ask) return undefined;
  return mark.basis === 'quote' ? (divide(bid + ask, 2n, 'half-even') as Price) : mark.price;
}

/** What a position is counted at: a crossed quote cannot open one, but what is held must still be counted at something. */
export const countedPrice = (mark: Mark | undefined): Price | undefined =>
  referencePrice(mark) ?? (mark !== undefined && mark.price > 0n ? mark.price : undefined);

/** Milliseconds since `at`; `undefined` where the stamp is no time, or lies in the future. */
export function ageMs(at: Instant, now: Instant): number | undefined {
  const age = now - at;
  if (!Number.isFinite(age) || age < -CLOCK_SKEW_MS_MAX) return undefined;
  return Math.max(0, age);
}

/** Trades enough that a wide price or an old one is suspect. Unknown history is not liquid. */
export const isLiquid = (profile: InstrumentProfile | undefined): boolean =>
  profile?.averageDollarVolume20 !== undefined && profile.averageDollarVolume20 >= LIQUID_DOLLAR_VOLUME_MIN;

/** The age that a price may have: tighter for a liquid symbol while the market is open. */
export const markAgeMsMax = (limits: Limits, liquid: boolean, marketOpen: boolean): number =>
  liquid && marketOpen ? limits.staleDataLiquidMsMax : limits.staleDataMsMax;

/** How far an entry's limit price may cross the reference. */
export const collarRatio = (limits: Limits, liquid: boolean): Ratio =>
  liquid ? limits.priceCollarLiquidRatioMax : limits.priceCollarRatioMax;

/** The highest price at which an order is counted: its own prices or the reference; `undefined` where none is known. */
export function worstPrice({ limitPrice, stopPrice }: OrderIntent, reference: Price | undefined): Price | undefined {
  return higher(higher(reference, limitPrice), stopPrice);
}

const higher = (left: Price | undefined, right: Price | undefined): Price | undefined => {
  if (left === undefined || right === undefined) return left ?? right;
  return left > right ? left : right;
};
