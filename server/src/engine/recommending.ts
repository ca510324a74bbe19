import { format } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { OrderIntent } from '../orders/order.ts';
import { evidenceOf } from '../recommendations/evidence.ts';
import { isWaiting, proposerOf, WAITING_PER_STRATEGY_MAX } from '../recommendations/recommendation.ts';
import type { Recommendation, RecommendationState } from '../recommendations/recommendation.ts';
import { AUTOMATIC, waitMsOf } from '../strategies/execution.ts';
import type { ExecutionMode } from '../strategies/execution.ts';
import { riskContext } from './risk-context.ts';
import type { EngineState, StrategySlot } from './state.ts';
import { change, closeAlert, emit, raise, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';

export const modeOf = ({ execution }: Pick<StrategySlot, 'execution'>): ExecutionMode => (execution ?? AUTOMATIC).mode;

/** The strategy whose order may not leave by itself: one that opens or adds to a position. Exits leave in every mode. */
export function withheldFrom(state: EngineState, intent: OrderIntent, isEntry: boolean): StrategySlot | undefined {
  if (!isEntry || intent.reduceOnly || intent.protects === true || intent.origin.kind !== 'strategy') return undefined;
  const slot = state.strategies.get(intent.origin.strategyId);
  return slot === undefined || modeOf(slot) === 'automatic' ? undefined : slot;
}

export const waitingRecommendations = ({ recommendations }: EngineState): readonly Recommendation[] =>
  [...recommendations.values()].filter(isWaiting);

/** Of a strategy by its id, or of an agent as the journal names it. */
export const waitingOf = (state: EngineState, proposer: string): readonly Recommendation[] =>
  waitingRecommendations(state).filter((one) => proposerOf(one) === proposer);

const alertId = ({ id }: Pick<Recommendation, 'id'>): string => `OrderRecommended-${id}`;

/** Write a recommendation and say so. */
export function setRecommendation(turn: Turn, recommendation: Recommendation): void {
  change(turn, { recommendations: withEntry(turn.state.recommendations, recommendation.id, recommendation) });
  emit(turn, { kind: 'RecommendationChanged', recommendation });
}

/** An order that a person is asked about. Nothing is reserved for it, and nothing counted: the gate judges it when it is let go. */
export function recommend(turn: Turn, { config, execution = AUTOMATIC }: StrategySlot, intent: OrderIntent): void {
  const { id, side, quantity, symbol, reason } = intent;
  if (waitingOf(turn.state, config.id).length >= WAITING_PER_STRATEGY_MAX) {
    const detail = `${WAITING_PER_STRATEGY_MAX} recommendations of ${config.name} wait already; ${id} was dropped.`;
    raise(turn, 'RecommendationDropped', id, 'warning', `An order of ${symbol} was not recommended`, detail);
    return;
  }
  const { now, options } = turn.state;
  setRecommendation(turn, {
    id,
    strategyId: config.id,
    intent,
    evidence: evidenceOf(intent, riskContext(turn.state), options.collarMarketOrders),
    createdAt: now,
    expiresAt: instantFromMs(now + waitMsOf(execution, config.timeframe)),
    state: 'waiting',
  });
  raise(turn, 'OrderRecommended', id, 'warning', `${config.name} recommends: ${side} ${format(quantity)} ${symbol}`, reason);
}

type Ending = Pick<Recommendation, 'because' | 'decision' | 'denials'> & { readonly state: Exclude<RecommendationState, 'waiting'> };

/** It waits no longer, and changes no more. */
export function endRecommendation(turn: Turn, recommendation: Recommendation, ending: Ending, by: string): void {
  setRecommendation(turn, { ...recommendation, ...ending, endedAt: turn.state.now });
  closeAlert(turn, alertId(recommendation), by);
}

/** What was recommended before counts no more: all that waits and is meant. */
export function supersede(turn: Turn, because: string, isMeant: (recommendation: Recommendation) => boolean): void {
  for (const one of waitingRecommendations(turn.state))
    if (isMeant(one)) endRecommendation(turn, one, { state: 'superseded', because }, 'engine');
}

export const supersedeOf = (turn: Turn, strategyId: string, because: string): void =>
  supersede(turn, because, (one) => one.strategyId === strategyId);

/** With every event: what nobody decided about in time. */
export function expireRecommendations(turn: Turn): void {
  for (const one of waitingRecommendations(turn.state))
    if (turn.state.now >= one.expiresAt) endRecommendation(turn, one, { state: 'expired' }, 'engine');
}
