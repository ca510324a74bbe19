import { OVER } from './venue-types.ts';
import type { VenueOrder, VenueRequest, VenueRole } from './venue-types.ts';

/** The exits of a new order, as requests of the broker's own: an entry's are on the other side; of an OCO the order itself is the take profit. */
export function exitsOf(request: VenueRequest): readonly (VenueRequest & { readonly role: VenueRole })[] {
  const { orderClass, profitCents, lossCents, clientId, symbol, timeInForce, shares } = request;
  if (orderClass === undefined) return [];
  const isOco = orderClass === 'oco';
  const side = isOco ? request.side : request.side === 'buy' ? 'sell' : 'buy';
  const base = { symbol, side, timeInForce, shares } as const;
  return [
    ...(isOco || profitCents === undefined
      ? []
      : [{ ...base, clientId: `theirs-tp-${clientId}`, type: 'limit', limitCents: profitCents, role: 'take_profit' } as const]),
    ...(lossCents === undefined
      ? []
      : [{ ...base, clientId: `theirs-sl-${clientId}`, type: 'stop', stopCents: lossCents, role: 'stop_loss' } as const]),
  ];
}

export const isExit = ({ role }: VenueOrder): boolean => role !== undefined;

/** An exit that its entry has not set free yet: it holds no shares. */
const waits = (order: VenueOrder): boolean => isExit(order) && !order.armed;

/** Shares of a symbol's open orders of one side that are spoken for: of a family's exits, and of an order that is being replaced, once. */
export function spokenFor(open: readonly VenueOrder[], symbol: string, side: VenueRequest['side']): number {
  const families = new Map<string, number>();
  let sum = 0;
  for (const order of open) {
    if (order.symbol !== symbol || order.side !== side || waits(order)) continue;
    const left = order.shares - order.filled;
    const group = isExit(order) ? `exits of ${order.familyId ?? ''}` : order.chainId;
    families.set(group, Math.max(left, families.get(group) ?? 0));
  }
  for (const left of families.values()) sum += left;
  return sum;
}

/** The others of its family that are open. */
export const openRelatives = (orders: Iterable<VenueOrder>, { familyId, id }: VenueOrder): readonly VenueOrder[] =>
  familyId === undefined ? [] : [...orders].filter((other) => other.familyId === familyId && other.id !== id && !OVER.has(other.status));

/** Members of a family and trailing stops may rest beside anything. */
export const isExempt = ({ type, orderClass, ...rest }: VenueRequest & { readonly familyId?: string }): boolean =>
  type === 'trailing_stop' || orderClass !== undefined || rest.familyId !== undefined;

/** A trailing stop after a price: its best price and its stop only ever move one way. */
export function follow(order: VenueOrder, cents: number): boolean {
  if (order.type !== 'trailing_stop' || order.triggered) return false;
  const sells = order.side === 'sell';
  const { bestCents: before, trailCents, trailParts = 0 } = order;
  const best = before === undefined ? cents : sells ? Math.max(before, cents) : Math.min(before, cents);
  if (best === before) return false;
  const away = trailCents ?? (best * trailParts) / 1e9;
  order.bestCents = best;
  order.stopCents = Math.max(1, sells ? Math.floor(best - away) : Math.ceil(best + away));
  return true;
}
