import type { Instrument } from '../instruments/instrument.ts';
import type { Bar, Timeframe } from '../market-data/bar.ts';
import type { Notice } from '../market-data/notice.ts';
import type { Money, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { BrokerAccount, BrokerActivity, BrokerExecution, BrokerOrder, BrokerOrderUpdate, BrokerPosition } from '../orders/broker.ts';
import type { OrderIntent } from '../orders/order.ts';
import type { Brake, BrakeScope } from '../risk/brakes.ts';
import type { Access } from '../approvals/access.ts';
import type { Role } from '../approvals/roles.ts';
import type { Proposal } from '../approvals/proposal.ts';
import type { LimitName } from '../risk/limits.ts';
import type { InstrumentProfile, Mark, TradingState } from '../risk/types.ts';
import type { Verdict } from '../recommendations/recommendation.ts';
import type { EnsembleConfig } from '../strategies/ensemble.ts';
import type { Execution } from '../strategies/execution.ts';
import type { StrategyConfig, StrategyDecision } from '../strategies/strategy.ts';

/** All that can happen to the engine. Times, ids and randomness are in here; `step` adds none of its own. */
export type EngineEvent =
  // the market
  | { readonly kind: 'InstrumentListed'; readonly at: Instant; readonly instrument: Instrument }
  | { readonly kind: 'InstrumentsProfiled'; readonly at: Instant; readonly profiles: readonly InstrumentProfile[] }
  /** One instant's closed bars of one timeframe, in symbol order. */
  | { readonly kind: 'BarsClosed'; readonly at: Instant; readonly timeframe: Timeframe; readonly bars: readonly Bar[] }
  | { readonly kind: 'BarRefused'; readonly at: Instant; readonly symbol: string; readonly reason: string; readonly raw: string }
  /** The newest prices of some symbols, taken together: one entry of the journal for all of them. */
  | { readonly kind: 'Marked'; readonly at: Instant; readonly marks: readonly SymbolMark[] }
  | { readonly kind: 'SessionOpened'; readonly at: Instant; readonly date: string }
  | { readonly kind: 'SessionClosed'; readonly at: Instant; readonly date: string }
  | { readonly kind: 'ClockTicked'; readonly at: Instant }
  /** Trading in a symbol is halted by its exchange, or goes on. */
  | {
      readonly kind: 'SymbolHalted';
      readonly at: Instant;
      readonly symbol: string;
      readonly halted: boolean;
      /** The exchange's words, or by what else it is known. */
      readonly reason?: string;
    }
  // strategies
  | { readonly kind: 'StrategyDecided'; readonly at: Instant; readonly decision: StrategyDecision }
  /** Bars of the past, given to a strategy's module before its first decision. */
  | { readonly kind: 'StrategyWarmed'; readonly at: Instant; readonly strategyId: string; readonly slices: readonly BarSlice[] }
  | { readonly kind: 'StrategyFailed'; readonly at: Instant; readonly strategyId: string; readonly reason: string }
  // the broker
  | { readonly kind: 'BrokerConnected'; readonly at: Instant }
  | { readonly kind: 'BrokerDisconnected'; readonly at: Instant; readonly reason: string }
  /** `submit`: the answer to our order. `lookup`: asked for because something was unclear; its cumulative quantity is the truth. */
  | {
      readonly kind: 'OrderAcknowledged';
      readonly at: Instant;
      readonly orderId: string;
      readonly order: BrokerOrder;
      readonly basis?: 'submit' | 'lookup';
      readonly executions?: readonly BrokerExecution[];
      /** The broker's id of the request that it answers. */
      readonly requestId?: string;
    }
  | {
      readonly kind: 'OrderRejected';
      readonly at: Instant;
      readonly orderId: string;
      readonly code: string;
      readonly message: string;
      readonly requestId?: string;
    }
  | { readonly kind: 'OrderOutcomeUnknown'; readonly at: Instant; readonly orderId: string; readonly message: string }
  /** The broker has said that it never had the order. */
  | { readonly kind: 'OrderNotFound'; readonly at: Instant; readonly orderId: string; readonly message?: string }
  | { readonly kind: 'OrderUpdated'; readonly at: Instant; readonly update: BrokerOrderUpdate }
  | { readonly kind: 'ExecutionFound'; readonly at: Instant; readonly execution: BrokerExecution }
  /** Our clock less the broker's. */
  | { readonly kind: 'ClockSkewMeasured'; readonly at: Instant; readonly skewMs: number }
  /** The broker takes an execution back: it never counted. */
  | { readonly kind: 'ExecutionBusted'; readonly at: Instant; readonly previousId: string; readonly brokerOrderId: string }
  /** The broker puts another execution in the place of one that it told before. */
  | { readonly kind: 'ExecutionCorrected'; readonly at: Instant; readonly previousId: string; readonly execution: BrokerExecution }
  /** What moved the account beside fills. */
  | { readonly kind: 'ActivityReported'; readonly at: Instant; readonly activity: BrokerActivity }
  | { readonly kind: 'AccountReported'; readonly at: Instant; readonly account: BrokerAccount }
  | {
      readonly kind: 'Reconciled';
      readonly at: Instant;
      readonly account: BrokerAccount;
      readonly positions: readonly BrokerPosition[];
      readonly openOrders: readonly BrokerOrder[];
      /**
       * The account's activities were read just before: cash that they do not explain is a difference that only a person accepts. Absent in records of
       * before, and from a broker that lists none: there the broker's cash is taken over.
       */
      readonly activities?: 'read';
    }
  /** All open orders of the account, apart from its money: compared more often. */
  | { readonly kind: 'OrdersListed'; readonly at: Instant; readonly openOrders: readonly BrokerOrder[] }
  /** An adapter, or the part of the program that is named, noticed something that people should know of. */
  | { readonly kind: 'NoticeGiven'; readonly at: Instant; readonly notice: Notice; readonly part?: string }
  // people and programs
  | { readonly kind: 'StrategyCreated'; readonly at: Instant; readonly by: string; readonly config: StrategyConfig }
  | { readonly kind: 'StrategyConfigured'; readonly at: Instant; readonly by: string; readonly config: StrategyConfig }
  | { readonly kind: 'StrategyEnabled'; readonly at: Instant; readonly by: string; readonly strategyId: string }
  | { readonly kind: 'StrategyDisabled'; readonly at: Instant; readonly by: string; readonly strategyId: string; readonly reason: string }
  /** How the strategy's orders leave from here on. */
  | {
      readonly kind: 'StrategyExecutionSet';
      readonly at: Instant;
      readonly by: string;
      readonly strategyId: string;
      readonly execution: Execution;
      readonly reason: string;
    }
  /** These strategies share capital by this rule from here on; an ensemble that is there is another one from here on. */
  | { readonly kind: 'EnsembleSet'; readonly at: Instant; readonly by: string; readonly config: EnsembleConfig; readonly reason: string }
  | { readonly kind: 'EnsembleDissolved'; readonly at: Instant; readonly by: string; readonly ensembleId: string; readonly reason: string }
  | ({
      readonly kind: 'RecommendationDecided';
      readonly at: Instant;
      readonly recommendationId: string;
      readonly verdict: Verdict;
    } & Deciding)
  /** An agent asks people for an order; `person` owns its key. Nothing leaves by this. */
  | {
      readonly kind: 'OrderProposed';
      readonly at: Instant;
      readonly by: string;
      readonly person: string;
      readonly intent: OrderIntent;
      readonly explanation: string;
      readonly sources: readonly string[];
      /** How long people have to decide. */
      readonly waitMs: number;
      /** It is not taken where the agent has proposed so many within the hour before. Absent in records of before, where nobody counted. */
      readonly perHourMax?: number;
    }
  /** An agent, or the person who owns it, takes back what the agent proposed. */
  | {
      readonly kind: 'RecommendationWithdrawn';
      readonly at: Instant;
      readonly by: string;
      readonly recommendationId: string;
      readonly reason: string;
    }
  | { readonly kind: 'OrderRequested'; readonly at: Instant; readonly by: string; readonly intent: OrderIntent }
  /** Put this order in the place of the one that it names. */
  | { readonly kind: 'ReplaceRequested'; readonly at: Instant; readonly by: string; readonly intent: OrderIntent }
  | { readonly kind: 'CancelRequested'; readonly at: Instant; readonly by: string; readonly orderId: string }
  | {
      readonly kind: 'LimitSet';
      readonly at: Instant;
      readonly by: string;
      /** A strategy or an agent, as `strategy:<id>` or `agent:<id>`; absent for the account. */
      readonly who?: string;
      readonly name: LimitName;
      readonly value: string;
      readonly reason: string;
    }
  /**
   * How far a model's inputs and outputs have moved from those of its training, beyond what is usual there; no index where its output was not a number. `health` is from 0 to
   * 100, with the measure that decides it; absent in records of before.
   */
  | {
      readonly kind: 'ModelDriftMeasured';
      readonly at: Instant;
      readonly strategyId: string;
      readonly stabilityIndex?: Ratio;
      readonly modelId?: string;
      readonly health?: number;
      readonly worst?: string;
    }
  /** A person lets a breaker's brake go. */
  | {
      readonly kind: 'BrakeReleased';
      readonly at: Instant;
      readonly by: string;
      readonly code: Brake['code'];
      readonly scope: BrakeScope;
      readonly reason: string;
    }
  /** The whole of one list of symbols; an empty list lets go. */
  | {
      readonly kind: 'SymbolsRestricted';
      readonly at: Instant;
      readonly by: string;
      readonly list: keyof RestrictionLists;
      readonly symbols: readonly string[];
      readonly reason: string;
    }
  | {
      readonly kind: 'KillSwitchEngaged';
      readonly at: Instant;
      readonly by: string;
      readonly action: KillAction;
      readonly reason: string;
      /** Closing orders are made when the market opens next; absent in records of before, where they went to the broker at once. */
      readonly whenClosed?: 'wait';
      /** A key gave it, with no person at the keyboard: it undoes nothing that people did. Absent in records of before, where nobody asked. */
      readonly program?: true;
    }
  /** One strategy is stopped: its gate closes, its orders are cancelled, and its own holdings are kept or closed. */
  | {
      readonly kind: 'StrategyKillEngaged';
      readonly at: Instant;
      readonly by: string;
      readonly strategyId: string;
      readonly action: KillAction;
      readonly reason: string;
      /** A key gave it, with no person at the keyboard: it undoes nothing that people did. Absent in records of before, where nobody asked. */
      readonly program?: true;
    }
  /** Nothing is opened on the account, by a strategy or in a symbol until two people let it go; nothing is cancelled, and exits go on. */
  | {
      readonly kind: 'EntriesPaused';
      readonly at: Instant;
      readonly by: string;
      readonly scope: BrakeScope;
      readonly reason: string;
    }
  | { readonly kind: 'KillSwitchReleased'; readonly at: Instant; readonly by: string; readonly reason: string }
  /** From here on nothing that lets more risk through happens by one person alone. */
  | { readonly kind: 'SecondPersonRequired'; readonly at: Instant }
  | { readonly kind: 'ChangeProposed'; readonly at: Instant; readonly by: string; readonly proposal: Proposal }
  | ({
      readonly kind: 'ChangeApproved';
      readonly at: Instant;
      readonly proposalId: string;
      readonly hash: string;
    } & Deciding)
  | ({ readonly kind: 'ChangeRejected'; readonly at: Instant; readonly proposalId: string; readonly reason: string } & Deciding)
  | { readonly kind: 'ChangeExpired'; readonly at: Instant; readonly proposalId: string; readonly decidedAt: Instant }
  /** Somebody was invited, has joined, has another role, or is here no more: as the table of people says it now. */
  | {
      readonly kind: 'PersonRecorded';
      readonly at: Instant;
      readonly by: string;
      readonly person: RecordedPerson;
      /** Absent where the person is here no more. */
      readonly role?: Role;
      /** The wall clock. */
      readonly recordedAt: Instant;
    }
  /** Something was done to somebody's log-in, sessions, second factors or keys. */
  | ({ readonly kind: 'AccessRecorded'; readonly at: Instant; readonly by: string; readonly recordedAt: Instant } & Access)
  | {
      readonly kind: 'AlertAcknowledged';
      readonly at: Instant;
      readonly by: string;
      readonly alertId: string;
      /** What was found, or is done about it. */
      readonly note?: string;
    }
  /** The state could not be read at start: everything is halted until a person releases it. */
  | { readonly kind: 'StateUnreadable'; readonly at: Instant; readonly reason: string };

/** Who decides on a proposal or a recommendation: all that the rules look at is in the journal. Times other than `at` are the wall clock's. */
interface Deciding {
  readonly by: string;
  readonly person: string;
  readonly role: Role;
  readonly confirmedAt: Instant | undefined;
  readonly decidedAt: Instant;
}

export interface RecordedPerson {
  readonly id: string;
  readonly name: string;
  readonly joined: boolean;
}

export interface SymbolMark {
  readonly symbol: string;
  readonly mark: Mark;
}

export interface BarSlice {
  readonly at: Instant;
  readonly bars: readonly Bar[];
}

/** Symbols by what is said of them, each list sorted. */
export interface RestrictionLists {
  readonly denied: readonly string[];
  /** Where it is not empty, nothing else may be opened. */
  readonly allowed: readonly string[];
  /** Outside of exchanges, or with leverage, and let through by name. */
  readonly excepted: readonly string[];
}

/** After the gate is closed and every order cancelled: keep the positions, or close them too. */
export type KillAction = 'freeze' | 'flatten';

export type EventKind = EngineEvent['kind'];
export type EventOf<K extends EventKind> = Extract<EngineEvent, { kind: K }>;

/** What opening the engine needs besides events. */
export interface EngineOptions {
  readonly mode: 'simulated' | 'paper' | 'live';
  readonly accountId: string;
  /** Broker's fee on each fill as a fraction of notional; used for reservations, the broker's report decides. */
  readonly feeRateEstimate: Money;
  /** Market orders become limits at the collar; off where a replay must equal the backtest's market orders. */
  readonly collarMarketOrders: boolean;
  readonly initialTradingState: TradingState;
}
