import type { WishKind, WishMeasure } from '@tidemark/compute/types';
import type { Timeframe } from '../market-data/bar.ts';
import type { Ratio, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';

/** How a strategy's exposure of 1 becomes units. */
export type SizePolicy =
  | { readonly kind: 'units'; readonly units: Quantity }
  /** A fraction of the account's equity at the signal, per symbol. */
  | { readonly kind: 'equity'; readonly fraction: Ratio };

export type ParameterValue = number | string;
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** A strategy as configured on the account: which version runs, on what, how large. */
export interface StrategyConfig {
  readonly id: string;
  /** Unique, chosen by its owner. */
  readonly name: string;
  /** SHA-256 of the WebAssembly module: the version. */
  readonly version: string;
  /** Name of the built-in or of the source it was compiled from. */
  readonly source: string;
  readonly parameters: ParameterValues;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** Share of equity that the strategy may hold. */
  readonly allocation: Ratio;
  readonly size: SizePolicy;
  readonly wholeUnits: boolean;
}

export const STRATEGY_STATES = ['draft', 'paper', 'live', 'paused'] as const;
export type StrategyState = (typeof STRATEGY_STATES)[number];

/** A target without protective orders: an exposure in [-1, 1] times the size policy. */
export interface Target {
  readonly symbol: string;
  readonly exposure: number;
  readonly reason: string;
}

/** Anything else that a strategy may wish for. Prices and amounts are doubles, as the module gave them; absent where there is none. */
export interface Wish {
  readonly symbol: string;
  readonly kind: WishKind;
  /** What `amount` counts: exposure of the size policy, a fraction of equity, units or money. */
  readonly measure: WishMeasure;
  /** Signed: above zero buys. */
  readonly amount: number;
  readonly reason: string;
  readonly limit?: number;
  readonly stop?: number;
  readonly trail?: number;
  readonly trailFraction?: number;
  readonly stopLoss?: number;
  readonly takeProfit?: number;
  /** Ends at the close of its first day at work; else it is good until it is cancelled. */
  readonly day?: boolean;
  readonly reduceOnly?: boolean;
  /** Orders of one group cancel each other. */
  readonly group?: number;
  /** The strategy's own number of the order; what a cancel names, absent there for all orders of the symbol. */
  readonly orderNumber?: number;
}

/** What a strategy wants of one symbol after one bar. A plain target is written short, as it was before there was anything else. */
export type Wished = Target | Wish;

/** One answer of a strategy to one bar slice. Nothing wished for means: leave everything as it is. */
export interface StrategyDecision {
  readonly strategyId: string;
  readonly version: string;
  readonly barAt: Instant;
  /** In the order in which they were said. */
  readonly targets: readonly Wished[];
}
