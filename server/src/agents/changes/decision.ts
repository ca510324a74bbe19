import { isFreshAt } from '../../approvals/approval.ts';
import type { Decider } from '../../approvals/approval.ts';
import { atLeast } from '../../approvals/roles.ts';
import { changeHash } from './change.ts';
import type { ChangeProposal } from './change.ts';

const waitingProblem = ({ state }: Pick<ChangeProposal, 'state'>): string | undefined => {
  if (state === 'waiting') return undefined;
  return state === 'expired' ? 'The proposal has expired.' : `The proposal waits no more: it is ${state}.`;
};

/** Why an approval does not count, in one sentence; `undefined` where it does. Everything is looked at here, whatever was checked before. */
export function changeApprovalProblem(proposal: ChangeProposal, hash: string, decider: Decider): string | undefined {
  const decided = waitingProblem(proposal);
  if (decided !== undefined) return decided;
  if (changeHash(proposal) !== proposal.hash) return 'The proposal is not what was proposed.';
  if (hash !== proposal.hash) return 'What you were shown is not what is proposed: look at it again.';
  if (decider.by !== `user:${decider.person}`) return 'A key lets no change of an agent happen: log in as a person.';
  if (!atLeast(decider.role, 'trader')) return 'Approving needs the role trader.';
  if (!isFreshAt(decider)) return 'Approving needs a log-in of the last 15 minutes.';
  return decider.decidedAt >= proposal.expiresAt ? 'The proposal has expired.' : undefined;
}

/** Whoever could make the change may reject it. */
export function changeRejectionProblem(proposal: ChangeProposal, { role }: Pick<Decider, 'role'>): string | undefined {
  return waitingProblem(proposal) ?? (atLeast(role, 'trader') ? undefined : 'Rejecting needs the role trader.');
}

/** Its agent takes it back, or the person who owns the agent. */
export function changeWithdrawalProblem(proposal: ChangeProposal, by: string): string | undefined {
  if (by !== proposal.agent && by !== `user:${proposal.owner}`) return 'Its agent takes it back, or the person who owns the agent.';
  return waitingProblem(proposal);
}
