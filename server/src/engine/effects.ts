import type { Bar, Timeframe } from '../market-data/bar.ts';
import type { Money, Quantity, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { BrokerActivity, UnitsMoved } from '../orders/broker.ts';
import type { Fill, Order, Undone } from '../orders/order.ts';
import type { OwnerShare } from '../positions/owner-results.ts';
import type { Position, Trade } from '../positions/position.ts';
import type { ApprovedOrder } from '../risk/gate.ts';
import type { Brake } from '../risk/brakes.ts';
import type { LimitName } from '../risk/limits.ts';
import type { TradingState } from '../risk/types.ts';
import type { Recommendation } from '../recommendations/recommendation.ts';
import type { Execution } from '../strategies/execution.ts';
import type { StrategyConfig, StrategyState } from '../strategies/strategy.ts';
import type { RecordedPeak } from './limit-peaks.ts';
import type { Proposal, ProposalState } from '../approvals/proposal.ts';
import type { ShadowFill } from './shadow-book.ts';
import type { Promotion } from './promotion.ts';

export type AlertSeverity = 'info' | 'warning' | 'critical';

export interface Alert {
  /** Derived from its cause. */
  readonly id: string;
  readonly severity: AlertSeverity;
  /** Stable, machine-readable: `OrderDenied`, `DailyLoss`, `BarRefused`, … */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly raisedAt: Instant;
}

/** Account figures at one instant, marked to market. */
export interface EquityPoint {
  readonly at: Instant;
  readonly equity: Money;
  readonly cash: Money;
  readonly highWaterMark: Money;
  /** Equity at the previous session's close. */
  readonly sessionStartEquity: Money;
  readonly grossExposure: Money;
  readonly netExposure: Money;
  readonly unrealizedPnl: Money;
  readonly drawdown: Ratio;
  /** A bar closed at this instant: these points make the chart; the rest only tick the head figures. */
  readonly atBar: boolean;
}

/** What a strategy was given, and from what: see `strategies/capital-rule.ts`. */
export interface AllottedCapital {
  readonly strategyId: string;
  readonly from: Ratio;
  readonly to: Ratio;
  readonly cap: Ratio;
  /** Where it would be without the bound on one move. */
  readonly target: Ratio;
  /** Of whole sessions, oldest first. */
  readonly returns: readonly number[];
  /** Annualised; absent where the returns say nothing. */
  readonly sharpe?: number;
  readonly score: number;
}

export interface StrategyView {
  readonly config: StrategyConfig;
  readonly state: StrategyState;
  readonly pausedBecause?: string;
  readonly lastDecisionAt?: Instant;
  readonly lastDecision?: string;
  /** How its orders leave; absent: at once. */
  readonly execution?: Execution;
}

/**
 * What the shell must do (*actions*), and what has become true (*facts*, journalled and projected).
 * `step` only describes; it never does.
 */
export type Effect = Action | Fact;

export type Action =
  /** Ask the strategy's module about these bars; answer with StrategyDecided or StrategyFailed. */
  | {
      readonly kind: 'AskStrategy';
      readonly strategyId: string;
      readonly at: Instant;
      readonly timeframe: Timeframe;
      readonly bars: readonly Bar[];
      /** Units held by this strategy, as doubles, in the order of its symbols. */
      readonly positions: readonly number[];
      /** Average price of those units; not-a-number while flat. */
      readonly entryPrices: readonly number[];
      /** Orders and targets of this strategy that wait or rest, by symbol. */
      readonly working: readonly number[];
      readonly cash: number;
      readonly equity: number;
    }
  | { readonly kind: 'SubmitOrder'; readonly order: ApprovedOrder }
  | { readonly kind: 'CancelOrder'; readonly orderId: string; readonly brokerOrderId: string }
  /** Put an approved order in the place of an open one: `brokerOrderId` is that one's. */
  | { readonly kind: 'ReplaceOrder'; readonly order: ApprovedOrder; readonly brokerOrderId: string }
  /** Read an order with its legs until the broker answers: `orderId` is ours of their head. */
  | { readonly kind: 'ReadFamily'; readonly orderId: string; readonly brokerOrderId: string }
  /** Find out what became of an order: look it up by client id until the broker answers. */
  | { readonly kind: 'ResolveOrder'; readonly orderId: string }
  /** Read account, positions, open orders and missed executions; answer with Reconciled. */
  | { readonly kind: 'Reconcile'; readonly because: string };

export type Fact =
  | { readonly kind: 'OrderChanged'; readonly order: Order }
  | { readonly kind: 'FillBooked'; readonly fill: Fill; readonly strategyId?: string; readonly late: boolean }
  | { readonly kind: 'PositionChanged'; readonly position: Position }
  | { readonly kind: 'PositionClosed'; readonly symbol: string; readonly at: Instant; readonly realizedPnl: Money }
  | { readonly kind: 'TradeClosed'; readonly trade: Trade }
  /** An execution that was booked counts no more. */
  | { readonly kind: 'FillUndone'; readonly executionId: string; readonly orderId: string; readonly undone: Undone; readonly at: Instant }
  /** Round trips of a symbol that are otherwise after an execution was taken back or put right. */
  | { readonly kind: 'TradesRestated'; readonly symbol: string; readonly withdrawn: readonly string[]; readonly trades: readonly Trade[] }
  | { readonly kind: 'EquityMarked'; readonly point: EquityPoint }
  /** Cash moved beside fills, and whose it is: the parts sum to the amount. */
  | {
      readonly kind: 'CashMoved';
      readonly activityId: string;
      readonly what: BrokerActivity['kind'];
      readonly amount: Money;
      readonly parts: readonly OwnerShare[];
      readonly symbol?: string;
      readonly words: string;
      readonly at: Instant;
    }
  /** The units of a position became others. */
  | {
      readonly kind: 'PositionSplit';
      readonly activityId: string;
      readonly symbol: string;
      readonly from: Quantity;
      readonly to: Quantity;
      readonly at: Instant;
    }
  /** Units became units of another symbol, with what they had cost; without `from` they came from outside, for nothing. */
  | {
      readonly kind: 'UnitsConverted';
      readonly activityId: string;
      readonly from?: UnitsMoved;
      readonly to: UnitsMoved;
      readonly at: Instant;
    }
  /** The end of a session, compared with the broker to the cent. */
  | {
      readonly kind: 'DayBalanced';
      readonly date: string;
      readonly cash: Money;
      readonly brokersCash: Money;
      /** Since the account was first seen, of all owners. */
      readonly fees: Money;
      readonly income: Money;
      readonly charges: Money;
      readonly transfers: Money;
      readonly at: Instant;
    }
  | { readonly kind: 'StrategyChanged'; readonly strategy: StrategyView }
  | {
      readonly kind: 'TradingStateChanged';
      readonly from: TradingState;
      readonly to: TradingState;
      readonly because: string;
      readonly by: string;
      readonly at: Instant;
    }
  | {
      readonly kind: 'LimitChanged';
      /** The strategy or agent whose limit it is; absent for the account. */
      readonly who?: string;
      readonly name: LimitName;
      readonly from: string;
      readonly to: string;
      readonly by: string;
      readonly reason: string;
      readonly at: Instant;
    }
  /** The day's largest use of every limit. */
  | { readonly kind: 'LimitUseRecorded'; readonly date: string; readonly at: Instant; readonly peaks: readonly RecordedPeak[] }
  | { readonly kind: 'BrakePut'; readonly brake: Brake }
  | { readonly kind: 'BrakeLifted'; readonly brake: Brake; readonly by: string; readonly reason: string; readonly at: Instant }
  | {
      readonly kind: 'ProposalChanged';
      readonly proposal: Proposal;
      readonly state: ProposalState;
      readonly decidedBy?: string;
      /** The wall clock. */
      readonly decidedAt?: Instant;
      readonly decisionReason?: string;
    }
  /** An order that a strategy recommends, as it stands now. */
  | { readonly kind: 'RecommendationChanged'; readonly recommendation: Recommendation }
  /** What a strategy in shadow has come to, and what a bar has filled in its book: nothing of it is the account's. */
  | {
      readonly kind: 'ShadowMarked';
      readonly strategyId: string;
      readonly at: Instant;
      /** Since its book began, without any costs. */
      readonly result: Money;
      readonly fills: readonly ShadowFill[];
    }
  /** An ensemble has given its strategies capital, and from what: shares of equity. */
  | {
      readonly kind: 'CapitalAllotted';
      readonly ensembleId: string;
      readonly name: string;
      /** `set`: by a person, all the way; `session`: by the rule, no further than one step. */
      readonly because: 'set' | 'session';
      readonly by: string;
      readonly reason: string;
      readonly total: Ratio;
      /** In the order of their ids. */
      readonly members: readonly AllottedCapital[];
      readonly at: Instant;
    }
  | { readonly kind: 'StrategyPromoted'; readonly promotion: Promotion }
  | { readonly kind: 'AlertRaised'; readonly alert: Alert }
  | { readonly kind: 'AlertClosed'; readonly alertId: string; readonly by: string; readonly note?: string; readonly at: Instant }
  | { readonly kind: 'DifferenceFound'; readonly what: string; readonly ours: string; readonly brokers: string; readonly at: Instant };

export type FactKind = Fact['kind'];
export const ACTION_KINDS: ReadonlySet<Effect['kind']> = new Set<Action['kind']>([
  'AskStrategy',
  'SubmitOrder',
  'CancelOrder',
  'ReplaceOrder',
  'ReadFamily',
  'ResolveOrder',
  'Reconcile',
]);

export const isAction = (effect: Effect): effect is Action => ACTION_KINDS.has(effect.kind);
