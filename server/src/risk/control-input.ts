import type { Instrument } from '../instruments/instrument.ts';
import { multiplierOf } from '../instruments/worth.ts';
import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import { subtract, ZERO_QUANTITY } from '../money/money.ts';
import type { Denial, OrderIntent } from '../orders/order.ts';
import { brakesOrder } from './brakes.ts';
import { entryPart, exposureOf, symbolExposure, withOrder } from './exposure.ts';
import type { Exposure } from './exposure.ts';
import { limitsFor } from './layers.ts';
import { followedBy } from './options.ts';
import type { RiskContext } from './types.ts';
import { ageMs, EQUITY_AGE_MS_MAX, isLiquid, referencePrice } from './valuation.ts';

/** What every control looks at, worked out once per intent. */
export interface ControlInput {
  readonly intent: OrderIntent;
  /** What of it may still fill: all but what the orders whose place it takes have filled. */
  readonly remaining: Quantity;
  readonly instrument: Instrument | undefined;
  /** What it is judged by: an option's underlying, and a share itself. */
  readonly follows: string;
  /** What units × price is multiplied by to be dollars. */
  readonly multiplier: bigint;
  /** `undefined` where no mark is known, or the quote is crossed. */
  readonly reference: Price | undefined;
  /** `undefined` where no mark is known, or its stamp is no past time. */
  readonly markAgeMs: number | undefined;
  readonly liquid: boolean;
  readonly dailyVolatility: Ratio | undefined;
  readonly feeRate: Ratio;
  /** Signed units held. */
  readonly position: Quantity;
  /** Units that the order may close: abs(position) less pending exits; 0 where it does not oppose the position. */
  readonly closable: Quantity;
  /** Δ: the part that increases the position. 0 makes the order an exit. */
  readonly entry: Quantity;
  readonly isEntry: boolean;
  /** Positive and fresh, or `undefined`. */
  readonly equity: Money | undefined;
  /** Sizing limits count half: by the trading state, or by a brake on the strategy or the symbol. */
  readonly half: boolean;
  readonly before: Exposure;
  /** With the whole of the order open as well. */
  readonly after: Exposure;
}

/** A control looks at one intent and names what it violates; nothing is a pass. */
export type Control = (input: ControlInput, context: RiskContext) => readonly Denial[];

/** Equity that may be relied on: positive, and reconciled at most 60 s ago. */
export function usableEquity(context: RiskContext): Money | undefined {
  const { equity, equityAt, now } = context;
  if (equity === undefined || equity <= 0n || equityAt === undefined) return undefined;
  const age = ageMs(equityAt, now);
  return age === undefined || age > EQUITY_AGE_MS_MAX ? undefined : equity;
}

/** The context with the limits that hold for whoever wants the order: the tightest of all layers. */
export function scopedContext(context: RiskContext, intent: Pick<OrderIntent, 'origin'>): RiskContext {
  const limits = limitsFor(context.limits, context.layers, intent.origin);
  return limits === context.limits ? context : { ...context, limits };
}

/** Works out the figures of one intent. Its quantity and prices must be fixed-point integers. */
export function controlInput(intent: OrderIntent, context: RiskContext): ControlInput {
  const { symbol } = intent;
  const mark = context.marks.get(symbol);
  const profile = context.profiles.get(symbol);
  const before = exposureOf(context, intent.id);
  const held = symbolExposure(before, symbol, context);
  const remaining = subtract(intent.quantity, context.carried ?? ZERO_QUANTITY);
  const entry = entryPart(intent, remaining, held);
  const opposes = intent.side === 'buy' ? held.position < 0n : held.position > 0n;
  return {
    intent,
    remaining,
    instrument: context.instruments.get(symbol),
    follows: followedBy(symbol, context.options),
    multiplier: multiplierOf(symbol),
    reference: referencePrice(mark),
    markAgeMs: mark === undefined ? undefined : ageMs(mark.at, context.now),
    liquid: isLiquid(profile),
    dailyVolatility: profile?.dailyVolatility60,
    feeRate: context.feeRate ?? (0n as Ratio),
    position: held.position,
    closable: opposes ? held.closable : (0n as Quantity),
    entry,
    isEntry: entry > 0n,
    equity: usableEquity(context),
    half: context.tradingState === 'HALF' || context.brakes.some((brake) => brake.effect === 'half' && brakesOrder(brake, intent)),
    before,
    after: withOrder(before, { intent, remaining }, context),
  };
}
