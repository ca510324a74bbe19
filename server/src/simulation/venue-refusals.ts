import type { Faults } from './faults.ts';
import { isExempt, isExit, spokenFor } from './venue-families.ts';
import type { Refusal, VenueChange, VenueOrder, VenuePosition, VenueRequest, VenueStatus } from './venue-types.ts';

/** What the venue looks at before it takes an order. */
interface Book {
  readonly byClientId: ReadonlyMap<string, VenueOrder>;
  readonly positions: ReadonlyMap<string, VenuePosition>;
  readonly prices: ReadonlyMap<string, number>;
  readonly openOrders: () => readonly VenueOrder[];
}

const DUPLICATE: Refusal = { status: 422, code: 40_010_001, message: 'client_order_id must be unique' };
const refuse = (message: string): Refusal => ({ status: 403, code: 40_310_000, message });
export const unprocessable = (message: string): Refusal => ({ status: 422, code: 42_210_000, message });

/** What is wrong with a class or a stop at the price of the moment. */
function classRefusal(request: VenueRequest, cents: number | undefined): Refusal | undefined {
  const { orderClass, side, type, limitCents, profitCents, lossCents } = request;
  if (orderClass === undefined) return undefined;
  const exits = (profitCents === undefined ? 0 : 1) + (lossCents === undefined ? 0 : 1);
  if (exits !== (orderClass === 'bracket' ? 2 : 1)) return unprocessable(`${orderClass} orders have other exits`);
  if (orderClass === 'oco' && type !== 'limit') return unprocessable('oco orders must be limit orders');
  const sells = (orderClass === 'oco') === (side === 'sell');
  const beyond = (price: number | undefined): boolean =>
    price === undefined || lossCents === undefined || (sells ? lossCents <= price - 1 : lossCents >= price + 1);
  return beyond(cents) && beyond(limitCents) ? undefined : unprocessable('stop_loss.stop_price must be beyond base_price');
}

/** Why the venue takes no such order, or no such order in another's place; `undefined` where it does. */
export function refusalOf(book: Book, faults: Faults, request: VenueRequest, replaced?: VenueOrder): Refusal | undefined {
  const { clientId, symbol, side, type, shares } = request;
  if (book.byClientId.has(clientId)) return DUPLICATE;
  if (faults.strikes('order-refused', clientId)) return refuse('account restricted for this order');
  const wrong = replaced === undefined ? classRefusal(request, book.prices.get(symbol)) : undefined;
  if (wrong !== undefined) return wrong;
  const others = book.openOrders().filter((open) => open.symbol === symbol && open.chainId !== replaced?.chainId);
  const clash = others.some(
    (open) => open.side !== side && !isExempt(open) && !isExempt(request) && (open.type === 'market' || type === 'market'),
  );
  if (clash && replaced === undefined) return refuse('potential wash trade detected. use complex orders');
  const held = book.positions.get(symbol)?.shares ?? 0;
  const closes = side === 'sell' ? held > 0 : held < 0;
  if (request.orderClass === 'oco' && !closes) return refuse('oco orders close what is held');
  if (replaced !== undefined && isExit(replaced)) return undefined;
  if (closes && shares - (replaced?.filled ?? 0) + spokenFor(others, symbol, side) > Math.abs(held))
    return refuse('insufficient qty available for order');
  return undefined;
}

const REPLACEABLE: ReadonlySet<VenueStatus> = new Set(['new', 'partially_filled', 'held']);

/** Why an order cannot be changed so. */
export function changeRefusal(book: Book, faults: Faults, old: VenueOrder, change: VenueChange): Refusal | undefined {
  if (!REPLACEABLE.has(old.status)) return unprocessable(`cannot replace order in ${old.status} status`);
  if (change.shares <= old.filled) return unprocessable('qty must be > filled_qty');
  if (old.familyId !== undefined && change.shares !== old.shares) return unprocessable('qty of a complex order cannot be changed');
  const { symbol, side, type } = old;
  return refusalOf(book, faults, { symbol, side, type, ...change }, old);
}
