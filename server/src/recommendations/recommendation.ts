import { atLeast } from '../approvals/roles.ts';
import { isFreshAt } from '../approvals/approval.ts';
import type { Decider } from '../approvals/approval.ts';
import { format } from '../money/fixed.ts';
import type { Money, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { Denial, OrderIntent } from '../orders/order.ts';
import type { Evidence } from './evidence.ts';

/**
 * `denied`: a person said yes, and the gate said no. `superseded`: the strategy decided anew, or its orders of before count no more. `refused`: the gate would
 * have denied it when an agent proposed it. `withdrawn`: whoever proposed it, or the agent's owner, took it back. The others say what became of it by a
 * person, or by time.
 */
export const RECOMMENDATION_STATES = [
  'waiting',
  'approved',
  'reduced',
  'rejected',
  'denied',
  'expired',
  'superseded',
  'refused',
  'withdrawn',
] as const;
export type RecommendationState = (typeof RECOMMENDATION_STATES)[number];

/** What an agent says of an order that it proposes. Its texts are data: nobody here does what they say. */
export interface AgentProposal {
  /** As in the journal: `agent:<key id>`. */
  readonly by: string;
  /** The person who owns the key. */
  readonly owner: string;
  readonly explanation: string;
  /** What it rests on: ids of runs, entries of the journal, addresses; as text. */
  readonly sources: readonly string[];
  /** Over all that a person is shown of it, when it was proposed. */
  readonly hash: string;
}

/** An order that a strategy or an agent wants and a person decides about. Once decided it is a record, and changes no more. */
export interface Recommendation {
  /** That of the order which it becomes: so that one becomes at most one. */
  readonly id: string;
  /** Whose it is: a strategy's, or by {@link Recommendation.proposal} an agent's. */
  readonly strategyId?: string;
  readonly proposal?: AgentProposal;
  /** What would be sent, before the gate has collared it; its reason is the strategy's. */
  readonly intent: OrderIntent;
  readonly evidence: Evidence;
  readonly createdAt: Instant;
  /** From here on nobody can approve it. */
  readonly expiresAt: Instant;
  readonly state: RecommendationState;
  /** When the engine ended it. */
  readonly endedAt?: Instant;
  /** Why it ended, where that was no person. */
  readonly because?: string;
  readonly decision?: PersonsDecision;
  /** Of two people that it needs the first has said yes. */
  readonly firstApproval?: FirstApproval;
  /** What the gate said no with, after a person had said yes, or when an agent proposed it. */
  readonly denials?: readonly Denial[];
}

/** What a person decided, and who. */
export interface PersonsDecision {
  readonly by: string;
  readonly person: string;
  /** The wall clock. */
  readonly at: Instant;
  readonly reason?: string;
  /** Units that were released; absent where none were. */
  readonly quantity?: Quantity;
  /** What an agent's entry came to when it was let go: it counts among those of the hour. */
  readonly notional?: Money;
  /** Who had approved it before. */
  readonly after?: FirstApproval;
}

/** Counts for as long as the recommendation waits and the risk policy is the one that was shown. */
export interface FirstApproval extends PersonsDecision {
  readonly quantity: Quantity;
  readonly policyVersion: string;
}

/** What a person had before them: the content of the recommendation, and the risk policy in force. */
export interface Shown {
  readonly hash: string;
  readonly policyVersion: string;
}

/** What a person may say about a recommendation. An agent's is approved by what was shown alone. */
export type Verdict =
  | { readonly kind: 'approve'; readonly shown?: Shown }
  /** Fewer units than recommended. */
  | { readonly kind: 'reduce'; readonly quantity: Quantity; readonly reason: string; readonly shown?: Shown }
  | { readonly kind: 'reject'; readonly reason: string };

/** Waiting ones of one strategy: nobody reads a flood. */
export const WAITING_PER_STRATEGY_MAX = 50;

/** Whose it is: a strategy's id, or an agent as the journal names it, `agent:<key id>`. */
export function proposerOf({ id, strategyId, proposal }: Pick<Recommendation, 'id' | 'strategyId' | 'proposal'>): string {
  const proposer = strategyId ?? proposal?.by;
  if (proposer === undefined) throw new Error(`Invariant: ${id} is recommended by a strategy or an agent`);
  return proposer;
}

export const isWaiting = ({ state }: Pick<Recommendation, 'state'>): boolean => state === 'waiting';

/** Units that a verdict lets go. */
export const releasedQuantity = ({ intent }: Pick<Recommendation, 'intent'>, verdict: Verdict): Quantity | undefined =>
  verdict.kind === 'reject' ? undefined : verdict.kind === 'reduce' ? verdict.quantity : intent.quantity;

function verdictProblem({ intent }: Recommendation, verdict: Verdict): string | undefined {
  if (verdict.kind !== 'approve' && verdict.reason.trim() === '') return `To ${verdict.kind} it needs a reason.`;
  if (verdict.kind !== 'reduce') return undefined;
  if (verdict.quantity > 0n && verdict.quantity < intent.quantity) return undefined;
  return `Reduced means above 0 and below ${format(intent.quantity)}: got ${format(verdict.quantity)}. Approve it, or reject it.`;
}

function deciderProblem(decider: Decider, mode: 'simulated' | 'paper' | 'live'): string | undefined {
  if (decider.confirmedAt === undefined) return 'Programs decide about no recommendations: log in as a person.';
  if (!atLeast(decider.role, 'trader')) return 'Deciding needs the role trader.';
  if (mode === 'live' && !isFreshAt(decider)) return 'With real money deciding needs a log-in of the last 15 minutes.';
  return undefined;
}

/** Why a decision does not count, in one sentence; `undefined` where it does. Everything is looked at here, whatever was checked before. */
export function decisionProblem(
  recommendation: Recommendation | undefined,
  verdict: Verdict,
  decider: Decider,
  { mode, now }: { readonly mode: 'simulated' | 'paper' | 'live'; readonly now: Instant },
): string | undefined {
  if (recommendation === undefined || !isWaiting(recommendation))
    return 'No recommendation with this id waits: it was decided, replaced, or has expired.';
  if (now >= recommendation.expiresAt) return 'The recommendation has expired.';
  return deciderProblem(decider, mode) ?? verdictProblem(recommendation, verdict);
}
