import { atLeast, FRESH_MS } from './roles.ts';
import type { Role } from './roles.ts';
import type { Instant } from '../money/instant.ts';
import { hashOf } from './proposal.ts';
import type { Proposal } from './proposal.ts';

/** Who decides, as the journal keeps it: so that the record alone shows that the rules were kept. */
export interface Decider {
  readonly by: string;
  readonly person: string;
  readonly role: Role;
  /** When this person last proved who they are; `undefined` of programs, which never may. */
  readonly confirmedAt: Instant | undefined;
  /** The wall clock. */
  readonly decidedAt: Instant;
}

export interface Approval extends Decider {
  readonly proposalId: string;
  /** Of what was shown to the approver. */
  readonly hash: string;
}

/** Whether they have proved who they are within the last quarter of an hour. */
export const isFreshAt = ({ confirmedAt, decidedAt }: Pick<Decider, 'confirmedAt' | 'decidedAt'>): boolean =>
  confirmedAt !== undefined && confirmedAt <= decidedAt && decidedAt - confirmedAt <= FRESH_MS;

/** Why an approval does not count, in one sentence; `undefined` where it does. Everything is looked at here, whatever was checked before. */
export function approvalProblem(proposal: Proposal | undefined, approval: Approval): string | undefined {
  if (proposal === undefined) return 'There is no open proposal with this id: it was decided, or has expired.';
  if (hashOf(proposal) !== proposal.hash) return 'The proposal is not what was proposed.';
  if (approval.hash !== proposal.hash) return 'What you were shown is not what is proposed: look at it again.';
  if (approval.person === proposal.person || approval.by === proposal.by) return 'Somebody else must approve what you proposed.';
  if (!atLeast(approval.role, 'risk_officer')) return 'Approving needs the role risk officer.';
  if (!isFreshAt(approval)) return 'Approving needs a log-in of the last 15 minutes.';
  if (approval.decidedAt >= proposal.expiresAt) return 'The proposal has expired: propose it again.';
  return undefined;
}

/** Anybody who could approve may reject; whoever proposed may take it back. */
export function rejectionProblem(proposal: Proposal | undefined, decider: Pick<Decider, 'person' | 'role'>): string | undefined {
  if (proposal === undefined) return 'There is no open proposal with this id: it was decided, or has expired.';
  if (decider.person === proposal.person || atLeast(decider.role, 'risk_officer')) return undefined;
  return 'Rejecting needs the role risk officer.';
}
