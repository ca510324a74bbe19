import { money, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Money, Price, Quantity } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { abs, notional, scale, share, subtract, unitsFor, ZERO_MONEY, ZERO_QUANTITY } from '../../money/money.ts';
import { listingOf } from './listing.ts';
import type { Listing } from './listing.ts';
import { figuresOf, opens, reservePriceOf } from './margin.ts';
import type { AccountFigures } from './margin.ts';
import { checkClass } from './order-class.ts';
import { checkPrices, checkQuantity, checkTimeInForce, isFractional } from './order-fields.ts';
import type { Check } from './order-fields.ts';
import { closingOrders, heldForOrders, heldQuantity } from './positions.ts';
import type { Excepted } from './positions.ts';
import { duplicateClientId, forbidden, insufficientBuyingPower, insufficientQuantity, unprocessable, washTrade } from './refusals.ts';
import type { AccountState, ExchangeState } from './state.ts';
import type { CoreOptions, NewOrder, PositionIntent, Refusal } from './types.ts';
import { washTradeWith } from './wash-trade.ts';

const SHORT_EQUITY_MIN = money('2000');
const CLIENT_ID_MAX = 128;

/** The order that a new one replaces: what it holds and reserves is not counted against its successor. */
export interface Replacing extends Excepted {
  readonly filledQuantity: Quantity;
}

export type Admission =
  | { readonly ok: true; readonly positionIntent: PositionIntent; readonly reservePrice: Price }
  | { readonly ok: false; readonly refusal: Refusal };

function checkClientId(order: NewOrder, account: AccountState): Check {
  if (order.clientOrderId === undefined) return undefined;
  if (order.clientOrderId === '' || order.clientOrderId.length > CLIENT_ID_MAX) {
    return unprocessable(`client_order_id must have 1 to ${CLIENT_ID_MAX} characters`);
  }
  return account.orderIdByClientId.has(order.clientOrderId) ? duplicateClientId() : undefined;
}

/** What the broker's staff or the account's owner have forbidden altogether. */
function checkAccount({ settings }: AccountState, order: NewOrder, listing: Listing): Check {
  if (settings.status !== 'ACTIVE' || settings.accountBlocked || settings.tradingBlocked) return forbidden('account restricted');
  if (settings.suspendTrade) return forbidden('new orders are rejected by user request');
  if (!settings.fractionalTrading && isFractional(order, listing)) return forbidden('fractional trading is disabled for this account');
  return undefined;
}

const intentOf = (order: NewOrder, position: Quantity): PositionIntent => {
  if (order.side === 'buy') return position < 0n ? 'buy_to_close' : 'buy_to_open';
  return position > 0n ? 'sell_to_close' : 'sell_to_open';
};

/** The shares that an order asks for now; those of an order by dollars at the price it reserves at. */
const wantedOf = (order: NewOrder, reservePrice: Price, replacing: Replacing | undefined): Quantity =>
  order.notional === undefined || reservePrice === 0n
    ? subtract(order.quantity, replacing?.filledQuantity ?? ZERO_QUANTITY)
    : unitsFor(order.notional, reservePrice);

function checkHolding(order: NewOrder, wanted: Quantity, state: ExchangeState, account: AccountState, replacing?: Replacing): Check {
  const { symbol } = order;
  const closing = closingOrders(account, symbol, replacing);
  const mixed = closing.some((other) => (other.notional === undefined) !== (order.notional === undefined));
  if (mixed && state.session === undefined)
    return forbidden('unable to open new notional orders while having open closing position orders');
  const existing = abs(heldQuantity(account, symbol));
  const held = heldForOrders(account, symbol, replacing);
  const available = subtract(existing, held);
  const related = closing.map(({ id }) => id);
  return wanted > available ? insufficientQuantity(symbol, wanted, available, existing, held, related) : undefined;
}

function checkShort(order: NewOrder, listing: Listing, account: AccountState, equity: Money, options: CoreOptions): Check {
  if (!listing.shortable) return forbidden(`asset "${order.symbol}" cannot be sold short`);
  if (isFractional(order, listing) || (listing.instrument.assetClass === 'us_equity' && order.quantity % UNITS_PER_ONE !== 0n))
    return unprocessable('fractional orders are not allowed to short');
  if (account.settings.noShorting) return forbidden('account is not allowed to short');
  if (options.buyingPowerChecks && equity < SHORT_EQUITY_MIN) return forbidden('account is not allowed to short');
  return undefined;
}

/** Positions out of all proportion to the equity: from then on only closing orders, until somebody looks at it. */
export const outOfProportion = (figures: AccountFigures, options: CoreOptions): boolean => {
  const gross = subtract(figures.longMarketValue, figures.shortMarketValue);
  return gross > 0n && (figures.equity <= ZERO_MONEY || gross > scale(figures.equity, options.closingOnlyRatio));
};

function checkDistance(order: NewOrder, market: Price | undefined, { limitDistanceMax }: CoreOptions): Check {
  if (limitDistanceMax === undefined || market === undefined || order.limitPrice === undefined) return undefined;
  const away = share(abs(subtract(order.limitPrice, market)), market);
  return away !== undefined && away > limitDistanceMax ? unprocessable('limit price is too far from the current market price') : undefined;
}

function checkFields(
  state: ExchangeState,
  options: CoreOptions,
  account: AccountState,
  order: NewOrder,
  listing: Listing,
  at: Instant,
): Check {
  const market = state.lastPrices.get(order.symbol);
  return (
    checkPrices(order, listing, options.penny) ??
    checkQuantity(order, listing) ??
    checkTimeInForce(order, listing, state, options, at) ??
    checkClass(order, market) ??
    checkDistance(order, market, options) ??
    checkClientId(order, account) ??
    checkAccount(account, order, listing)
  );
}

/**
 * Whether the venue takes an order. In order: the asset, the order's own fields, its client id, the account's blocks, own opposite orders,
 * the holding it closes, and buying power. Nothing is changed.
 */
export function admit(
  state: ExchangeState,
  options: CoreOptions,
  account: AccountState,
  order: NewOrder,
  at: Instant,
  replacing?: Replacing,
): Admission {
  const refuse = (refusal: Refusal): Admission => ({ ok: false, refusal });
  const listing = listingOf(state, options, order.symbol);
  if (listing === undefined) return refuse(unprocessable(`asset "${order.symbol}" not found`));
  if (!listing.active) return refuse(unprocessable(`asset "${order.symbol}" is not active`));
  if (!listing.tradable) return refuse(unprocessable(`asset "${order.symbol}" is not tradable`));
  const own = checkFields(state, options, account, order, listing, at);
  if (own !== undefined) return refuse(own);

  const complex = replacing?.familyId !== undefined || (order.orderClass !== undefined && order.orderClass !== 'simple');
  const opposite = options.washTradeChecks ? washTradeWith(account, order, complex, replacing?.id) : undefined;
  if (opposite !== undefined) return refuse(washTrade(opposite.id, opposite.type));

  // A leg closes what its entry opens, whether or not it is there yet.
  const leg = replacing?.familyId === undefined ? undefined : account.orders.get(replacing.id);
  const intent = leg?.role === undefined ? intentOf(order, heldQuantity(account, order.symbol)) : leg.positionIntent;
  if (order.positionIntent !== undefined && order.positionIntent !== intent)
    return refuse(unprocessable(`position intent mismatch, inferred: ${intent}, specified: ${order.positionIntent}`));
  if (order.orderClass === 'oco' && opens(intent)) return refuse(unprocessable('oco orders must be exit orders'));
  const reservePrice = reservePriceOf(intent, order, state.lastPrices.get(order.symbol));
  const wanted = wantedOf(order, reservePrice, replacing);
  const holding = opens(intent) || leg?.role !== undefined ? undefined : checkHolding(order, wanted, state, account, replacing);
  if (holding !== undefined) return refuse(holding);
  if (!opens(intent)) return { ok: true, positionIntent: intent, reservePrice };

  const opening = checkOpening(state, options, account, order, listing, intent, notional(wanted, reservePrice), replacing);
  return opening === undefined ? { ok: true, positionIntent: intent, reservePrice } : refuse(opening);
}

function checkOpening(
  state: ExchangeState,
  options: CoreOptions,
  account: AccountState,
  order: NewOrder,
  listing: Listing,
  intent: PositionIntent,
  cost: Money,
  replacing: Replacing | undefined,
): Check {
  const figures = figuresOf(account, state.lastPrices, options, replacing?.id);
  const short = intent === 'sell_to_open' ? checkShort(order, listing, account, figures.equity, options) : undefined;
  if (short !== undefined) return short;
  if (account.settings.closingOnly || (options.buyingPowerChecks && outOfProportion(figures, options)))
    return forbidden('account restricted to closing orders');
  return options.buyingPowerChecks && cost > figures.buyingPower ? insufficientBuyingPower(figures.buyingPower, cost) : undefined;
}
