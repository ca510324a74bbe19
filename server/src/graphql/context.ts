import type { ChangeProposals } from '../agents/changes/service.ts';
import type { AgentMemory } from '../agents/memory/service.ts';
import type { AgentRecord } from '../agents/service.ts';
import type { Agents } from '../agents/runner/registry.ts';
import type { BacktestRuns, RunResults } from '../backtests/graphql.ts';
import type { RunComparisons } from '../backtests/graphql-comparison.ts';
import type { BandReads } from '../backtests/graphql-live-band.ts';
import type { ParityReads } from '../backtests/graphql-parity.ts';
import type { StrategyLibrary } from '../strategies/graphql.ts';
import type { PromotionReads } from '../strategies/graphql-promotion.ts';
import type { AccountKeys } from '../accounts/graphql.ts';
import type { AccountPeople } from '../accounts/graphql-people.ts';
import type { Passkeys } from '../accounts/graphql-passkeys.ts';
import type { SecondFactors } from '../accounts/graphql-second-factor.ts';
import type { AccountSecurity } from '../accounts/graphql-security.ts';
import type { Site } from '../accounts/passkeys/site.ts';
import type { ProposalReads } from '../approvals/graphql.ts';
import type { RecommendationReads } from '../recommendations/graphql.ts';
import type { AlertReads } from '../alerts/graphql.ts';
import type { EquityReads } from '../engine/graphql.ts';
import type { HealthReads } from '../platform/graphql.ts';
import type { JournalReads } from '../journal/graphql.ts';
import type { MarketDataReads } from '../market-data/graphql.ts';
import type { OptionReads } from '../options/graphql.ts';
import type { OrderReads } from '../orders/graphql.ts';
import type { TradeReads } from '../positions/graphql.ts';
import type { ModelRegistry } from '../models/registry-service.ts';
import type { Retrainings } from '../models/retraining-service.ts';
import type { Trainings } from '../models/training-service.ts';
import type { PredictionReads } from '../predictions/reads.ts';
import type { Sweeps } from '../research/sweep-service.ts';
import type { WalkForwards } from '../research/walk-forward-service.ts';
import type { LimitReads } from '../risk/graphql.ts';
import type { ReportFailure } from './command.ts';
import type { LiveRun } from './live/live-run.ts';
import type { LiveSession } from './live-session.ts';
import type { PastReads } from './moment.ts';
import type { Principal } from './principal.ts';

/** What resolvers may use, each slice by its own narrow interface. */
export interface Capabilities {
  readonly session: LiveSession;
  readonly journal: JournalReads;
  readonly past: PastReads;
  readonly orders: OrderReads;
  readonly trades: TradeReads;
  readonly equity: EquityReads;
  readonly strategies: StrategyLibrary;
  readonly promotions: PromotionReads;
  readonly limits: LimitReads;
  readonly alerts: AlertReads;
  readonly marketData: MarketDataReads;
  readonly options: OptionReads;
  readonly runs: BacktestRuns;
  readonly runResults: RunResults;
  readonly comparisons: RunComparisons;
  readonly sweeps: Sweeps;
  readonly walkForwards: WalkForwards;
  readonly models: ModelRegistry;
  readonly trainings: Trainings;
  readonly retrainings: Retrainings;
  readonly parity: ParityReads;
  readonly bands: BandReads;
  readonly predictions: PredictionReads;
  readonly health: HealthReads;
  readonly keys: AccountKeys;
  readonly people: AccountPeople;
  readonly security: AccountSecurity;
  readonly secondFactors: SecondFactors;
  readonly passkeys: Passkeys;
  readonly proposals: ProposalReads;
  readonly recommendations: RecommendationReads;
  readonly agentRecord: AgentRecord;
  readonly agentMemory: AgentMemory;
  readonly changeProposals: ChangeProposals;
  readonly agents: Agents;
}

/** One operation's context. */
export interface Context extends Capabilities {
  readonly report: ReportFailure;
  readonly principal: Principal | undefined;
  /** Where the browser is, for passkeys; programs are nowhere, and an address of numbers is no place. */
  readonly site?: Site | undefined;
  /** Of a live operation that does not run for one reader alone. */
  readonly live?: LiveRun | undefined;
}
