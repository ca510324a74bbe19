import { money, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Price } from '../../money/fixed.ts';
import type { TimeInForce } from '../../orders/order.ts';
import type { Instant } from '../../money/instant.ts';
import type { Listing } from './listing.ts';
import { newYorkMinutes } from './new-york.ts';
import type { CoreOptions } from './options.ts';
import { forbidden, subPenny, unprocessable } from './refusals.ts';
import type { ExchangeState } from './state.ts';
import { tickAt } from './trailing.ts';
import type { NewOrder, Refusal, VenueOrderType } from './types.ts';

export type Check = Refusal | undefined;

const NOTIONAL_MIN = money('1');
const CLS_CUTOFF_MS = 600_000;
const clockMinutes = (hours: number, minutes: number): number => hours * 60 + minutes;
/** New York times between which orders for an auction are refused. */
const WINDOWS = {
  opg: [clockMinutes(9, 28), clockMinutes(19, 0)],
  cls: [clockMinutes(15, 50), clockMinutes(19, 0)],
} as const;

/** Which prices a type of order has. */
const PRICES: Readonly<Record<VenueOrderType, { readonly limit: boolean; readonly stop: boolean }>> = {
  market: { limit: false, stop: false },
  limit: { limit: true, stop: false },
  stop: { limit: false, stop: true },
  stop_limit: { limit: true, stop: true },
  trailing_stop: { limit: false, stop: false },
};

/** The types that go with a time in force: of whole shares, of parts and dollars, and of crypto. */
const SHARES: Readonly<Record<TimeInForce, readonly VenueOrderType[]>> = {
  day: ['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'],
  gtc: ['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'],
  ioc: ['market', 'limit'],
  fok: ['market', 'limit'],
  opg: ['market', 'limit'],
  cls: ['market', 'limit'],
};
const CRYPTO: Readonly<Record<TimeInForce, readonly VenueOrderType[]>> = {
  day: [],
  gtc: ['market', 'limit', 'stop_limit'],
  ioc: ['market', 'limit', 'stop_limit'],
  fok: [],
  opg: [],
  cls: [],
};
const FRACTIONS: readonly VenueOrderType[] = ['market', 'limit', 'stop', 'stop_limit'];

function checkPrice(field: string, value: Price | undefined, tick: Price, penny: boolean): Check {
  if (value === undefined) return undefined;
  if (value <= 0n) return unprocessable(`${field} must be > 0`);
  return penny && value % tickAt(value, tick) !== 0n ? subPenny(field, value) : undefined;
}

export function checkPrices(order: NewOrder, { instrument }: Listing, penny: boolean): Check {
  const { type, limitPrice, stopPrice, takeProfit, stopLoss } = order;
  const needs = PRICES[type];
  if (needs.limit && limitPrice === undefined) return unprocessable(`${type} orders require limit_price`);
  if (needs.stop && stopPrice === undefined) return unprocessable(`${type} orders require stop_price`);
  if (!needs.limit && limitPrice !== undefined) return unprocessable(`${type} orders require no limit_price`);
  if (!needs.stop && stopPrice !== undefined) return unprocessable(`${type} orders require no stop_price`);
  for (const [field, value] of [
    ['limit_price', limitPrice],
    ['stop_price', stopPrice],
    ['take_profit.limit_price', takeProfit?.limitPrice],
    ['stop_loss.stop_price', stopLoss?.stopPrice],
    ['stop_loss.limit_price', stopLoss?.limitPrice],
  ] as const) {
    const refusal = checkPrice(field, value, instrument.tick, penny);
    if (refusal !== undefined) return refusal;
  }
  return checkTrail(order);
}

function checkTrail({ type, trailPrice, trailPercent }: NewOrder): Check {
  if (type !== 'trailing_stop')
    return trailPrice === undefined && trailPercent === undefined ? undefined : unprocessable(`${type} orders require no trail`);
  if ((trailPrice === undefined) === (trailPercent === undefined))
    return unprocessable('trailing stop orders must specify one of trail_price or trail_percent');
  if (trailPrice !== undefined && trailPrice <= 0n) return unprocessable('trail_price must be > 0');
  if (trailPercent !== undefined && (trailPercent <= 0n || trailPercent >= UNITS_PER_ONE))
    return unprocessable('trail_percent must be > 0 and < 100');
  return undefined;
}

/** Whether an order trades parts of a share. */
export const isFractional = (order: NewOrder, { instrument }: Listing): boolean =>
  instrument.assetClass === 'us_equity' && (order.notional !== undefined || order.quantity % UNITS_PER_ONE !== 0n);

export function checkQuantity(order: NewOrder, listing: Listing): Check {
  const { instrument, fractionable } = listing;
  if (order.notional !== undefined) {
    if (order.quantity !== 0n) return unprocessable('only one of qty or notional is accepted');
    if (!fractionable) return unprocessable('requested asset is not fractionable');
    if (order.notional < NOTIONAL_MIN) return forbidden('cost basis must be >= minimal amount of order 1');
  } else {
    if (order.quantity <= 0n) return unprocessable('qty must be > 0');
    if (order.quantity % instrument.lot !== 0n)
      return unprocessable(fractionable ? 'qty is finer than the minimum increment' : 'requested asset is not fractionable');
  }
  if (!isFractional(order, listing)) return undefined;
  if (order.orderClass !== undefined && order.orderClass !== 'simple') return unprocessable('fractional orders must be simple orders');
  if (!FRACTIONS.includes(order.type)) return unprocessable(`fractional orders cannot be ${order.type} orders`);
  if (order.timeInForce !== 'day') return unprocessable('fractional orders must be DAY orders');
  return order.extendedHours === true && !listing.fractionalExtended
    ? unprocessable('fractional orders of this asset are not allowed in extended hours')
    : undefined;
}

/** Auction orders by the clock, where the options want it, else by the session. */
function checkAuction(tif: 'opg' | 'cls', state: ExchangeState, options: CoreOptions, at: Instant): Check {
  if (options.auctionTif === 'reject') return unprocessable(`time_in_force ${tif} is not permitted for this account`);
  if (options.auctionWindows) {
    const minutes = newYorkMinutes(at);
    const [from, to] = WINDOWS[tif];
    return minutes >= from && minutes < to ? unprocessable(`${tif} orders are refused at this time of the day`) : undefined;
  }
  if (state.session === undefined) return undefined;
  if (tif === 'opg') return unprocessable('opg orders are refused while the session is open');
  return at > state.session.closeAt - CLS_CUTOFF_MS
    ? unprocessable('cls orders are refused in the last ten minutes of the session')
    : undefined;
}

export function checkTimeInForce(order: NewOrder, listing: Listing, state: ExchangeState, options: CoreOptions, at: Instant): Check {
  const { timeInForce: tif, type, orderClass } = order;
  const complex = orderClass !== undefined && orderClass !== 'simple';
  if (order.extendedHours === true) {
    if (complex) return unprocessable('extended hours orders must be simple orders');
    if (type !== 'limit' || (tif !== 'day' && tif !== 'gtc')) return unprocessable('extended hours order must be DAY or GTC limit orders');
  }
  if (complex && tif !== 'day' && tif !== 'gtc') return unprocessable('complex orders must be DAY or GTC orders');
  const allowed = (listing.instrument.assetClass === 'crypto' ? CRYPTO : SHARES)[tif];
  if (allowed.length === 0) return unprocessable(`invalid time_in_force for ${listing.instrument.assetClass}: ${tif}`);
  if (!allowed.includes(type)) return unprocessable(`invalid order type for time_in_force ${tif}: ${type}`);
  if (listing.ipo && type !== 'limit') return unprocessable('only limit orders are allowed before the first trade of an ipo');
  return tif === 'opg' || tif === 'cls' ? checkAuction(tif, state, options, at) : undefined;
}
