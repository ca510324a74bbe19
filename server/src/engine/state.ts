import type { Instrument } from '../instruments/instrument.ts';
import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { BrokerAccount } from '../orders/broker.ts';
import type { Order, OrderIntent, Origin } from '../orders/order.ts';
import type { Position } from '../positions/position.ts';
import type { OwnerResults } from '../positions/owner-results.ts';
import type { SubLedgers } from '../positions/sub-ledgers.ts';
import type { Recommendation } from '../recommendations/recommendation.ts';
import type { Proposal } from '../approvals/proposal.ts';
import type { Activity } from '../risk/activity.ts';
import type { OptionContractView } from '../risk/options.ts';
import type { Brake } from '../risk/brakes.ts';
import type { LimitLayers } from '../risk/layers.ts';
import type { SymbolBook } from '../positions/symbol-book.ts';
import type { LimitName, Limits } from '../risk/limits.ts';
import type { InstrumentProfile, Mark, TradingState } from '../risk/types.ts';
import type { Alert, EquityPoint, StrategyView } from './effects.ts';
import type { Role } from '../approvals/roles.ts';
import type { EngineOptions, RecordedPerson, RestrictionLists } from './events.ts';
import type { Ensemble } from './ensembles.ts';
import type { LimitPeak } from './limit-peaks.ts';
import type { SymbolWatch } from './market-watch.ts';
import type { StrategyWatch } from './strategy-watch.ts';
import type { ShadowBook } from './shadow-book.ts';
import type { Promotion, Service } from './promotion.ts';

/** What a strategy was last asked about: targets and orders are sized by these figures. */
export interface Signal {
  readonly at: Instant;
  readonly equity: Money;
  readonly closes: ReadonlyMap<string, Price>;
  /** What the strategy held, and was told that it held. */
  readonly holdings: ReadonlyMap<string, Quantity>;
}

/** A strategy on the account, with what it holds. */
export interface StrategySlot extends StrategyView {
  /** The strategy's own part of each position: signed units. */
  readonly holdings: ReadonlyMap<string, Quantity>;
  /** Average price of those units, by symbol: what a backtest tells a strategy too. */
  readonly entryPrices: ReadonlyMap<string, Price>;
  readonly signal?: Signal;
  /** While it trades in shadow: what it would hold. */
  readonly shadow?: ShadowBook;
}

/** An execution that was booked: what later reports of it are recognised by. */
export interface BookedExecution {
  readonly executionId: string;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly at: Instant;
  /** What of the order was filled after it, where the broker said so. */
  readonly cumulative?: Quantity;
  /** Of an inferred one: what of the order was complete in the books before it. All of it was filled after that. */
  readonly from?: Quantity;
  /** Who told it. */
  readonly source?: ExecutionSource;
  /** The name by which another source calls the same execution: its own, too. */
  readonly alias?: string;
  /** Only a name: its quantity is in the books by another entry. */
  readonly nameOnly?: true;
  /** The broker took it back: its cumulative quantities may go on counting it. */
  readonly undone?: true;
}

/** An execution that counts no more: its fill, should it be told only now, is not booked. */
export interface VoidedExecution {
  readonly at: Instant;
  /** The execution that stands in its place; absent where it was taken back. */
  readonly by?: string;
}

/** Executions are told twice: by the stream as they happen, and by the broker's list afterwards. Others are inferred from a cumulative quantity. */
export type ExecutionSource = 'stream' | 'list' | 'inferred';

/** What the engine remembers of an order beside its public face. */
export interface OrderTracking {
  readonly executions: readonly BookedExecution[];
  /** Σ quantity × price of what was booked, without fees. */
  readonly notional: Money;
  /** Booked from a cumulative quantity alone; a real execution heard of later is part of it. */
  readonly syntheticQuantity: Quantity;
  /** The broker's cumulative quantity at which our books were complete: what was executed up to it has been booked, under whatever name. */
  readonly accountedUpTo?: Quantity;
  /** The broker's cumulative quantity when it called the order ended. */
  readonly finalQuantity?: Quantity;
  /** Newest broker time whose state was taken over: older reports change no state. */
  readonly brokerUpdatedAt?: Instant;
  /** Somebody wants it cancelled: also when it is acknowledged only later. */
  readonly cancelWanted: boolean;
}

/** A strategy's wish that waits until its older orders on the symbol have ended. */
export interface DeferredTarget {
  readonly strategyId: string;
  readonly symbol: string;
  /** Signed units. */
  readonly desired: Quantity;
  readonly reason: string;
  readonly barAt: Instant;
  /** The holding may come nearer to zero and no more: the wish had protective orders, which trading cannot carry. */
  readonly shrinkOnly?: boolean;
  /** Exits that what it opens is to have. */
  readonly stopLoss?: Price;
  readonly takeProfit?: Price;
}

/**
 * Exits that a position is to have for as long as it lives: kept at the broker as an order of their own where it can hold them, else watched here and sent
 * when their price is touched.
 */
export interface Protection {
  /** A strategy's id, or the account's own. */
  readonly owner: string;
  readonly symbol: string;
  /** Whether what is held is bought. */
  readonly long: boolean;
  readonly stopPrice?: Price;
  readonly takeProfit?: Price;
  /** Distance of a stop that follows the best price of the bars since, and that price: figures of the strategy, as it gave them. */
  readonly trail?: { readonly fraction: number; readonly best: number };
  readonly origin: Origin;
  readonly reason: string;
  /** What ids derive from: the order, or the bar, that asked for it, and how many exits there were. */
  readonly stem: string;
  readonly count: number;
  /** The newest exit. */
  readonly exitId?: string;
  /** The broker does not hold this: quantity and prices as {@link Protection} keys write them. */
  readonly watched?: string;
  /** Touched while it was watched: the position is being closed. */
  readonly touchedAt?: Instant;
  /** The position has ended: what is left of the exits is cancelled. */
  readonly over?: true;
}

/** A stop of a strategy's own that follows the best price of the bars since it was placed. */
export interface Trailing {
  readonly orderId: string;
  readonly best: number;
  readonly distance?: number;
  readonly fraction?: number;
  readonly count: number;
}

/** A strategy's order that waits until others of its own on the symbol have ended. */
export interface DeferredOrder {
  readonly intent: OrderIntent;
  /** Orders whose cancel was wanted, and what of them had filled: where more fills, what was decided no longer holds. */
  readonly cancelled: readonly { readonly orderId: string; readonly filled: Quantity }[];
}

/** Positions are being closed by the kill switch until none is left. */
export interface Flattening {
  /** While the market is closed nothing is sent: the next open makes the orders, of what is held then. */
  readonly waitsForOpen?: true;
  /** No person asked for it. */
  readonly program?: true;
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
}

/** A position that the broker reports otherwise. */
export interface PositionDifference {
  readonly symbol: string;
  readonly ours: Quantity;
  readonly brokers: Quantity;
  readonly brokersAveragePrice: Price;
  /** Seen twice, and the same: only then may a person accept it. */
  readonly confirmed: boolean;
  readonly at: Instant;
  /** No more than orders in doubt may have filled, or ends of contracts have done: such a sight is no finding, and none of the two that make one. */
  readonly explained?: true;
}

/** What activities have told lately of the end of one contract. */
export interface Settlement {
  readonly contract: OptionContractView;
  /** Contracts that they took out of the books, signed as they were held. */
  readonly ended: Quantity;
  /** Those of them that were exercised, or assigned to us. */
  readonly exercised: Quantity;
  /** Signed shares of the underlying that they brought into the books. */
  readonly delivered: Quantity;
  readonly at: Instant;
}

/** Everything the engine knows. Treated as immutable: `step` returns a new one that shares what did not change. */
export interface EngineState {
  readonly mode: 'simulated' | 'paper' | 'live';
  readonly accountId: string;
  readonly options: EngineOptions;
  readonly now: Instant;
  readonly sessionDate: string | undefined;
  readonly marketOpen: boolean;
  readonly brokerConnected: boolean;
  /** False until the first reconcile after a start: entries are denied. */
  readonly reconciled: boolean;
  readonly reconciledAt: Instant | undefined;
  readonly tradingState: TradingState;
  readonly tradingStateBecause: string;
  readonly tradingStateBy: string;
  readonly tradingStateAt: Instant;
  readonly account: BrokerAccount | undefined;
  readonly accountAt: Instant | undefined;
  /** Notional of entries filled since the account was reported: the reported buying power does not know them yet. */
  readonly spentSinceReport: Money;
  readonly cash: Money;
  /** Cash and equity when the account was first seen; `undefined` before. */
  readonly openingCash: Money | undefined;
  /** Σ of fills' cash, fees included. openingCash + cashFlow + cashAdjustments = cash. */
  readonly cashFlow: Money;
  /** What moved it beside fills: dividends, transfers, charges, and what was accepted of the broker's view. */
  readonly cashAdjustments: Money;
  /** The broker's cash less ours at the last reconcile, where it was more than a cent. */
  readonly cashDifference: Money;
  /** Since when it is. */
  readonly cashDifferenceAt: Instant | undefined;
  /** The session whose end was compared with the broker to the cent. */
  readonly balancedDate: string | undefined;
  /** What the broker told beside fills, by its id of the activity, and when it happened: told again, it moves nothing. */
  readonly activities: ReadonlyMap<string, Instant>;
  /** By the symbol of the contract. */
  readonly settlements: ReadonlyMap<string, Settlement>;
  readonly equity: EquityPoint | undefined;
  readonly highWaterMark: Money | undefined;
  readonly highWaterMarkAt: Instant | undefined;
  readonly sessionStartEquity: Money | undefined;
  /** Equity at the last session's close, until the next opens. */
  readonly closingEquity: Money | undefined;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly profiles: ReadonlyMap<string, InstrumentProfile>;
  readonly marks: ReadonlyMap<string, Mark>;
  readonly positions: ReadonlyMap<string, Position>;
  readonly ledgers: SubLedgers;
  /** What has moved the money of each owner. */
  readonly results: OwnerResults;
  /** What led to each position, as far back as an execution may still be taken back or put right. */
  readonly books: ReadonlyMap<string, SymbolBook>;
  /** By the execution's id. */
  readonly voided: ReadonlyMap<string, VoidedExecution>;
  /** Orders that are not terminal, and the terminal ones of the current and the previous session (late fills find them). */
  readonly orders: ReadonlyMap<string, Order>;
  readonly tracking: ReadonlyMap<string, OrderTracking>;
  /** Opening parts of orders that cross zero, by the id of the closing order that must fill first. */
  readonly heldIntents: ReadonlyMap<string, OrderIntent>;
  /** Exits that are approved and wait until orders which they could trade with have ended, by id, and since when. */
  readonly withheld: ReadonlyMap<string, Instant>;
  /** By `<strategyId> <symbol>`. */
  readonly deferredTargets: ReadonlyMap<string, DeferredTarget>;
  /** By `<strategyId> <symbol>`, in the order in which they were wished for. */
  readonly deferredOrders: ReadonlyMap<string, readonly DeferredOrder[]>;
  /** By `<owner> <symbol>`. */
  readonly protections: ReadonlyMap<string, Protection>;
  /** By the id with which the order was first stated. */
  readonly trailing: ReadonlyMap<string, Trailing>;
  readonly flattening: Flattening | undefined;
  /** Strategies that were stopped by their own kill switch and whose holdings are being closed, by id. */
  readonly closing: ReadonlyMap<string, Flattening>;
  readonly differences: ReadonlyMap<string, PositionDifference>;
  readonly previousSessionOpenedAt: Instant | undefined;
  readonly sessionOpenedAt: Instant | undefined;
  /** Newest execution booked: missed ones are asked for from a little before it. */
  readonly lastExecutionAt: Instant | undefined;
  readonly strategies: ReadonlyMap<string, StrategySlot>;
  readonly limits: Limits;
  /** True once the journal says so: nothing that lets more risk through happens by one person alone. */
  readonly secondPerson: boolean;
  /** Who was here when it was last written down, by id. */
  readonly people: ReadonlyMap<string, RecordedPerson & { readonly role: Role }>;
  /** Changes that wait for a second person, by id, oldest first. */
  readonly proposals: ReadonlyMap<string, Proposal>;
  /** Orders that a person decides about, and those of the current and the previous session that were decided, by id, oldest first. */
  readonly recommendations: ReadonlyMap<string, Recommendation>;
  /** Strategies that may trade with real money, by id. */
  readonly promotions: ReadonlyMap<string, Promotion>;
  /** Strategies that share capital, by the ensemble's id. */
  readonly ensembles: ReadonlyMap<string, Ensemble>;
  /** Share of equity that an ensemble has given a strategy, by its id; never above its allocation counts. */
  readonly capitals: ReadonlyMap<string, Ratio>;
  /** Trading days that strategies have served, by id. */
  readonly service: ReadonlyMap<string, Service>;
  /** Limits of single strategies and agents, where they were set. */
  readonly layers: LimitLayers;
  /** What came to the gate and what filled lately. */
  readonly activity: Activity;
  /** Breakers that have tripped on a strategy, a symbol or for a time, by {@link brakeKey}. */
  readonly brakes: ReadonlyMap<string, Brake>;
  /** The largest use of each limit since the session opened. */
  readonly limitPeaks: ReadonlyMap<LimitName, LimitPeak>;
  /** What breakers remember of each strategy and symbol. */
  readonly watches: ReadonlyMap<string, StrategyWatch>;
  readonly symbolWatches: ReadonlyMap<string, SymbolWatch>;
  /** When the newest intraday bar came, by `<timeframe> <symbol>`. */
  readonly lastBars: ReadonlyMap<string, Instant>;
  readonly feedCheckedAt: Instant;
  /** Since when the order stream is down, or has not been reconciled over. */
  readonly disconnectedAt: Instant | undefined;
  readonly restrictions: RestrictionLists;
  /** Symbols in which trading is halted. */
  readonly haltedSymbols: readonly string[];
  /** Our clock less the broker's, as last measured. */
  readonly clockSkewMs: number | undefined;
  /** Open alerts by id. */
  readonly alerts: ReadonlyMap<string, Alert>;
}
