import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';

export type Side = 'buy' | 'sell';
export const ORDER_TYPES = ['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'] as const;
export type OrderType = (typeof ORDER_TYPES)[number];
export const TIMES_IN_FORCE = ['day', 'gtc', 'ioc', 'fok', 'opg', 'cls'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/**
 * How an order hangs together with others. `bracket`: an entry, then a take profit and a stop loss of which one cancels the other. `oto`: an entry, then one
 * of the two. `oco`: the two alone, which close what is held; the order itself is the take profit.
 */
export const ORDER_CLASSES = ['simple', 'bracket', 'oco', 'oto'] as const;
export type OrderClass = (typeof ORDER_CLASSES)[number];

/** The two exits of a family of orders. */
export const LEG_ROLES = ['take_profit', 'stop_loss'] as const;
export type LegRole = (typeof LEG_ROLES)[number];

export interface TakeProfit {
  readonly limitPrice: Price;
}

/** A stop that becomes a market order when it is touched, or a limit order where it has a limit price. */
export interface StopLoss {
  readonly stopPrice: Price;
  readonly limitPrice?: Price;
}

/** Who wants an order. */
export type Origin =
  /**
   * `orderNumber`: the strategy's own number of an order that it stated itself, by which it cancels it; absent for what a target led to. Orders of one
   * `group` cancel each other.
   */
  | {
      readonly kind: 'strategy';
      readonly strategyId: string;
      readonly version: string;
      readonly orderNumber?: number;
      readonly group?: number;
    }
  /**
   * `confirmedAt`: when the log-in behind it was last confirmed; a program's key has none. `approvedBy`: the people who let an agent's order go, the last
   * of whom has confirmed.
   */
  | {
      readonly kind: 'ticket';
      readonly principal: string;
      readonly confirmedAt?: Instant;
      readonly approvedBy?: readonly string[];
    }
  | { readonly kind: 'flatten'; readonly principal: string };

/** The wish to trade: the fields that a person or a strategy chose, before the gate has seen them. */
export interface OrderIntent {
  /** Derived from its cause, unique for ever; also the broker's `client_order_id`. */
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  /** Positive. */
  readonly quantity: Quantity;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly limitPrice?: Price;
  readonly stopPrice?: Price;
  /** Distance of a trailing stop from the best price since: in money, or as a fraction of that price. Exactly one of the two. */
  readonly trail?: Price;
  readonly trailRatio?: Ratio;
  /** A protective stop that will be attached, by the broker as a leg or by the engine once it has filled: bounds what the order can lose. */
  readonly protectiveStop?: Price;
  /** Absent for a simple order. */
  readonly orderClass?: OrderClass;
  /** Exits that start when it has filled: legs at the broker where the order has a class, kept by the engine where it is simple. */
  readonly takeProfit?: TakeProfit;
  readonly stopLoss?: StopLoss;
  /** An exit of a position, kept at the broker for as long as the position needs it. */
  readonly protects?: boolean;
  /** May trade before and after the core session. */
  readonly extendedHours?: boolean;
  /** The order whose place this one takes, at the broker in one step. */
  readonly replaces?: string;
  /** A leg of another order's family: it was approved and sent with it. */
  readonly leg?: { readonly parentId: string; readonly role: LegRole };
  readonly reduceOnly: boolean;
  readonly origin: Origin;
  readonly reason: string;
  readonly createdAt: Instant;
}

/** Life of an order as we see it. `unknown`: sent, and the broker has not yet answered positively either way. */
export const ORDER_STATES = [
  'intent',
  'denied',
  'approved',
  'unknown',
  'accepted',
  'working',
  'partially_filled',
  'pending_cancel',
  'pending_replace',
  'filled',
  'canceled',
  'expired',
  'replaced',
  'rejected',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];
export const TERMINAL_STATES: ReadonlySet<OrderState> = new Set(['denied', 'filled', 'canceled', 'expired', 'replaced', 'rejected']);

/** One violated control: what it limits, and the figure that broke it. Money and ratios are decimal text in JSON, bigint here. */
export interface Denial {
  readonly code: DenialCode;
  /** One sentence with both figures. */
  readonly message: string;
  readonly limit: string;
  readonly actual: string;
  /** What `limit` and `actual` count. */
  readonly unit: 'ratio' | 'usd' | 'count' | 'ms' | 'state' | 'price' | 'text';
}

export const DENIAL_CODES = [
  'TradingState',
  'Paused',
  'OrderSanity',
  'RestrictedSymbol',
  'MarketHours',
  'StaleData',
  'ClockSkew',
  'MinimumPrice',
  'MinimumLiquidity',
  'PriceCollar',
  'OrderRisk',
  'OrderNotional',
  'OrderVolume',
  'Concentration',
  'SectorExposure',
  'GrossExposure',
  'NetExposure',
  'CapitalDeployed',
  'OpenPositions',
  'StrategyAllocation',
  'PortfolioHeat',
  'ValueAtRisk',
  'ShortSale',
  'BuyingPower',
  'OptionStrategy',
  'OptionExpiry',
  'Greeks',
  'OpenOrders',
  'OrderRate',
  'DuplicateOrder',
  'RepeatedExecution',
  'WashTrade',
  'UnknownOutcome',
  'Reconciliation',
  'LiveGate',
] as const;
export type DenialCode = (typeof DENIAL_CODES)[number];

/** What the gate decided on one intent, with the figures it looked at. */
export interface RiskDecision {
  readonly id: string;
  readonly intentId: string;
  readonly verdict: 'approved' | 'denied';
  readonly denials: readonly Denial[];
  /** What the order could lose, and its share of equity, as the gate saw it. */
  readonly orderRisk: Money;
  readonly orderRiskRatio: Ratio | undefined;
  readonly equity: Money;
  readonly referencePrice: Price | undefined;
  /** SHA-256 of the order's fields, in hex: an approval holds for exactly these. */
  readonly fieldsHash: string;
  readonly decidedAt: Instant;
}

/** One execution, identified by the broker; booked once whatever the number of times it is heard of. */
export interface Fill {
  readonly executionId: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: Side;
  /** Positive. */
  readonly quantity: Quantity;
  readonly price: Price;
  readonly fee: Money;
  readonly filledAt: Instant;
  /** The execution in whose place this one stands. */
  readonly corrects?: string;
}

/** What became of an execution that no longer counts. */
export type Undone = 'busted' | 'corrected';

/** An order with its whole life. `id` equals the intent's id and the broker's `client_order_id`. */
export interface Order {
  readonly id: string;
  readonly intent: OrderIntent;
  readonly decision: RiskDecision;
  readonly state: OrderState;
  readonly brokerOrderId?: string;
  readonly filledQuantity: Quantity;
  /** Filled, and taken back by the broker: what the order has used up beside `filledQuantity`. */
  readonly undoneQuantity?: Quantity;
  /** What the orders whose place it took had filled of its quantity. */
  readonly carriedQuantity?: Quantity;
  readonly averagePrice?: Price;
  readonly fees: Money;
  /** Price that the market showed when the intent was made: slippage is measured from it. */
  readonly arrivalPrice?: Price;
  readonly rejection?: string;
  readonly sentAt?: Instant;
  readonly acknowledgedAt?: Instant;
  readonly closedAt?: Instant;
  readonly updatedAt: Instant;
}
