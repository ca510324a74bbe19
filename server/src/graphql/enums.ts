import { STANDINGS, VERDICTS } from '@tidemark/compute/models';
import type { CallOutcome } from '../agents/call.ts';
import type { AgentChangeKind, ChangeProposalState } from '../agents/changes/change.ts';
import type { MemoryKind } from '../agents/memory/memory.ts';
import type { ModelChoice, RunOutcome, RunTrigger } from '../agents/runner/agent.ts';
import { AGENT_ROLES } from '../agents/runner/roles.ts';
import type { RoleName } from '../agents/runner/roles.ts';
import { PROPOSAL_STATES } from '../approvals/proposal.ts';
import { KEY_KINDS, SCOPES } from '../approvals/keys.ts';
import { ROLES } from '../approvals/roles.ts';
import { TIMEFRAMES } from '../market-data/bar.ts';
import type { Timeframe } from '../market-data/bar.ts';
import { ORDER_CLASSES, ORDER_STATES, ORDER_TYPES, TIMES_IN_FORCE } from '../orders/order.ts';
import type { Side } from '../orders/order.ts';
import { MODEL_STATES } from '../models/model.ts';
import { RETRAINING_REASONS, RETRAINING_STATES } from '../models/retraining.ts';
import { PROMOTION_STAGES } from '../engine/promotion-checklist.ts';
import type { BandPlace } from '../backtests/live-band.ts';
import type { BrakeScope } from '../risk/brakes.ts';
import { RESTRICTION_LISTS } from '../risk/restrictions.ts';
import { TRADING_STATES } from '../risk/types.ts';
import { RECOMMENDATION_STATES } from '../recommendations/recommendation.ts';
import { EXECUTION_MODES } from '../strategies/execution.ts';
import { STRATEGY_STATES } from '../strategies/strategy.ts';
import type { Builder } from './builder.ts';

const SIDES: readonly Side[] = ['buy', 'sell'];
const MODES = ['simulated', 'paper', 'live'] as const;
const RUN_STATES = ['queued', 'running', 'done', 'failed', 'aborted'] as const;
const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const;
const KILL_ACTIONS = ['freeze', 'flatten'] as const;
const HEALTH_STATES = ['ok', 'degraded', 'down'] as const;
export const EQUITY_RANGES = ['D1', 'W1', 'M1', 'M3', 'YTD', 'Y1', 'ALL'] as const;

export type RunState = (typeof RUN_STATES)[number];
const ENGINE_STANDINGS = ['here', 'connected', 'away'] as const;
export type EngineStandingName = (typeof ENGINE_STANDINGS)[number];
const UNAVAILABLE_OUTCOMES = ['not_done', 'done', 'unknown'] as const;
export type UnavailableOutcome = (typeof UNAVAILABLE_OUTCOMES)[number];
export type HealthState = (typeof HEALTH_STATES)[number];
export type EquityRange = (typeof EQUITY_RANGES)[number];

const TIMEFRAME_NAMES: Record<Timeframe, string> = {
  '1Min': 'MIN1',
  '5Min': 'MIN5',
  '15Min': 'MIN15',
  '30Min': 'MIN30',
  '1Hour': 'HOUR1',
  '1Day': 'DAY1',
};

/** Enum values named in capitals, with the domain's own words inside. */
const upper = <T extends string>(values: readonly T[]): Record<string, { readonly value: T }> =>
  Object.fromEntries(values.map((value) => [value.toUpperCase(), { value }]));

function addModelEnums(builder: Builder) {
  return {
    verdict: builder.enumType('PredictionVerdict', {
      values: upper(VERDICTS),
      description: 'What a prediction comes to, whatever was decided before. UNKNOWN: a feature has no value.',
    }),
    modelState: builder.enumType('ModelState', {
      values: upper(MODEL_STATES),
      description: 'SHADOW: looked at beside the champion, sending nothing on a live account. RETIRED: for good.',
    }),
    retrainingReason: builder.enumType('RetrainingReason', {
      values: upper(RETRAINING_REASONS),
      description:
        'DRIFT: its health is low where it works. EXPIRY: it expires within a week, or has. SCHEDULED: so was asked for at its training.',
    }),
    retrainingState: builder.enumType('RetrainingState', {
      values: upper(RETRAINING_STATES),
      description: 'OBSOLETE: the model was retired, or has a successor, before anybody decided.',
    }),
    modelStanding: builder.enumType('ModelStanding', {
      values: upper(STANDINGS),
      description:
        'On unseen rows. NOTHING: no better than who learns nothing. LUCK: better, but no more than chance may give. FOUND: better than that.',
    }),
  };
}

function addRiskEnums(builder: Builder) {
  return {
    tradingState: builder.enumType('TradingState', {
      values: upper(TRADING_STATES),
      description: 'From free to frozen: breakers move right, only people move left.',
    }),
    pauseScope: builder.enumType('PauseScope', {
      values: {
        ACCOUNT: { value: 'account', description: 'All of it.' },
        STRATEGY: { value: 'strategy', description: 'What one strategy opens.' },
        SYMBOL: { value: 'symbol', description: 'What anybody opens in it, and in options on it.' },
      } satisfies Record<string, { value: BrakeScope['kind']; description: string }>,
      description: 'Where nothing is to be opened.',
    }),
    restrictionList: builder.enumType('RestrictionList', { values: upper(RESTRICTION_LISTS) }),
  };
}

function addRunEnums(builder: Builder) {
  return {
    runState: builder.enumType('RunState', { values: upper(RUN_STATES) }),
    bandPlace: builder.enumType('BandPlace', {
      values: {
        INSIDE: { value: 'inside', description: 'Between them, or exactly at one.' },
        ABOVE: { value: 'above', description: 'It gained more than 19 in 20.' },
        BELOW: { value: 'below', description: 'It gained less than 19 in 20.' },
      } satisfies Record<Uppercase<BandPlace>, { value: BandPlace; description: string }>,
      description: 'Of a live result, by the levels between which nine in ten stretches of its backtest end.',
    }),
  };
}

const addAgentEnums = (builder: Builder) => ({
  callOutcome: builder.enumType('CallOutcome', {
    values: {
      ANSWERED: { value: 'answered', description: 'What was asked for was done, or read.' },
      FAILED: { value: 'failed', description: 'It was tried; the answer says why it could not be done.' },
      REFUSED: { value: 'refused', description: 'Nothing was done.' },
    } satisfies Record<Uppercase<CallOutcome>, { value: CallOutcome; description: string }>,
    description: 'How a call of an agent ended.',
  }),
  memoryKind: builder.enumType('MemoryKind', {
    values: {
      NOTE: { value: 'note', description: 'Whatever it wants to know later.' },
      FACT: { value: 'fact', description: 'What it found out: as it says, looked at by nobody.' },
    } satisfies Record<Uppercase<MemoryKind>, { value: MemoryKind; description: string }>,
    description: 'What sort of thing an agent remembers.',
  }),
  agentRole: builder.enumType('AgentRoleName', {
    values: {
      DATA: { value: 'data', description: AGENT_ROLES.data.purpose },
      RESEARCH: { value: 'research', description: AGENT_ROLES.research.purpose },
      STRATEGY: { value: 'strategy', description: AGENT_ROLES.strategy.purpose },
      RISK: { value: 'risk', description: AGENT_ROLES.risk.purpose },
      EXECUTION: { value: 'execution', description: AGENT_ROLES.execution.purpose },
      REPORT: { value: 'report', description: AGENT_ROLES.report.purpose },
    } satisfies Record<Uppercase<RoleName>, { value: RoleName; description: string }>,
    description: 'What an agent that this server runs is for.',
  }),
  agentModel: builder.enumType('AgentModel', {
    values: {
      CONFIGURED: { value: 'configured', description: 'The model that the server is set up for.' },
      SCRIPTED: { value: 'scripted', description: 'No model: a fixed course that needs no key.' },
    } satisfies Record<Uppercase<ModelChoice>, { value: ModelChoice; description: string }>,
    description: 'What decides in an agent.',
  }),
  agentRunTrigger: builder.enumType('AgentRunTrigger', {
    values: {
      SCHEDULE: { value: 'schedule', description: 'Its time had come.' },
      PERSON: { value: 'person', description: 'A person asked for it.' },
    } satisfies Record<Uppercase<RunTrigger>, { value: RunTrigger; description: string }>,
    description: 'Why an agent ran.',
  }),
  agentRunOutcome: builder.enumType('AgentRunOutcome', {
    values: {
      DONE: { value: 'done', description: 'The agent was finished.' },
      OVER_BUDGET: { value: 'over_budget', description: 'Its budget was used up.' },
      STOPPED: { value: 'stopped', description: 'It was paused, or its key ended.' },
      FAILED: { value: 'failed', description: 'The model could not be asked, or broke off.' },
      CUT_OFF: { value: 'cut_off', description: 'The server ended before the run did.' },
    } satisfies Record<Uppercase<RunOutcome>, { value: RunOutcome; description: string }>,
    description: 'How a run of an agent ended.',
  }),
});

/** Of changes that agents propose. */
const changeProposalEnums = (builder: Builder) => ({
  agentChangeKind: builder.enumType('AgentChangeKind', {
    values: {
      PARAMETERS: { value: 'parameters', description: 'Parameters, symbols, share of equity or size of a strategy.' },
      LIMIT: { value: 'limit', description: 'A tighter limit, of the account or of one strategy.' },
      PROMOTION: { value: 'promotion', description: 'A model: a candidate as shadow, or a shadow as champion.' },
    } satisfies Record<Uppercase<AgentChangeKind>, { value: AgentChangeKind; description: string }>,
    description: 'What an agent may propose beside orders and versions.',
  }),
  changeProposalState: builder.enumType('ChangeProposalState', {
    values: {
      WAITING: { value: 'waiting', description: 'For a person.' },
      APPROVED: { value: 'approved', description: 'A person let it happen: what came of it says the outcome.' },
      REJECTED: { value: 'rejected', description: 'A person said no.' },
      WITHDRAWN: { value: 'withdrawn', description: 'The agent took it back, or its owner.' },
      EXPIRED: { value: 'expired', description: 'Nobody decided in time.' },
      FAILED: { value: 'failed', description: 'A person let it happen, and nothing was done: the outcome says why.' },
    } satisfies Record<Uppercase<ChangeProposalState>, { value: ChangeProposalState; description: string }>,
    description: 'What became of a change that an agent proposed.',
  }),
});

/** Of orders that people decide about. */
const recommendationEnums = (builder: Builder) => ({
  proposerKind: builder.enumType('ProposerKind', {
    values: upper(['strategy', 'agent']),
    description: 'What kind of thing wants an order.',
  }),
  recommendationState: builder.enumType('RecommendationState', {
    values: upper(RECOMMENDATION_STATES),
    description:
      'DENIED: a person approved it, and the gate denied it. SUPERSEDED: the strategy decided anew, or trades differently now. REFUSED: an agent proposed what the gate would have denied. WITHDRAWN: the agent took it back, or its owner.',
  }),
});

export function addEnums(builder: Builder) {
  return {
    mode: builder.enumType('Mode', { values: upper(MODES), description: 'Simulated: our own exchange. Paper and live: at the broker.' }),
    keyKind: builder.enumType('KeyKind', {
      values: upper(KEY_KINDS),
      description:
        'SERVICE: a program does what its author wrote. AGENT: it decides by itself, is at most trader, trades only what a person approved, and approves nothing.',
    }),
    keyScope: builder.enumType('KeyScope', {
      values: upper(SCOPES),
      description:
        'READ: all that can be seen. RESEARCH: backtests, sweeps, trainings, drafts. PROPOSE: what a person decides about. STOP: pauses, tighter limits, the kill switch. TRADE: also orders and strategies; not of an agent.',
    }),
    role: builder.enumType('Role', {
      values: upper(ROLES),
      description: 'From least to most: each may do what the ones before it may.',
    }),
    proposalState: builder.enumType('ProposalState', {
      values: upper(PROPOSAL_STATES),
      description: 'OBSOLETE: approved when what it was about had changed; nothing was done.',
    }),
    ...recommendationEnums(builder),
    executionMode: builder.enumType('ExecutionMode', {
      values: upper(EXECUTION_MODES),
      description:
        'AUTOMATIC: orders leave at once. RECOMMEND: what opens or adds to a position waits for a person. SHADOW: nothing that opens is sent. Exits leave in every mode.',
    }),
    side: builder.enumType('Side', { values: upper(SIDES) }),
    orderType: builder.enumType('OrderType', { values: upper(ORDER_TYPES) }),
    orderClass: builder.enumType('OrderClass', {
      values: upper(ORDER_CLASSES),
      description: 'BRACKET: an entry with a take profit and a stop loss. OTO: with one of them. OCO: the two exits of what is held.',
    }),
    timeInForce: builder.enumType('TimeInForce', { values: upper(TIMES_IN_FORCE) }),
    orderState: builder.enumType('OrderState', {
      values: upper(ORDER_STATES),
      description: 'UNKNOWN: sent, and the broker has not yet answered either way. DENIED is ours, REJECTED the broker’s.',
    }),
    strategyState: builder.enumType('StrategyState', { values: upper(STRATEGY_STATES) }),
    promotionStage: builder.enumType('PromotionStage', {
      values: upper(PROMOTION_STAGES),
      description: 'How far a version has come: what is LIVE may trade with real money.',
    }),
    ...addRiskEnums(builder),
    ...addModelEnums(builder),
    ...addRunEnums(builder),
    ...addAgentEnums(builder),
    ...changeProposalEnums(builder),
    alertSeverity: builder.enumType('AlertSeverity', { values: upper(ALERT_SEVERITIES) }),
    killAction: builder.enumType('KillAction', {
      values: upper(KILL_ACTIONS),
      description: 'After the gate is closed and every order cancelled: keep the positions, or close them too.',
    }),
    healthState: builder.enumType('HealthState', { values: upper(HEALTH_STATES) }),
    unavailableOutcome: builder.enumType('UnavailableOutcome', {
      values: upper(UNAVAILABLE_OUTCOMES),
      description: 'Whether what was asked for was done.',
    }),
    engineStanding: builder.enumType('EngineStanding', { values: upper(ENGINE_STANDINGS), description: 'Where the engine is.' }),
    timeframe: builder.enumType('Timeframe', {
      values: Object.fromEntries(TIMEFRAMES.map((value) => [TIMEFRAME_NAMES[value], { value }])),
    }),
    equityRange: builder.enumType('EquityRange', { values: upper(EQUITY_RANGES) }),
  };
}

export type Enums = ReturnType<typeof addEnums>;
