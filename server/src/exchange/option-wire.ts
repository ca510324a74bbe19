import { format } from '../money/fixed.ts';
import type { Quantity } from '../money/fixed.ts';
import { derivedId } from './core/identity.ts';
import type { Execution, OptionLeg, VenueOrder } from './core/types.ts';
import type { OrderJson } from './wire.ts';

/** The asset of an order in several options. */
export const NO_ASSET = '00000000-0000-0000-0000-000000000000';

const legId = (order: VenueOrder, symbol: string): string => derivedId(order.id, 'leg', symbol);

/** A leg of an order in several options, which is filled with it or not at all. */
export function legJson(order: VenueOrder, leg: OptionLeg): OrderJson {
  const quantity = format((order.quantity * leg.ratio) as Quantity);
  return {
    id: legId(order, leg.symbol),
    asset_id: derivedId('asset', leg.symbol),
    symbol: leg.symbol,
    asset_class: 'us_option',
    qty: quantity,
    filled_qty: order.status === 'filled' ? quantity : '0',
    order_class: 'mleg',
    type: '',
    side: leg.side,
    position_intent: leg.positionIntent ?? null,
    ratio_qty: leg.ratio.toString(),
    status: order.status,
  };
}

/** Each leg's execution, as the stream tells it with the fill of the whole. */
export const legFillsJson = (order: VenueOrder, legs: readonly Execution[]) =>
  legs.map((leg) => ({
    execution_id: leg.id,
    qty: format(leg.quantity),
    price: format(leg.price),
    order_id: legId(order, leg.symbol),
    symbol: leg.symbol,
    timestamp: new Date(leg.at).toISOString(),
  }));
