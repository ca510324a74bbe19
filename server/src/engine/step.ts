import type { Instant } from '../money/instant.ts';
import * as activities from './activities.ts';
import { orderProposed, recommendationWithdrawn } from './agent-proposals.ts';
import * as broker from './broker-events.ts';
import * as commands from './commands.ts';
import type { Effect } from './effects.ts';
import type { EngineEvent, EventKind, EventOf } from './events.ts';
import { ensembleDissolved, ensembleSet } from './ensembles.ts';
import { killSwitchEngaged, killSwitchReleased } from './kill-switch.ts';
import * as market from './market-events.ts';
import { watchTime } from './market-watch.ts';
import * as notices from './notices.ts';
import { accessRecorded, personRecorded } from './people.ts';
import { entriesPaused } from './pausing.ts';
import * as proposals from './proposals.ts';
import { keepProtections } from './protections.ts';
import { expireRecommendations } from './recommending.ts';
import * as reconcile from './reconcile.ts';
import { recommendationDecided } from './releasing.ts';
import * as restating from './restating-events.ts';
import type { EngineState } from './state.ts';
import { strategyExecutionSet } from './strategy-execution.ts';
import * as strategies from './strategy-events.ts';
import { closeStrategies, strategyKillEngaged } from './strategy-kill.ts';
import * as watch from './strategy-watch.ts';
import { beginTurn } from './turn.ts';
import type { Turn } from './turn.ts';

export interface Step {
  readonly state: EngineState;
  readonly effects: readonly Effect[];
}

type Handlers = { readonly [K in EventKind]: (turn: Turn, event: EventOf<K>) => void };

const nothing = (): void => {
  // Time has moved, which `step` has noted; the event says no more than that.
};

/** Every kind of event has its handler: the type has no gap. */
const HANDLERS: Handlers = {
  InstrumentListed: market.instrumentListed,
  InstrumentsProfiled: market.instrumentsProfiled,
  BarsClosed: market.barsClosed,
  BarRefused: market.barRefused,
  Marked: market.marked,
  SessionOpened: market.sessionOpened,
  SessionClosed: market.sessionClosed,
  ClockTicked: nothing,
  SymbolHalted: market.symbolHalted,
  StrategyDecided: strategies.strategyDecided,
  StrategyWarmed: nothing,
  StrategyFailed: strategies.strategyFailed,
  BrokerConnected: reconcile.brokerConnected,
  BrokerDisconnected: reconcile.brokerDisconnected,
  OrderAcknowledged: broker.orderAcknowledged,
  OrderRejected: broker.orderRejected,
  OrderOutcomeUnknown: broker.orderOutcomeUnknown,
  OrderNotFound: broker.orderNotFound,
  OrderUpdated: broker.orderUpdated,
  ExecutionFound: broker.executionFound,
  ClockSkewMeasured: reconcile.clockSkewMeasured,
  ExecutionBusted: restating.executionBusted,
  ExecutionCorrected: restating.executionCorrected,
  ActivityReported: activities.activityReported,
  AccountReported: reconcile.accountReported,
  Reconciled: reconcile.reconciled,
  OrdersListed: reconcile.ordersListed,
  NoticeGiven: notices.noticeGiven,
  StrategyCreated: strategies.strategyCreated,
  StrategyConfigured: strategies.strategyConfigured,
  StrategyEnabled: strategies.strategyEnabled,
  StrategyDisabled: strategies.strategyDisabled,
  StrategyExecutionSet: strategyExecutionSet,
  EnsembleSet: ensembleSet,
  EnsembleDissolved: ensembleDissolved,
  RecommendationDecided: recommendationDecided,
  OrderProposed: orderProposed,
  RecommendationWithdrawn: recommendationWithdrawn,
  OrderRequested: commands.orderRequested,
  ReplaceRequested: commands.replaceRequested,
  CancelRequested: commands.cancelRequested,
  LimitSet: commands.limitSet,
  SymbolsRestricted: commands.symbolsRestricted,
  ModelDriftMeasured: watch.modelDriftMeasured,
  BrakeReleased: commands.brakeReleased,
  KillSwitchEngaged: killSwitchEngaged,
  StrategyKillEngaged: strategyKillEngaged,
  EntriesPaused: entriesPaused,
  KillSwitchReleased: killSwitchReleased,
  SecondPersonRequired: proposals.secondPersonRequired,
  ChangeProposed: proposals.changeProposed,
  ChangeApproved: proposals.changeApproved,
  ChangeRejected: proposals.changeRejected,
  ChangeExpired: proposals.changeExpired,
  PersonRecorded: personRecorded,
  AccessRecorded: accessRecorded,
  AlertAcknowledged: commands.alertAcknowledged,
  StateUnreadable: commands.stateUnreadable,
};

/** True of the kinds that {@link step} takes: a journal may hold other parts' events too. */
export const isEngineEvent = (kind: string): kind is EventKind => Object.hasOwn(HANDLERS, kind);

/** The engine's time: the newest that any event has told. It never goes back. */
function timeAfter(state: EngineState, event: EngineEvent): Instant {
  let newest = event.at > state.now ? event.at : state.now;
  if (event.kind === 'Marked') for (const { mark } of event.marks) if (mark.at > newest) newest = mark.at;
  return newest;
}

/** Whether anything changed that the exits of positions depend on. */
const isMoved = (before: EngineState, after: EngineState): boolean =>
  before.protections !== after.protections ||
  before.orders !== after.orders ||
  before.ledgers !== after.ledgers ||
  before.tradingState !== after.tradingState ||
  before.flattening !== after.flattening;

/**
 * One event's whole consequence. Pure: the same state and event give the same result, byte for byte; nothing is done here, only described.
 * Throws `Invariant: …` where the books would no longer hold: the caller must then stop trading.
 */
export function step(state: EngineState, event: EngineEvent): Step {
  const now = timeAfter(state, event);
  const turn = beginTurn(state, now);
  const handle = HANDLERS[event.kind] as (turn: Turn, event: EngineEvent) => void;
  handle(turn, event);
  if (turn.state.closing.size > 0) closeStrategies(turn);
  if (isMoved(state, turn.state)) keepProtections(turn);
  watchTime(turn);
  if (turn.state.recommendations.size > 0) expireRecommendations(turn);
  return { state: turn.state, effects: turn.effects };
}
