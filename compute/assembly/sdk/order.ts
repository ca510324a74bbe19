import {
  EXPOSURE,
  LIMIT_ORDER,
  MARKET_ORDER,
  NOTIONAL,
  STOP_LIMIT_ORDER,
  STOP_ORDER,
  TRAILING_ORDER,
  UNITS,
  WEIGHT,
  nextGroup,
} from './wishes';

/**
 * An order that a strategy states itself, for `Strategy.submit`. Amounts are signed: above zero buys, below zero sells; units unless one of
 * `byExposure`, `byWeight`, `byNotional` says otherwise. Good until cancelled, unless `day`. An order that turns a position round closes it first.
 */
export class Order {
  measure: i32 = UNITS;
  limitPrice: f64 = NaN;
  stopPrice: f64 = NaN;
  trail: f64 = NaN;
  trailFraction: f64 = NaN;
  stopLoss: f64 = NaN;
  takeProfit: f64 = NaN;
  isDay: bool = false;
  isReduceOnly: bool = false;
  group: i32 = 0;
  /** Whether a strategy has submitted it. */
  isHandedIn: bool = false;

  constructor(
    readonly kind: i32,
    readonly symbol: i32,
    readonly amount: f64,
  ) {}

  /** Fills at the next open, or at this close where the backtest says so. */
  static market(symbol: i32, amount: f64): Order {
    return new Order(MARKET_ORDER, symbol, amount);
  }

  /** Fills at `limit` or better: a price above 0, as every price of an order; `submit` refuses others. */
  static limit(symbol: i32, amount: f64, limit: f64): Order {
    const order = new Order(LIMIT_ORDER, symbol, amount);
    order.limitPrice = limit;
    return order;
  }

  /** Becomes a market order when the price touches `stop`: a gap fills at the open, not at the stop. */
  static stop(symbol: i32, amount: f64, stop: f64): Order {
    const order = new Order(STOP_ORDER, symbol, amount);
    order.stopPrice = stop;
    return order;
  }

  /** Becomes a limit order at `limit` when the price touches `stop`. */
  static stopLimit(symbol: i32, amount: f64, stop: f64, limit: f64): Order {
    const order = new Order(STOP_LIMIT_ORDER, symbol, amount);
    order.stopPrice = stop;
    order.limitPrice = limit;
    return order;
  }

  /** A stop that follows the best price since it was placed at a distance of `fraction` of that price. */
  static trailing(symbol: i32, amount: f64, fraction: f64): Order {
    if (!(fraction > 0 && fraction < 1)) throw new RangeError('A trailing distance must be a fraction between 0 and 1');
    const order = new Order(TRAILING_ORDER, symbol, amount);
    order.trailFraction = fraction;
    return order;
  }

  /** As `trailing`, at a distance in money. */
  static trailingBy(symbol: i32, amount: f64, distance: f64): Order {
    if (!(distance > 0 && distance < Infinity)) throw new RangeError('A trailing distance must be above 0');
    const order = new Order(TRAILING_ORDER, symbol, amount);
    order.trail = distance;
    return order;
  }

  /** The amount is an exposure in [-1, 1] of the size policy of the run. */
  byExposure(): Order {
    if (!(this.amount >= -1 && this.amount <= 1)) throw new RangeError('An exposure must be between -1 and 1');
    this.measure = EXPOSURE;
    return this;
  }

  /** The amount is a fraction of equity at this close. */
  byWeight(): Order {
    this.measure = WEIGHT;
    return this;
  }

  /** The amount is money at this close. */
  byNotional(): Order {
    this.measure = NOTIONAL;
    return this;
  }

  /** Ends at the close of the day on which it was first at work. */
  day(): Order {
    this.isDay = true;
    return this;
  }

  /** Only ever makes a position smaller. */
  reduceOnly(): Order {
    this.isReduceOnly = true;
    return this;
  }

  /** Protective orders that start when this order fills: prices, NaN for none. One cancels the other. */
  bracket(stopLoss: f64, takeProfit: f64): Order {
    this.stopLoss = stopLoss;
    this.takeProfit = takeProfit;
    return this;
  }

  /** One cancels the other: whichever fills first cancels the rest of its group. Before either of them is submitted. */
  oco(other: Order): Order {
    if (this.isHandedIn || other.isHandedIn) throw new Error('Orders are tied together before they are submitted');
    const group = other.group != 0 ? other.group : this.group != 0 ? this.group : nextGroup();
    this.group = group;
    other.group = group;
    return this;
  }
}
