import type { Order } from '../orders/order.ts';
import type { Venue } from './venue.ts';
import type { VenueOrder } from './venue-types.ts';

/** By which id an order went to the wire: an exit goes with the order that it hangs on, unless it takes another exit's place. */
export const wireIdOf = ({ id, intent }: Order): string => (intent.replaces === undefined ? (intent.leg?.parentId ?? id) : id);

/** What the venue knows of one of our orders; an exit has an id of the venue's own there. */
export function truthOf({ byClientId, orders }: Venue, order: Order): VenueOrder | undefined {
  const sent = byClientId.get(wireIdOf(order));
  const { leg } = order.intent;
  if (leg === undefined || sent === undefined || order.intent.replaces !== undefined) return sent;
  for (const other of orders.values())
    if (other.familyId === sent.familyId && other.id !== sent.id && other.role === leg.role && other.replaces === undefined) return other;
  return undefined;
}

/** What the order itself has filled there, without what it took over. */
export const filledThere = (truth: VenueOrder | undefined): number => (truth === undefined ? 0 : truth.filled - truth.carried);
