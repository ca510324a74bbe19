import type { Instrument } from '../../instruments/instrument.ts';
import { money, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Money, Price, Quantity } from '../../money/fixed.ts';
import { abs, notional, subtract, ZERO_QUANTITY } from '../../money/money.ts';
import { figuresOf, opens, reservePriceOf } from './margin.ts';
import { heldForOrders, heldQuantity } from './positions.ts';
import {
  duplicateClientId,
  forbidden,
  insufficientBuyingPower,
  insufficientQuantity,
  subPenny,
  unprocessable,
  washTrade,
} from './refusals.ts';
import type { AccountState, ExchangeState } from './state.ts';
import type { CoreOptions, NewOrder, PositionIntent, Refusal } from './types.ts';
import { washTradeWith } from './wash-trade.ts';

const SMALL_TICK = 100_000n;
const SHORT_EQUITY_MIN = money('2000');
const CLIENT_ID_MAX = 128;
const CLS_CUTOFF_MS = 600_000;

/** The order that a new one replaces: what it holds and reserves is not counted against its successor. */
export interface Replacing {
  readonly id: string;
  readonly filledQuantity: Quantity;
}

export type Admission =
  | { readonly ok: true; readonly positionIntent: PositionIntent; readonly reservePrice: Price }
  | { readonly ok: false; readonly refusal: Refusal };

type Check = Refusal | undefined;

function checkPrices(order: NewOrder, instrument: Instrument, penny: boolean): Check {
  const needsLimit = order.type === 'limit' || order.type === 'stop_limit';
  const needsStop = order.type === 'stop' || order.type === 'stop_limit';
  if (needsLimit && order.limitPrice === undefined) return unprocessable(`${order.type} orders require limit_price`);
  if (needsStop && order.stopPrice === undefined) return unprocessable(`${order.type} orders require stop_price`);
  if (!needsLimit && order.limitPrice !== undefined) return unprocessable(`${order.type} orders require no limit_price`);
  if (!needsStop && order.stopPrice !== undefined) return unprocessable(`${order.type} orders require no stop_price`);
  for (const [field, value] of [['limit_price', order.limitPrice] as const, ['stop_price', order.stopPrice] as const]) {
    if (value === undefined) continue;
    if (value <= 0n) return unprocessable(`${field} must be > 0`);
    if (penny && value % (value >= UNITS_PER_ONE ? instrument.tick : SMALL_TICK) !== 0n) return subPenny(field, value);
  }
  return undefined;
}

function checkQuantity(order: NewOrder, instrument: Instrument): Check {
  if (order.quantity <= 0n) return unprocessable('qty must be > 0');
  if (order.quantity % instrument.lot !== 0n) {
    return unprocessable(
      instrument.lot === UNITS_PER_ONE ? 'requested asset is not fractionable' : 'qty is finer than the minimum increment',
    );
  }
  const fractional = instrument.assetClass === 'us_equity' && order.quantity % UNITS_PER_ONE !== 0n;
  return fractional && order.timeInForce !== 'day' ? unprocessable('fractional orders must be DAY orders') : undefined;
}

function checkTimeInForce(order: NewOrder, state: ExchangeState, at: number): Check {
  const { timeInForce: tif, type } = order;
  if (order.extendedHours === true && (type !== 'limit' || (tif !== 'day' && tif !== 'gtc'))) {
    return unprocessable('extended hours order must be DAY or GTC limit orders');
  }
  if (tif === 'day' || tif === 'gtc') return undefined;
  if (type !== 'market' && type !== 'limit') return unprocessable(`invalid order type for time_in_force ${tif}: ${type}`);
  if (tif === 'opg' && state.session !== undefined) return unprocessable('opg orders are refused while the session is open');
  if (tif === 'cls' && state.session !== undefined && at > state.session.closeAt - CLS_CUTOFF_MS) {
    return unprocessable('cls orders are refused in the last ten minutes of the session');
  }
  return undefined;
}

function checkClientId(order: NewOrder, account: AccountState): Check {
  if (order.clientOrderId === undefined) return undefined;
  if (order.clientOrderId === '' || order.clientOrderId.length > CLIENT_ID_MAX) {
    return unprocessable(`client_order_id must have 1 to ${CLIENT_ID_MAX} characters`);
  }
  return account.orderIdByClientId.has(order.clientOrderId) ? duplicateClientId() : undefined;
}

const intentOf = (order: NewOrder, position: Quantity): PositionIntent => {
  if (order.side === 'buy') return position < 0n ? 'buy_to_close' : 'buy_to_open';
  return position > 0n ? 'sell_to_close' : 'sell_to_open';
};

function checkHolding(order: NewOrder, account: AccountState, intent: PositionIntent, replacing: Replacing | undefined): Check {
  if (opens(intent)) return undefined;
  const existing = abs(heldQuantity(account, order.symbol));
  const held = heldForOrders(account, order.symbol, replacing?.id);
  const wanted = subtract(order.quantity, replacing?.filledQuantity ?? ZERO_QUANTITY);
  const available = subtract(existing, held);
  return wanted > available ? insufficientQuantity(order.symbol, wanted, available, existing, held) : undefined;
}

function checkShort(order: NewOrder, instrument: Instrument, equity: Money, options: CoreOptions): Check {
  if (!instrument.shortable) return forbidden(`asset "${order.symbol}" cannot be sold short`);
  if (instrument.assetClass === 'us_equity' && order.quantity % UNITS_PER_ONE !== 0n)
    return unprocessable('fractional orders are not allowed to short');
  if (options.buyingPowerChecks && equity < SHORT_EQUITY_MIN) return forbidden('account is not allowed to short');
  return undefined;
}

/**
 * Whether the venue takes an order. In order: the asset, the order's own fields, its client id, own opposite orders, the holding it closes,
 * and buying power. Nothing is changed.
 */
export function admit(
  state: ExchangeState,
  options: CoreOptions,
  account: AccountState,
  order: NewOrder,
  at: number,
  replacing?: Replacing,
): Admission {
  const refuse = (refusal: Refusal): Admission => ({ ok: false, refusal });
  const instrument = options.instruments.get(order.symbol);
  if (instrument === undefined) return refuse(unprocessable(`asset "${order.symbol}" not found`));
  if (!instrument.tradable) return refuse(unprocessable(`asset "${order.symbol}" is not tradable`));
  const own =
    checkPrices(order, instrument, options.penny) ??
    checkQuantity(order, instrument) ??
    checkTimeInForce(order, state, at) ??
    checkClientId(order, account);
  if (own !== undefined) return refuse(own);

  const opposite = options.washTradeChecks ? washTradeWith(account, order, replacing?.id) : undefined;
  if (opposite !== undefined) return refuse(washTrade(opposite.id, opposite.type));

  const intent = intentOf(order, heldQuantity(account, order.symbol));
  const holding = checkHolding(order, account, intent, replacing);
  if (holding !== undefined) return refuse(holding);
  const reservePrice = reservePriceOf(intent, order, state.lastPrices.get(order.symbol));
  if (!opens(intent)) return { ok: true, positionIntent: intent, reservePrice };

  const figures = figuresOf(account, state.lastPrices, options, replacing?.id);
  const short = intent === 'sell_to_open' ? checkShort(order, instrument, figures.equity, options) : undefined;
  if (short !== undefined) return refuse(short);
  const cost = notional(subtract(order.quantity, replacing?.filledQuantity ?? ZERO_QUANTITY), reservePrice);
  if (options.buyingPowerChecks && cost > figures.buyingPower) return refuse(insufficientBuyingPower(figures.buyingPower, cost));
  return { ok: true, positionIntent: intent, reservePrice };
}
