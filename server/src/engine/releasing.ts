import { abs, negate } from '../money/money.ts';
import type { Quantity } from '../money/fixed.ts';
import type { OrderIntent } from '../orders/order.ts';
import { firstApprovalNow, releaseProblem } from '../recommendations/agent-decision.ts';
import { decisionProblem, releasedQuantity } from '../recommendations/recommendation.ts';
import type { PersonsDecision, Recommendation, Verdict } from '../recommendations/recommendation.ts';
import type { Decider } from '../approvals/approval.ts';
import { entryNotional, letGoBy, policyNow } from './agent-proposals.ts';
import type { EventOf } from './events.ts';
import { submitApproved } from './intents.ts';
import { opposedBy, tellOpposed } from './opposition.ts';
import { endRecommendation, setRecommendation } from './recommending.ts';
import type { EngineState } from './state.ts';
import { change, raise, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** Why a decision would not count now; `undefined` where it would. */
export function recommendationProblem(state: EngineState, id: string, verdict: Verdict, decider: Decider): string | undefined {
  const recommendation = state.recommendations.get(id);
  const problem = decisionProblem(recommendation, verdict, decider, state);
  if (problem !== undefined || recommendation === undefined) return problem;
  const units = releasedQuantity(recommendation, verdict);
  return units === undefined ? undefined : releaseProblem(recommendation, verdict, decider, policyNow(state, recommendation, units));
}

/** A person has decided: what they let go is judged by the gate as it is now, and goes at once or not at all. */
export function recommendationDecided(turn: Turn, event: EventOf<'RecommendationDecided'>): void {
  const { recommendationId, verdict, by, person, decidedAt, at } = event;
  const recommendation = turn.state.recommendations.get(recommendationId);
  const problem = recommendationProblem(turn.state, recommendationId, verdict, event);
  if (recommendation === undefined || problem !== undefined) {
    raise(turn, 'DecisionRefused', `${recommendationId}-${at}`, 'info', 'A decision did not count', `${by}: ${problem ?? ''}`);
    return;
  }
  const reason = verdict.kind === 'approve' ? {} : { reason: verdict.reason };
  const decision: PersonsDecision = { by, person, at: decidedAt, ...reason };
  const quantity = releasedQuantity(recommendation, verdict);
  if (quantity === undefined) endRecommendation(turn, recommendation, { state: 'rejected', decision }, by);
  else if (recommendation.proposal === undefined)
    release(turn, recommendation, { ...decision, quantity }, { ...recommendation.intent, quantity, createdAt: turn.state.now });
  else letAgentGo(turn, recommendation, { ...decision, quantity }, event.confirmedAt);
}

/** An agent's order: the first of two people is remembered; whoever is the last lets it go, and with it goes who they all were. */
function letAgentGo(
  turn: Turn,
  { firstApproval: _first, ...recommendation }: Recommendation,
  decision: PersonsDecision & { readonly quantity: Quantity },
  confirmedAt: Decider['confirmedAt'],
): void {
  const { quantity } = decision;
  const policy = policyNow(turn.state, recommendation, quantity);
  const first = _first === undefined ? undefined : firstApprovalNow({ firstApproval: _first }, policy);
  if (policy.needsTwo && first === undefined) {
    setRecommendation(turn, { ...recommendation, firstApproval: { ...decision, policyVersion: policy.version } });
    return;
  }
  const notional = entryNotional(turn.state, recommendation, quantity);
  const after = policy.needsTwo && first !== undefined ? { after: first } : {};
  const people = [...('after' in after ? [after.after.person] : []), decision.person];
  const intent = letGoBy({ ...recommendation.intent, quantity, createdAt: turn.state.now }, people, confirmedAt);
  release(turn, recommendation, { ...decision, ...(notional === undefined ? {} : { notional }), ...after }, intent);
}

function release(turn: Turn, recommendation: Recommendation, decision: PersonsDecision, intent: OrderIntent): void {
  const opposed = opponentOf(turn, recommendation, intent);
  if (opposed !== undefined) {
    endRecommendation(turn, recommendation, { state: 'denied', decision, because: opposed }, decision.by);
    return;
  }
  const released = intent.quantity < recommendation.intent.quantity ? 'reduced' : 'approved';
  // It waits no longer: whatever its order leads to, as a strategy that is paused, ends what else waits.
  change(turn, { recommendations: withoutEntry(turn.state.recommendations, recommendation.id) });
  const order = submitApproved(turn, intent);
  const denied = order.state === 'denied';
  const outcome = denied ? { denials: order.decision.denials } : {};
  endRecommendation(turn, recommendation, { state: denied ? 'denied' : released, decision, ...outcome }, decision.by);
}

/** Since it was recommended another owner may have taken the other side of the symbol. */
function opponentOf(turn: Turn, { strategyId }: Recommendation, { id, symbol, side, quantity }: OrderIntent): string | undefined {
  if (strategyId === undefined) return undefined;
  const opponent = opposedBy(turn.state, strategyId, symbol, side === 'buy' ? abs(quantity) : negate(abs(quantity)));
  const config = turn.state.strategies.get(strategyId)?.config;
  if (opponent === undefined || config === undefined) return undefined;
  tellOpposed(turn, config, symbol, id, opponent);
  return `${opponent === '' ? 'The account itself' : `Strategy ${opponent}`} holds the other side of ${symbol} by now.`;
}
