import { format, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Money, Quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { OrderIntent } from '../orders/order.ts';
import { contentHash, textsProblem, WAITING_PER_AGENT_MAX } from '../recommendations/agent-proposal.ts';
import type { PolicyNow } from '../recommendations/agent-decision.ts';
import { evidenceOf } from '../recommendations/evidence.ts';
import { policyVersion } from '../recommendations/policy-version.ts';
import type { AgentProposal, Recommendation } from '../recommendations/recommendation.ts';
import { requesterOf } from '../risk/activity.ts';
import { scopedContext } from '../risk/control-input.ts';
import { isUnlimited } from '../risk/limits.ts';
import { previewOrder } from '../risk/order-preview.ts';
import type { EventOf } from './events.ts';
import { judge } from './intents.ts';
import { endRecommendation, setRecommendation, waitingOf } from './recommending.ts';
import { riskContext } from './risk-context.ts';
import type { EngineState } from './state.ts';
import { raise } from './turn.ts';
import type { Turn } from './turn.ts';

/** Entries of an owner's agents that were let go within this time count together: an order that is cut in pieces is as large as it was. */
const TOGETHER_MS = 3_600_000;

type Proposed = Pick<EventOf<'OrderProposed'>, 'by' | 'intent' | 'explanation' | 'sources' | 'waitMs' | 'perHourMax'>;

/** How many this agent has proposed within the hour, with what was refused and withdrawn: what has ended is kept for a session at least. */
function proposedLately({ recommendations, now }: EngineState, by: string): number {
  let count = 0;
  for (const { proposal, createdAt } of recommendations.values()) if (proposal?.by === by && now - createdAt < TOGETHER_MS) count += 1;
  return count;
}

/** Why a proposal is not taken, in one sentence; `undefined` where it is. Everything is looked at here, whatever was checked before. */
export function orderProposalProblem(state: EngineState, { by, intent, perHourMax, ...texts }: Proposed): string | undefined {
  const { origin, id } = intent;
  if (!by.startsWith('agent:') || origin.kind !== 'ticket' || origin.principal !== by) return 'Agents alone propose orders, each its own.';
  const problem = textsProblem(texts);
  if (problem !== undefined) return `${problem.message}.`;
  if (state.orders.has(id) || state.recommendations.has(id)) return `${id} was used before: propose under a fresh key.`;
  if (waitingOf(state, by).length >= WAITING_PER_AGENT_MAX)
    return `${WAITING_PER_AGENT_MAX} orders of this agent wait for a person already: withdraw one, or wait until somebody decides.`;
  if (perHourMax === undefined || proposedLately(state, by) < perHourMax) return undefined;
  return `${perHourMax} orders of this agent were proposed within the hour: wait, and propose what matters most.`;
}

/** As it would be judged if people who may trade let it go at this moment: who they are is looked at when they do. */
const asLetGo = (intent: OrderIntent, people: readonly string[], confirmedAt: EngineState['now']): OrderIntent => ({
  ...intent,
  origin: { ...intent.origin, kind: 'ticket', principal: requesterOf(intent.origin), approvedBy: people, confirmedAt },
});

/** An agent asks a person for an order. What the gate would deny now ends at once, with every reason. Nothing is reserved for what waits. */
export function orderProposed(turn: Turn, event: EventOf<'OrderProposed'>): void {
  const { by, person: owner, intent, explanation, sources, waitMs, at } = event;
  const problem = orderProposalProblem(turn.state, event);
  if (problem !== undefined) {
    raise(turn, 'ProposalRefused', `${by}-${at}`, 'info', 'An order that an agent proposed was not taken', `${by}: ${problem}`);
    return;
  }
  const { now, options } = turn.state;
  const wanted = asLetGo(intent, [owner], now);
  const { decision } = judge(turn, wanted).gate;
  const content = {
    id: intent.id,
    proposal: { by, owner, explanation, sources },
    intent,
    evidence: evidenceOf(wanted, riskContext(turn.state), options.collarMarketOrders),
    createdAt: now,
    expiresAt: instantFromMs(now + waitMs),
  };
  const proposal: AgentProposal = { ...content.proposal, hash: contentHash(content) };
  const recommendation: Recommendation = { ...content, proposal, state: 'waiting' };
  if (decision.verdict === 'denied') {
    endRecommendation(turn, recommendation, { state: 'refused', denials: decision.denials }, 'engine');
    return;
  }
  setRecommendation(turn, recommendation);
  const { side, quantity, symbol } = intent;
  raise(turn, 'OrderRecommended', intent.id, 'warning', `An agent proposes: ${side} ${format(quantity)} ${symbol}`, `By ${by}.`);
}

/** Why a proposal is not taken back; `undefined` where it is: by the agent itself, or by the person who owns its key. */
export function withdrawalProblem(
  recommendation: Recommendation | undefined,
  { by, reason }: Pick<EventOf<'RecommendationWithdrawn'>, 'by' | 'reason'>,
): string | undefined {
  if (recommendation?.state !== 'waiting') return 'No recommendation with this id waits: it was decided, replaced, or has expired.';
  const { proposal } = recommendation;
  if (proposal === undefined) return 'A strategy recommends it: reject it.';
  if (reason.trim() === '') return 'To withdraw it needs a reason.';
  return by === proposal.by || by === `user:${proposal.owner}` ? undefined : 'Its agent takes it back, or the person who owns the agent.';
}

export function recommendationWithdrawn(turn: Turn, event: EventOf<'RecommendationWithdrawn'>): void {
  const { recommendationId, by, reason, at } = event;
  const recommendation = turn.state.recommendations.get(recommendationId);
  const problem = withdrawalProblem(recommendation, event);
  if (recommendation === undefined || problem !== undefined) {
    raise(turn, 'DecisionRefused', `${recommendationId}-${at}`, 'info', 'A proposal was not withdrawn', `${by}: ${problem ?? ''}`);
    return;
  }
  endRecommendation(turn, recommendation, { state: 'withdrawn', because: reason }, by);
}

/** What letting go so many units of it would come to: nothing where it is an exit, `undefined` where there is no price to say it by. */
export function entryNotional(state: EngineState, { intent }: Recommendation, quantity: Quantity): Money | undefined {
  const { entry, notional } = previewOrder({ ...intent, quantity }, riskContext(state), state.options);
  return entry <= 0n ? (0n as Money) : notional;
}

/** What was let go of the entries that this owner's agents have proposed, within the hour. */
function lately({ recommendations, now }: EngineState, owner: string): bigint {
  let sum = 0n;
  for (const { proposal, decision, endedAt, state } of recommendations.values()) {
    const counts = proposal?.owner === owner && (state === 'approved' || state === 'reduced');
    if (counts && endedAt !== undefined && now - endedAt < TOGETHER_MS) sum += decision?.notional ?? 0n;
  }
  return sum;
}

/** Whether letting go so many units takes two people: what the owner's agents were let open within the hour, with this, is beyond what one may let go. */
function takesTwo(state: EngineState, recommendation: Recommendation, quantity: Quantity): boolean {
  const { proposal, intent } = recommendation;
  if (proposal === undefined) return false;
  const notional = entryNotional(state, recommendation, quantity);
  if (notional === 0n) return false;
  const { limits, equity } = scopedContext(riskContext(state), intent);
  const limit = limits.agentApprovalNotionalRatioMax;
  if (isUnlimited(limit)) return false;
  // What cannot be reckoned takes two.
  if (notional === undefined || equity === undefined) return true;
  return (lately(state, proposal.owner) + notional) * UNITS_PER_ONE > equity * limit;
}

/** The risk policy that holds for a recommendation, and whether letting go so many units of it takes two people. */
export const policyNow = (state: EngineState, recommendation: Recommendation, quantity: Quantity): PolicyNow => ({
  version: policyVersion(state, requesterOf(recommendation.intent.origin)),
  needsTwo: takesTwo(state, recommendation, quantity),
});

/** The order as people have let it go: who they are goes with it to the gate. */
export const letGoBy = (intent: OrderIntent, people: readonly string[], confirmedAt: EngineState['now'] | undefined): OrderIntent =>
  confirmedAt === undefined ? intent : asLetGo(intent, people, confirmedAt);
