import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { OrderIntent } from '../orders/order.ts';
import type { Instrument } from '../instruments/instrument.ts';
import type { Activity } from './activity.ts';
import type { Brake } from './brakes.ts';
import type { LimitLayers } from './layers.ts';
import type { Limits } from './limits.ts';
import type { LiveGateView } from './live-gate.ts';
import type { OptionsView } from './options.ts';

/** Trading states, from free to frozen: breakers move right, only people move left. */
export const TRADING_STATES = ['ACTIVE', 'HALF', 'REDUCING', 'HALTED', 'FROZEN'] as const;
export type TradingState = (typeof TRADING_STATES)[number];

/** What is known of an option beside its price: of one share, delta and gamma to a dollar of the underlying, theta to a calendar day, vega to a point. */
export interface OptionFigures {
  readonly delta: Ratio;
  readonly gamma: Ratio;
  readonly theta: Ratio;
  readonly vega: Ratio;
  /** Per year; absent where greeks are known and no volatility. */
  readonly impliedVolatility?: Ratio;
  /** Price of the underlying that they belong to, where it is known. */
  readonly underlyingPrice?: Price;
  /** Who they are from: the feed, or the compute core. */
  readonly source: 'feed' | 'computed';
  readonly at: Instant;
}

/** The newest price known of a symbol. */
export interface Mark {
  readonly price: Price;
  readonly bid?: Price;
  readonly ask?: Price;
  readonly at: Instant;
  readonly basis: 'quote' | 'trade' | 'bar';
  /** Of an option, where its greeks are known. */
  readonly option?: OptionFigures;
}

/** What is known of a symbol's trading from its daily bars. `undefined` where history is too short. */
export interface InstrumentProfile {
  readonly symbol: string;
  readonly averageVolume20?: Quantity;
  readonly averageDollarVolume20?: Money;
  /** Standard deviation of daily simple returns over 60 days. */
  readonly dailyVolatility60?: Ratio;
  /** Median over 60 days of a day's range (high less low) as a share of the close before. */
  readonly medianRange60?: Ratio;
  readonly dailyReturns?: DailyReturns;
  /** In an event: the newest return alone, which is added to the history that is known. */
  readonly newestReturn?: NewestReturn;
  /** Slope against the broad market; 1 where it is not known. */
  readonly beta?: Ratio;
  readonly asOf: Instant;
}

/** Simple returns of the newest days, at most 250, oldest first. */
export interface DailyReturns {
  /** Whole days since 1970-01-01, rising: returns of different symbols meet by day. */
  readonly days: readonly number[];
  /** The return of that day in whole millionths. */
  readonly millionths: readonly number[];
}

export interface NewestReturn {
  readonly day: number;
  readonly millionths: number;
}

/** An order that is open, or whose outcome is unknown: it reserves its worst case. */
export interface OpenOrderView {
  readonly id: string;
  readonly intent: OrderIntent;
  /** Positive. */
  readonly remaining: Quantity;
  /** The broker's reported buying power is already less by this order's cost; where absent the gate reserves it. */
  readonly heldByBroker?: boolean;
  /** Since when nobody knows what became of it. */
  readonly unknownSince?: Instant;
}

/** A strategy on the account, as far as controls look at it. */
export interface StrategyRiskView {
  readonly id: string;
  readonly version: string;
  /** Share of equity that it may hold. */
  readonly allocation: Ratio;
  /** Signed units. */
  readonly holdings: ReadonlyMap<string, Quantity>;
}

/** The regular session that is open. */
export interface SessionHours {
  readonly openAt: Instant;
  readonly closeAt: Instant;
}

/** Which symbols may be traded. */
export interface Restrictions {
  readonly denied: ReadonlySet<string>;
  /** Where it is not empty, nothing else may be opened. */
  readonly allowed: ReadonlySet<string>;
  /** Symbols outside of exchanges, and funds with leverage, that a person has let through by name. */
  readonly excepted: ReadonlySet<string>;
}

/** Something that the broker reports otherwise than our books say. */
export interface UnexplainedDifference {
  /** `cash`, or a symbol. */
  readonly what: string;
  readonly since: Instant;
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
  /** What options may be bought with beside it: they are paid in full. Absent where it is not known: the broker's buying power alone counts. */
  readonly cash?: Money;
  readonly positions: ReadonlyMap<string, PositionView>;
  readonly openOrders: readonly OpenOrderView[];
  /** Of the quantity of the order that is judged, what those whose place it takes have filled: it is in the positions. 0 where absent. */
  readonly carried?: Quantity;
  readonly marks: ReadonlyMap<string, Mark>;
  readonly profiles: ReadonlyMap<string, InstrumentProfile>;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly limits: Limits;
  readonly marketOpen: boolean;
  /** Estimated fee as a fraction of notional, added to the order risk of an order with a stop; 0 where absent. */
  readonly feeRate?: Ratio;
  readonly mode: 'simulated' | 'paper' | 'live';
  /** `undefined` while the market is closed, or where the calendar does not reach. */
  readonly session: SessionHours | undefined;
  /** Symbols in which trading is halted. */
  readonly halted: ReadonlySet<string>;
  /** Our clock less the broker's. `undefined`: never measured. A simulated venue's clock is ours. */
  readonly clockSkewMs: number | undefined;
  /** The broker lets the account sell short. */
  readonly shortingEnabled: boolean;
  readonly activity: Activity;
  readonly strategies: ReadonlyMap<string, StrategyRiskView>;
  /** Breakers that have tripped on a strategy or a symbol, or on the account for a time. */
  readonly brakes: readonly Brake[];
  readonly restrictions: Restrictions;
  readonly differences: readonly UnexplainedDifference[];
  readonly liveGate: LiveGateView;
  readonly layers: LimitLayers;
  /** `undefined` where nothing is known of options: orders in them are denied. */
  readonly options?: OptionsView;
}
