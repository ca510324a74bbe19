import { quantity, ratio } from '../../money/fixed.ts';
import type { Quantity } from '../../money/fixed.ts';
import { abs, roundToLot, scale } from '../../money/money.ts';
import { markOf } from '../core/margin.ts';
import type { NewOrder, VenuePosition } from '../core/types.ts';
import type { VenueHost } from '../host.ts';
import { positionJson } from '../wire.ts';
import { cancelAllOrders, shown, symbolIn } from './orders.ts';
import { badQuery, notFoundReply, ok, refused } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

function shownPosition({ host, core, accountId }: Call, position: VenuePosition) {
  const { symbol } = position;
  const last = markOf(position, core.state.lastPrices);
  const previous = core.state.closePrices.get(symbol) ?? position.averagePrice;
  return positionJson(position, last, previous, core.availableQuantity(accountId, symbol), host.assetClass(symbol));
}

const positions = (call: Call): Reply => ok(call.core.positions(call.accountId).map((position) => shownPosition(call, position)));

function positionIn({ host, core, accountId, params: [symbolOrId = ''] }: Call): VenuePosition | undefined {
  return core.account(accountId).positions.get(symbolIn(host, symbolOrId));
}

function position(call: Call): Reply {
  const found = positionIn(call);
  return found === undefined ? notFoundReply('position does not exist') : ok(shownPosition(call, found));
}

const closing = (held: VenuePosition, size: Quantity): NewOrder => ({
  symbol: held.symbol,
  side: held.quantity > 0n ? 'sell' : 'buy',
  quantity: size,
  type: 'market',
  timeInForce: 'day',
});

/** How much of a position to close: all of it, `qty`, or `percentage` of it in whole lots. */
function closingSize(host: VenueHost, held: VenuePosition, query: URLSearchParams): Quantity {
  const size = abs(held.quantity);
  const asked = query.get('qty');
  const percentage = query.get('percentage');
  if (asked !== null && percentage !== null) throw new RangeError('only one of qty or percentage is accepted');
  if (asked !== null) return quantity(asked);
  if (percentage === null) return size;
  const part = ratio(percentage);
  if (part <= 0n || part > ratio('100')) throw new RangeError('percentage must be > 0 and <= 100');
  const lot = host.instrument(held.symbol)?.lot ?? quantity('1');
  return roundToLot(scale(scale(size, part), ratio('0.01')), lot);
}

async function closePosition(call: Call): Promise<Reply> {
  const { host, accountId, query } = call;
  const held = positionIn(call);
  if (held === undefined) return notFoundReply('position does not exist');
  let size: Quantity;
  try {
    size = closingSize(host, held, query);
  } catch (error) {
    return badQuery(error instanceof Error ? error.message : 'invalid quantity');
  }
  const result = await host.order({ kind: 'submit', accountId, request: closing(held, size) });
  return result.ok ? ok(shown(host, result.order)) : refused(result.refusal);
}

async function closeAllPositions({ host, accountId, query }: Call): Promise<Reply> {
  if (query.get('cancel_orders') === 'true') await cancelAllOrders(host, accountId);
  const body = await Promise.all(
    host.venue.core.positions(accountId).map(async (held) => {
      const result = await host.order({ kind: 'submit', accountId, request: closing(held, abs(held.quantity)) });
      const { status, body } = result.ok ? ok(shown(host, result.order)) : refused(result.refusal);
      return { symbol: held.symbol, status, body };
    }),
  );
  return { status: 207, body };
}

export const positionRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/positions$/, handler: positions },
  { method: 'DELETE', path: /^\/v2\/positions$/, handler: closeAllPositions },
  { method: 'GET', path: /^\/v2\/positions\/([^/]+)$/, handler: position },
  { method: 'DELETE', path: /^\/v2\/positions\/([^/]+)$/, handler: closePosition },
];
