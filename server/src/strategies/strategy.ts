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

/** What a strategy wants of one symbol after one bar: an exposure in [-1, 1] times its size policy. */
export interface Target {
  readonly symbol: string;
  readonly exposure: number;
  readonly reason: string;
}

/** One answer of a strategy to one bar slice. No targets means: leave everything as it is. */
export interface StrategyDecision {
  readonly strategyId: string;
  readonly version: string;
  readonly barAt: Instant;
  readonly targets: readonly Target[];
}
