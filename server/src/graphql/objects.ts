import type { CompileError, IndicatorSpec, ParameterSpec } from '@tidemark/compute/types';
import type { ListedApiKey, NewApiKey } from '../accounts/graphql.ts';
import type { InvitationPayload, PersonPayload, PersonRemovedPayload, SessionsEndedPayload } from '../accounts/graphql-people.ts';
import type { KnownPerson } from '../accounts/people-service.ts';
import type { ProposalPayload } from '../approvals/graphql.ts';
import type { RecordedProposal } from '../approvals/service.ts';
import type { ChangeLine } from '../approvals/words.ts';
import type { AlertRecord, ChannelView } from '../alerts/graphql.ts';
import type { Delivery } from '../alerts/outbox-service.ts';
import type { ComparedMetric, ComparedPair, ComparedRunNode, Difference, RunComparisonNode } from '../backtests/graphql-comparison.ts';
import type { Run, RunMetric, RunPoint, RunTrade } from '../backtests/graphql.ts';
import type { BacktestExecution, ExecutionParity, LiveExecution } from '../backtests/execution-parity.ts';
import type { DecisionParity, StrategyParity } from '../backtests/strategy-parity.ts';
import type { CurvePoint, MarketStatus, Overview } from '../engine/graphql.ts';
import type { ShadowBook } from '../engine/shadow-book.ts';
import type { StrategySlot } from '../engine/state.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { BarPoint, IndicatorColumn, ListedInstrument, Series } from '../market-data/graphql.ts';
import type { ChainStrike, ChainView } from '../options/graphql.ts';
import type { PayoffView } from '../options/graphql-payoff.ts';
import type { Greeks, OptionAssumptions, ValuationReceipt } from '../options/quote.ts';
import type { StoredOption, StoredQuote } from '../options/service.ts';
import type { BookedFill, OrderMoment, OrderPreview } from '../orders/graphql.ts';
import type { Denial, Order } from '../orders/order.ts';
import type { Health, HealthPart } from '../platform/graphql.ts';
import type { PositionOption } from '../positions/option-view.ts';
import type { Position } from '../positions/position.ts';
import type { Brake } from '../risk/brakes.ts';
import type { ClosingOrder, KillPreview } from '../engine/kill-preview.ts';
import type { BreakerView, Controls, LimitView } from '../risk/graphql.ts';
import type { RestrictionsPayload } from '../risk/graphql-restrictions.ts';
import type { RestrictionLists } from '../engine/events.ts';
import type { StrategyLimit, StrategyLimitPayload } from '../risk/graphql-layers.ts';
import type { Agreement } from '../recommendations/agreement.ts';
import type { LimitMove } from '../recommendations/evidence.ts';
import type { AgreementView } from '../recommendations/graphql.ts';
import type { RecommendationPayload } from '../recommendations/graphql-mutations.ts';
import type { RecordedRecommendation } from '../recommendations/service.ts';
import type { ShadowHoldingView } from '../strategies/graphql-execution.ts';
import type { Holding, ParameterPair, StrategyTemplate } from '../strategies/graphql.ts';
import type { PaperRecordPayload, PromotionView } from '../strategies/graphql-promotion.ts';
import type { Check } from '../engine/promotion-checklist.ts';
import type { Page, PageInfo } from './connections.ts';
import type { Sweep, SweepAxis, SweepSelection } from '../research/graphql.ts';
import type { RankedSet } from '../research/service.ts';
import type { SurfaceCell } from '../research/surface.ts';
import type { CompileFailed, Conflict, InvalidInput, NotFound, OrderDenied, Unavailable } from './errors.ts';
import type { Principal } from './principal.ts';

/** The domain type behind each GraphQL type, by its name in the schema. */
export interface Objects {
  Viewer: Principal;
  PageInfo: PageInfo;
  StrategyConnection: Page<StrategySlot>;
  PositionConnection: Page<Position>;
  OrderConnection: Page<Order>;
  RunConnection: Page<Run>;
  SweepConnection: Page<Sweep>;
  AlertConnection: Page<AlertRecord>;
  JournalConnection: Page<JournalEntry>;

  InvalidInputError: InvalidInput;
  NotFoundError: NotFound;
  ConflictError: Conflict;
  UnavailableError: Unavailable;
  OrderDeniedError: OrderDenied;
  CompileFailedError: CompileFailed;
  CompileError: CompileError;

  Overview: Overview;
  MarketStatus: MarketStatus;
  EquityPoint: CurvePoint;

  ParameterSpec: ParameterSpec;
  ParameterValue: ParameterPair;
  StrategyTemplate: StrategyTemplate;
  Strategy: StrategySlot;
  Holding: Holding;
  Promotion: PromotionView;
  PromotionCheck: Check;
  PaperRecordPayload: PaperRecordPayload;

  Position: Position;
  PositionOption: PositionOption;
  Order: Order;
  Fill: BookedFill;
  Denial: Denial;
  OrderMoment: OrderMoment;
  OrderPreview: OrderPreview;

  Run: Run;
  RunMetric: RunMetric;
  RunTrade: RunTrade;
  RunPoint: RunPoint;
  RunComparison: RunComparisonNode;
  ComparedRun: ComparedRunNode;
  ComparedMetric: ComparedMetric;
  ComparedPair: ComparedPair;
  RunDifference: Difference;

  Sweep: Sweep;
  SweepAxis: SweepAxis;
  SweepSet: RankedSet;
  SweepCell: SurfaceCell;
  SweepSelection: SweepSelection;
  SweepPayload: { readonly __typename: 'SweepPayload'; readonly sweep: Sweep };

  StrategyParity: StrategyParity;
  DecisionParity: DecisionParity;
  ExecutionParity: ExecutionParity;
  LiveExecution: LiveExecution;
  BacktestExecution: BacktestExecution;

  Instrument: ListedInstrument;
  IndicatorSpec: IndicatorSpec;
  IndicatorColumn: IndicatorColumn;
  Series: Series;
  BarPoint: BarPoint;

  OptionContract: StoredOption;
  OptionQuote: StoredQuote;
  OptionGreeks: Greeks;
  OptionReceipt: ValuationReceipt;
  OptionStrike: ChainStrike;
  OptionChain: ChainView;
  OptionPayoff: PayoffView;
  OptionAssumptions: OptionAssumptions;
  OptionChainPayload: { readonly __typename: 'OptionChainPayload'; readonly chain: ChainView; readonly refused: number };
  OptionAssumptionsPayload: { readonly __typename: 'OptionAssumptionsPayload'; readonly assumptions: OptionAssumptions };

  AlertDelivery: Delivery;
  AlertChannel: ChannelView;

  Limit: LimitView;
  Breaker: BreakerView;
  Controls: Controls;
  KillPreview: KillPreview;
  Brake: Brake;
  StrategyLimit: StrategyLimit;
  StrategyLimitPayload: StrategyLimitPayload;
  KillFlatten: ClosingOrder;
  Restrictions: RestrictionLists;
  RestrictionsPayload: RestrictionsPayload;
  Alert: AlertRecord;

  Health: Health;
  HealthPart: HealthPart;
  JournalEntry: JournalEntry;

  StrategyPayload: { readonly __typename: 'StrategyPayload'; readonly strategy: StrategySlot };
  RunPayload: { readonly __typename: 'RunPayload'; readonly run: Run };
  OrderPayload: { readonly __typename: 'OrderPayload'; readonly order: Order };
  LimitPayload: { readonly __typename: 'LimitPayload'; readonly limit: LimitView };
  ControlsPayload: { readonly __typename: 'ControlsPayload'; readonly controls: Controls };
  AlertPayload: { readonly __typename: 'AlertPayload'; readonly alert: AlertRecord };
  Recommendation: RecordedRecommendation;
  RecommendationConnection: Page<RecordedRecommendation>;
  RecommendationPayload: RecommendationPayload;
  RecommendationUpdate: {
    readonly __typename: 'RecommendationUpdate';
    readonly cursor: string;
    readonly recommendation: RecordedRecommendation;
  };
  LimitMove: LimitMove;
  AgreementRow: Agreement;
  RecommendationAgreement: AgreementView;
  Shadow: ShadowBook;
  ShadowHolding: ShadowHoldingView;
  Proposal: RecordedProposal;
  ProposalConnection: Page<RecordedProposal>;
  ProposalPayload: ProposalPayload;
  ChangeLine: ChangeLine;
  Person: KnownPerson;
  InvitationPayload: InvitationPayload;
  PersonPayload: PersonPayload;
  PersonRemovedPayload: PersonRemovedPayload;
  SessionsEndedPayload: SessionsEndedPayload;
  ApiKey: ListedApiKey;
  ApiKeyPayload: NewApiKey;
  ApiKeyRevokedPayload: { readonly __typename: 'ApiKeyRevokedPayload'; readonly id: string };

  Resync: { readonly __typename: 'Resync'; readonly reason: string; readonly cursor: string };
  EquityUpdate: {
    readonly __typename: 'EquityUpdate';
    readonly cursor: string;
    readonly overview: Overview;
    readonly point: CurvePoint | undefined;
  };
  PositionsUpdate: { readonly __typename: 'PositionsUpdate'; readonly cursor: string; readonly positions: readonly Position[] };
  OrderUpdate: { readonly __typename: 'OrderUpdate'; readonly cursor: string; readonly order: Order };
  AlertUpdate: { readonly __typename: 'AlertUpdate'; readonly cursor: string; readonly alert: AlertRecord };
  HealthUpdate: { readonly cursor: string; readonly health: Health };
  JournalUpdate: { readonly __typename: 'JournalUpdate'; readonly cursor: string; readonly entries: readonly JournalEntry[] };
}
