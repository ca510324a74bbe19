import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';

export type Side = 'buy' | 'sell';
export type OrderType = 'market' | 'limit' | 'stop' | 'stop_limit';
export type TimeInForce = 'day' | 'gtc' | 'ioc' | 'fok' | 'opg' | 'cls';

/** Who wants an order. */
export type Origin =
  /** `orderNumber`: the strategy's own number of an order that it stated itself, by which it cancels it; absent for what a target led to. */
  | { readonly kind: 'strategy'; readonly strategyId: string; readonly version: string; readonly orderNumber?: number }
  | { readonly kind: 'ticket'; readonly principal: string }
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
  /** A protective stop that will be attached: bounds what the order can lose. */
  readonly protectiveStop?: Price;
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
}

/** An order with its whole life. `id` equals the intent's id and the broker's `client_order_id`. */
export interface Order {
  readonly id: string;
  readonly intent: OrderIntent;
  readonly decision: RiskDecision;
  readonly state: OrderState;
  readonly brokerOrderId?: string;
  readonly filledQuantity: Quantity;
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
