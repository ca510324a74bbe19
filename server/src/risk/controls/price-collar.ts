import { divide, format, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Instrument } from '../../instruments/instrument.ts';
import type { Price, Ratio } from '../../money/fixed.ts';
import type { Denial, OrderIntent, Side } from '../../orders/order.ts';
import type { Control } from '../control-input.ts';
import { isUnlimited, percent } from '../limits.ts';
import type { Limits } from '../limits.ts';
import type { InstrumentProfile, Mark } from '../types.ts';
import { collarRatio, EXIT_COLLAR, isLiquid, markAgeMsMax, referencePrice, tickAt } from '../valuation.ts';
import { REFERENCE_UNKNOWN, unknownDenial } from './denial.ts';

/**
 * How far a limit price crosses the reference: a buy above it, a sell below it. A stop-limit is measured from its stop, where
 * that is further. An entry at the market has no price to hold it, so it must have become a marketable limit before. Exits have
 * a wider collar, and only against a fresh price: an old one must not trap them.
 */
export const priceCollar: Control = (input, { limits, marketOpen }) => {
  const limit = collarRatio(limits, input.liquid);
  if (isUnlimited(limit)) return [];
  const { intent, reference } = input;
  if (input.isEntry) {
    if (intent.type === 'market') return [unpricedMarketOrder(limit)];
    if (intent.limitPrice === undefined) return [];
    if (reference === undefined) return [unknownDenial('PriceCollar', 'ratio', format(limit), REFERENCE_UNKNOWN)];
    return crossing(intent, intent.limitPrice, reference, limit);
  }
  const fresh = input.markAgeMs !== undefined && input.markAgeMs <= markAgeMsMax(limits, input.liquid, marketOpen);
  if (intent.limitPrice === undefined || reference === undefined || !fresh) return [];
  return crossing(intent, intent.limitPrice, reference, EXIT_COLLAR);
};

/** Where the crossing is measured from: the reference, or the stop that triggers later, whichever is further in the order's direction. */
function anchorOf(intent: OrderIntent, reference: Price): Price {
  const { stopPrice, side } = intent;
  if (stopPrice === undefined) return reference;
  return stopPrice > reference === (side === 'buy') ? stopPrice : reference;
}

function crossing(intent: OrderIntent, limitPrice: Price, reference: Price, collar: Ratio): readonly Denial[] {
  const anchor = anchorOf(intent, reference);
  const distance = intent.side === 'buy' ? limitPrice - anchor : anchor - limitPrice;
  if (distance * UNITS_PER_ONE <= collar * anchor) return [];
  const actual = divide(distance * UNITS_PER_ONE, anchor, 'ceil') as Ratio;
  return [
    {
      code: 'PriceCollar',
      message: `The limit price crosses ${format(anchor)} by ${percent(actual)}; the limit is ${percent(collar)}.`,
      limit: format(collar),
      actual: format(actual),
      unit: 'ratio',
    },
  ];
}

const unpricedMarketOrder = (limit: Ratio): Denial => ({
  code: 'PriceCollar',
  message: `A market order that opens a position must be a marketable limit within ${percent(limit)} of the price.`,
  limit: format(limit),
  actual: 'market',
  unit: 'ratio',
});

/**
 * The marketable limit that a market order becomes: the reference crossed by the collar, rounded to the tick toward the
 * reference, so that {@link priceCollar} passes it. Without a profile the tighter of the two collars is taken.
 */
export function collaredLimit(side: Side, mark: Mark, instrument: Instrument, limits: Limits, profile?: InstrumentProfile): Price {
  const reference = referencePrice(mark) ?? mark.price;
  const wide = collarRatio(limits, false);
  const tight = collarRatio(limits, true);
  const tighter = wide < tight ? wide : tight;
  const chosen = profile === undefined ? tighter : collarRatio(limits, isLiquid(profile));
  const collar = isUnlimited(chosen) ? EXIT_COLLAR : chosen;
  const rounding = side === 'buy' ? 'floor' : 'ceil';
  const factor = side === 'buy' ? UNITS_PER_ONE + collar : UNITS_PER_ONE - collar;
  const raw = divide(reference * factor, UNITS_PER_ONE, rounding) as Price;
  const tick = tickAt(raw, instrument);
  return (divide(raw, tick, rounding) * tick) as Price;
}
