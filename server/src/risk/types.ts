import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { OrderIntent } from '../orders/order.ts';
import type { Instrument } from '../instruments/instrument.ts';
import type { Limits } from './limits.ts';

/** Trading states, from free to frozen: breakers move right, only people move left. */
export const TRADING_STATES = ['ACTIVE', 'HALF', 'REDUCING', 'HALTED', 'FROZEN'] as const;
export type TradingState = (typeof TRADING_STATES)[number];

/** The newest price known of a symbol. */
export interface Mark {
  readonly price: Price;
  readonly bid?: Price;
  readonly ask?: Price;
  readonly at: Instant;
  readonly basis: 'quote' | 'trade' | 'bar';
}

/** What is known of a symbol's trading from its daily bars. `undefined` where history is too short. */
export interface InstrumentProfile {
  readonly symbol: string;
  readonly averageVolume20?: Quantity;
  readonly averageDollarVolume20?: Money;
  /** Standard deviation of daily simple returns over 60 days. */
  readonly dailyVolatility60?: Ratio;
  readonly asOf: Instant;
}

/** An order that is open, or whose outcome is unknown: it reserves its worst case. */
export interface OpenOrderView {
  readonly id: string;
  readonly intent: OrderIntent;
  /** Positive. */
  readonly remaining: Quantity;
  /** The broker's reported buying power is already less by this order's cost; where absent the gate reserves it. */
  readonly heldByBroker?: boolean;
}

export interface PositionView {
  readonly symbol: string;
  readonly quantity: Quantity;
  readonly averagePrice: Price;
}

/** All that the gate may look at. A snapshot: controls are pure functions of an intent and this. */
export interface RiskContext {
  readonly now: Instant;
  readonly tradingState: TradingState;
  /** Last reconciled equity, and when; `undefined` denies every entry. */
  readonly equity: Money | undefined;
  readonly equityAt: Instant | undefined;
  readonly buyingPower: Money | undefined;
  readonly positions: ReadonlyMap<string, PositionView>;
  readonly openOrders: readonly OpenOrderView[];
  readonly marks: ReadonlyMap<string, Mark>;
  readonly profiles: ReadonlyMap<string, InstrumentProfile>;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly limits: Limits;
  readonly marketOpen: boolean;
  /** Estimated fee as a fraction of notional, added to the order risk of an order with a stop; 0 where absent. */
  readonly feeRate?: Ratio;
}
