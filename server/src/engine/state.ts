import type { Instrument } from '../instruments/instrument.ts';
import type { Money, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { BrokerAccount } from '../orders/broker.ts';
import type { Order } from '../orders/order.ts';
import type { Position } from '../positions/position.ts';
import type { Limits } from '../risk/limits.ts';
import type { InstrumentProfile, Mark, TradingState } from '../risk/types.ts';
import type { Alert, EquityPoint, StrategyView } from './effects.ts';

/** A strategy on the account, with what it holds. */
export interface StrategySlot extends StrategyView {
  /** The strategy's own part of each position: signed units. */
  readonly holdings: ReadonlyMap<string, Quantity>;
}

/** Everything the engine knows. Treated as immutable: `step` returns a new one that shares what did not change. */
export interface EngineState {
  readonly mode: 'simulated' | 'paper' | 'live';
  readonly accountId: string;
  readonly now: Instant;
  readonly sessionDate: string | undefined;
  readonly marketOpen: boolean;
  readonly brokerConnected: boolean;
  /** False until the first reconcile after a start: entries are denied. */
  readonly reconciled: boolean;
  readonly tradingState: TradingState;
  readonly tradingStateBecause: string;
  readonly account: BrokerAccount | undefined;
  readonly accountAt: Instant | undefined;
  readonly cash: Money;
  readonly equity: EquityPoint | undefined;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly profiles: ReadonlyMap<string, InstrumentProfile>;
  readonly marks: ReadonlyMap<string, Mark>;
  readonly positions: ReadonlyMap<string, Position>;
  /** Orders that are not terminal, and the terminal ones of the current session (late fills find them). */
  readonly orders: ReadonlyMap<string, Order>;
  readonly strategies: ReadonlyMap<string, StrategySlot>;
  readonly limits: Limits;
  /** Open alerts by id. */
  readonly alerts: ReadonlyMap<string, Alert>;
}
