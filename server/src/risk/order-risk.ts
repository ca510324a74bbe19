import { divide, ratio, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import type { Side } from '../orders/order.ts';
import type { ExactMoney, FineMoney } from './valuation.ts';

/** The least loss that is assumed of an order without a stop. */
const STRESS_MIN = ratio('0.2');
/** An order without a stop is assumed to lose this many daily standard deviations. */
const STRESS_DEVIATIONS = 6n;
/** A stop is assumed to fill a quarter of its distance beyond itself. */
const GAP_FACTOR = ratio('1.25');

/** What the order risk formula looks at. */
export interface OrderRiskInput {
  readonly intent: { readonly side: Side; readonly protectiveStop?: Price };
  /** Δ: the part that increases the position. */
  readonly entry: Quantity;
  /** What Δ × price is multiplied by to be dollars. */
  readonly multiplier: bigint;
  readonly reference: Price | undefined;
  readonly dailyVolatility: Ratio | undefined;
  readonly feeRate: Ratio;
}

/**
 * The fraction of its value that a position without a stop is assumed to lose: max(20 %, 6 × daily volatility over 60 days),
 * 100 % where volatility is unknown; at most 100 % for a long, and 1.5 times as much for a short, whose loss has no bound.
 */
export function stressRatio(side: Side, dailyVolatility: Ratio | undefined): Ratio {
  const known = dailyVolatility !== undefined && dailyVolatility >= 0n;
  const scaled = known ? dailyVolatility * STRESS_DEVIATIONS : UNITS_PER_ONE;
  const stress = scaled > STRESS_MIN ? scaled : STRESS_MIN;
  if (side === 'buy') return (stress < UNITS_PER_ONE ? stress : UNITS_PER_ONE) as Ratio;
  return divide(stress * 3n, 2n, 'ceil') as Ratio;
}

/**
 * What the increasing part of an order can lose, exactly, for a multiplier of 1. With a protective stop Δ·|ref − stop|·1.25 + fees; without one
 * Δ·ref·stress. `undefined` where the reference price is unknown and Δ is not zero.
 */
export function orderRisk({ intent, entry, multiplier, reference, dailyVolatility, feeRate }: OrderRiskInput): FineMoney | undefined {
  if (entry === 0n) return 0n as FineMoney;
  if (reference === undefined) return undefined;
  const { side, protectiveStop } = intent;
  const units = entry * multiplier;
  if (protectiveStop === undefined) return (units * reference * stressRatio(side, dailyVolatility)) as FineMoney;
  const distance = protectiveStop < reference ? reference - protectiveStop : protectiveStop - reference;
  return (units * distance * GAP_FACTOR + units * reference * feeRate) as FineMoney;
}

const RISK_PER_MONEY = UNITS_PER_ONE * UNITS_PER_ONE;
const EXACT_PER_MONEY = UNITS_PER_ONE;

/** Dollars at 1e-9, rounded up: a figure never shows less risk than was compared. */
export const orderRiskMoney = (risk: FineMoney): Money => divide(risk, RISK_PER_MONEY, 'ceil') as Money;

/** Share of equity at 1e-9, rounded up. Equity must be positive. */
export const orderRiskRatio = (risk: FineMoney, equity: Money): Ratio => divide(risk, equity * EXACT_PER_MONEY, 'ceil') as Ratio;

/** Dollars at 1e-9 of an exact amount, rounded away from zero. */
export const moneyOf = (exact: ExactMoney): Money => divide(exact, EXACT_PER_MONEY, 'away-from-zero') as Money;

/** Share of equity of an exact amount, rounded away from zero. Equity must be positive. */
export const shareOf = (exact: ExactMoney, equity: Money): Ratio => divide(exact, equity, 'away-from-zero') as Ratio;
