import { money, price, ratio } from '../../money/fixed.ts';
import type { Money, Price, Quantity } from '../../money/fixed.ts';
import { abs, add, max, negate, notional, scale, subtract, ZERO_MONEY } from '../../money/money.ts';
import { coverOf, underlyingsOf } from './option-cover.ts';
import { isOption, worth } from './option-terms.ts';
import { remaining } from './positions.ts';
import type { AccountState } from './state.ts';
import type { CoreOptions, OrderChange, PositionIntent, VenueOrder, VenuePosition } from './types.ts';

const MARGIN_EQUITY_MIN = money('2000');
const SHORT_MIN = price('2.5');
const SHORT_FULL_BELOW = price('5');
const MAINTENANCE = ratio('0.3');
const INITIAL = ratio('0.5');
const SHORT_COLLAR = ratio('1.03');
const TWICE = ratio('2');
const FOURFOLD = ratio('4');
const UNKNOWN_PRICE = price('0');

/** The figures of an account, marked at the newest prices. All in dollars. */
export interface AccountFigures {
  readonly cash: Money;
  readonly equity: Money;
  readonly longMarketValue: Money;
  /** Zero or negative. */
  readonly shortMarketValue: Money;
  readonly initialMargin: Money;
  readonly maintenanceMargin: Money;
  readonly multiplier: 1 | 2 | 4;
  /** After what open orders reserve. Never negative. */
  readonly buyingPower: Money;
  readonly regulationTBuyingPower: Money;
  readonly reserved: Money;
  /** Cash that is neither spoken for nor set aside. */
  readonly optionsBuyingPower: Money;
}

/** A position is marked at its average price until the symbol has shown a price. */
export const markOf = (position: VenuePosition, prices: ReadonlyMap<string, Price>): Price =>
  prices.get(position.symbol) ?? position.averagePrice;

/** End-of-day maintenance requirement of one position, by the table of the broker's margin rules. */
function maintenanceOf(quantity: Quantity, at: Price, longFullBelow: Price): Money {
  const size = abs(quantity);
  const value = notional(size, at);
  if (quantity > 0n) return at < longFullBelow ? value : scale(value, MAINTENANCE);
  if (at < SHORT_FULL_BELOW) return max(notional(size, SHORT_MIN), value);
  return max(notional(size, SHORT_FULL_BELOW), scale(value, MAINTENANCE));
}

export const opens = (intent: PositionIntent): boolean => intent === 'buy_to_open' || intent === 'sell_to_open';

/** Buying power that one open order reserves: closing orders reserve none. */
const reservedBy = (order: VenueOrder): Money =>
  opens(order.positionIntent) ? notional(remaining(order), order.reservePrice) : ZERO_MONEY;

/** While a replacement waits for its place, the larger of the two orders counts: here what it adds to the other one's. */
function reservedBeyond(account: AccountState, order: VenueOrder): Money {
  const old = order.replaces === undefined ? undefined : account.open.get(order.replaces);
  return old === undefined ? reservedBy(order) : max(subtract(reservedBy(order), reservedBy(old)), ZERO_MONEY);
}

const lesser = (left: 1 | 2 | 4, right: 1 | 2 | 4): 1 | 2 | 4 => (left < right ? left : right);

/** Price at which an opening order reserves: its limit, else the market's; a short sale 3 % above. */
export function reservePriceOf(
  intent: PositionIntent,
  order: { readonly limitPrice?: Price | undefined; readonly stopPrice?: Price | undefined },
  market: Price | undefined,
): Price {
  const known = market ?? order.limitPrice ?? order.stopPrice ?? UNKNOWN_PRICE;
  if (intent !== 'sell_to_open') return order.limitPrice ?? max(order.stopPrice ?? known, known);
  const above = scale(known, SHORT_COLLAR);
  return max(order.limitPrice ?? above, above);
}

/** What the shorts in options may lose at most, beyond what shares and long options bound. */
function optionRequirement(account: AccountState): Money {
  const units = new Map<string, bigint>([...account.positions].map(([symbol, { quantity }]) => [symbol, quantity]));
  return underlyingsOf(units).reduce<Money>((total, underlying) => add(total, coverOf(units, underlying).worstLoss), ZERO_MONEY);
}

/** Everything that `GET /v2/account` says about money. `except` leaves one order's reservation out. */
export function figuresOf(
  account: AccountState,
  prices: ReadonlyMap<string, Price>,
  options: Pick<CoreOptions, 'multiplier' | 'longFullBelow'>,
  except?: string,
): AccountFigures {
  let long = ZERO_MONEY;
  let short = ZERO_MONEY;
  let maintenance = ZERO_MONEY;
  let optionValue = ZERO_MONEY;
  for (const position of account.positions.values()) {
    const mark = markOf(position, prices);
    const value = worth(position.symbol, position.quantity, mark);
    if (isOption(position.symbol)) {
      optionValue = add(optionValue, value);
      continue;
    }
    if (value >= 0n) long = add(long, value);
    else short = add(short, value);
    maintenance = add(maintenance, maintenanceOf(position.quantity, mark, options.longFullBelow));
  }
  const requirement = optionRequirement(account);
  let reserved = ZERO_MONEY;
  for (const order of account.open.values()) if (order.id !== except) reserved = add(reserved, reservedBeyond(account, order));

  const equity = add(add(account.cash, optionValue), add(long, short));
  const gross = subtract(long, short);
  // Options are paid in full, and shorts set aside what they can lose.
  const optionMargin = add(requirement, optionValue);
  const initial = add(scale(gross, INITIAL), optionMargin);
  maintenance = add(maintenance, optionMargin);
  const multiplier = equity < MARGIN_EQUITY_MIN ? 1 : lesser(options.multiplier, account.settings.maxMultiplier);
  const regulationT = scale(max(subtract(equity, initial), ZERO_MONEY), TWICE);
  const intraday = scale(max(subtract(equity, maintenance), ZERO_MONEY), FOURFOLD);
  // Proceeds of a short sale are owed back, so they buy nothing.
  const cashOnly = subtract(add(account.cash, short), requirement);
  const before = { 1: cashOnly, 2: regulationT, 4: intraday }[multiplier];
  return {
    cash: account.cash,
    equity,
    longMarketValue: optionValue > 0n ? add(long, optionValue) : long,
    shortMarketValue: optionValue < 0n ? add(short, optionValue) : short,
    initialMargin: initial,
    maintenanceMargin: maintenance,
    multiplier,
    buyingPower: max(subtract(before, reserved), ZERO_MONEY),
    regulationTBuyingPower: max(subtract(regulationT, reserved), ZERO_MONEY),
    reserved,
    optionsBuyingPower: max(subtract(cashOnly, reserved), ZERO_MONEY),
  };
}

/** The fields of an order after a change, for checks and for the order that takes its place. */
export const changed = (
  order: VenueOrder,
  change: OrderChange,
): Pick<VenueOrder, 'quantity' | 'limitPrice' | 'stopPrice' | 'timeInForce'> => ({
  quantity: change.quantity ?? order.quantity,
  limitPrice: change.limitPrice ?? order.limitPrice,
  stopPrice: change.stopPrice ?? order.stopPrice,
  timeInForce: change.timeInForce ?? order.timeInForce,
});

export const signedBy = (side: 'buy' | 'sell', quantity: Quantity): Quantity => (side === 'buy' ? quantity : negate(quantity));
