import { isFreshAt } from '../approvals/approval.ts';
import type { Decider } from '../approvals/approval.ts';
import { atLeast } from '../approvals/roles.ts';
import { format } from '../money/fixed.ts';
import { contentHash } from './agent-proposal.ts';
import { releasedQuantity } from './recommendation.ts';
import type { FirstApproval, Recommendation, Shown, Verdict } from './recommendation.ts';

/** The risk policy in force, and whether what is let go takes two people by it. */
export interface PolicyNow {
  readonly version: string;
  readonly needsTwo: boolean;
}

/** The approval of before, where it still counts: it was given by the risk policy of now. */
export const firstApprovalNow = (
  { firstApproval }: Pick<Recommendation, 'firstApproval'>,
  { version }: Pick<PolicyNow, 'version'>,
): FirstApproval | undefined => (firstApproval?.policyVersion === version ? firstApproval : undefined);

/** Why a person decided about something else than what is there, in one sentence. */
function shownProblem(recommendation: Recommendation, shown: Shown, { version }: PolicyNow): string | undefined {
  const hash = contentHash(recommendation);
  if (recommendation.proposal !== undefined && recommendation.proposal.hash !== hash) return 'The proposal is not what was proposed.';
  if (shown.hash !== hash) return 'What you were shown is not what is proposed: look at it again.';
  if (shown.policyVersion !== version) return 'The risk policy has changed since you looked: look again.';
  return undefined;
}

/** The second of two people: another one, who looks after risk, and for as many units. */
function secondProblem(first: FirstApproval, recommendation: Recommendation, verdict: Verdict, decider: Decider): string | undefined {
  if (first.person === decider.person) return 'You have approved it: somebody else must too.';
  if (!atLeast(decider.role, 'risk_officer')) return 'The second approval needs the role risk officer.';
  if (releasedQuantity(recommendation, verdict) === first.quantity) return undefined;
  return `The first approval is for ${format(first.quantity)} units: let go as many, or reject it.`;
}

/**
 * Why letting go does not count by what is asked of it beside the rules of every decision, in one sentence. An agent's order is let go by a person who has just
 * logged in, in every mode, and only as it was shown; a strategy's is bound to what was shown where the person says it.
 */
export function releaseProblem(recommendation: Recommendation, verdict: Verdict, decider: Decider, policy: PolicyNow): string | undefined {
  if (verdict.kind === 'reject') return undefined;
  const { shown } = verdict;
  const bound = shown === undefined ? undefined : shownProblem(recommendation, shown, policy);
  if (recommendation.proposal === undefined) return bound;
  if (decider.by !== `user:${decider.person}`) return 'A key lets no order of an agent go: log in as a person.';
  if (!isFreshAt(decider)) return 'Letting an agent’s order go needs a log-in of the last 15 minutes.';
  if (shown === undefined) return 'Say what you were shown: the hash, and the version of the risk policy.';
  if (bound !== undefined) return bound;
  const first = firstApprovalNow(recommendation, policy);
  return first === undefined || !policy.needsTwo ? undefined : secondProblem(first, recommendation, verdict, decider);
}
