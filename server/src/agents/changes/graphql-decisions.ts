import { decider } from '../../approvals/graphql.ts';
import type { Builder } from '../../graphql/builder.ts';
import type { Context } from '../../graphql/context.ts';
import { conflict, notFound, typeOfMember, unavailable } from '../../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, Unavailable } from '../../graphql/errors.ts';
import { actorOf } from '../../graphql/principal.ts';
import type { Principal } from '../../graphql/principal.ts';
import { reasonProblem } from '../../graphql/reason.ts';
import { titleOfChange } from './change.ts';
import type { ChangeProposal } from './change.ts';
import { changeApprovalProblem, changeRejectionProblem, changeWithdrawalProblem } from './decision.ts';
import { authorizeChange, carryOut } from './graphql-carrying-out.ts';
import type { Settled } from './graphql-carrying-out.ts';
import { presentProblem } from './graphql-present.ts';

type Authorized = Context & { readonly principal: Principal };

export interface ChangeProposalPayload {
  readonly __typename: 'ChangeProposalPayload';
  readonly proposal: ChangeProposal;
}
type Decided = ChangeProposalPayload | NotFound | Conflict | InvalidInput | Unavailable;

const DECIDED_MEANWHILE = 'It was decided meanwhile: read it again.';
const payload = (proposal: ChangeProposal): ChangeProposalPayload => ({ __typename: 'ChangeProposalPayload', proposal });

/** How the journal names a change, whatever is done about it. */
export const subjectOfChange = ({ id, agent, change, hash }: ChangeProposal): string =>
  `${titleOfChange(change)}, by ${agent}, change ${id}, SHA-256 ${hash}`;

const UNWRITTEN: Settled = {
  state: 'failed',
  outcome: 'Nothing was done: it could not be written down. See to the journal, and have it proposed anew.',
};

/** Makes it once the journal says who approved it, and not before. */
async function writtenAndMade(taken: ChangeProposal, by: string, context: Authorized): Promise<Settled> {
  const isWritten = await context.security.recordAccess(by, taken.owner, 'AgentChangeApproved', subjectOfChange(taken));
  return isWritten ? await carryOut(taken, context) : UNWRITTEN;
}

/**
 * Takes it first and makes it then: of two who approve at once one takes it, and what a crash leaves taken without an outcome is never made again.
 */
async function approve(id: string, hash: string, context: Authorized): Promise<Decided> {
  const { changeProposals, security, report } = context;
  const proposal = await changeProposals.byId(id);
  if (proposal === undefined) return notFound('proposed change', id);
  const who = await decider(context);
  await authorizeChange(proposal.change, context);
  const problem = changeApprovalProblem(proposal, hash, who) ?? (await presentProblem(proposal.change, context));
  if (problem !== undefined) return conflict(problem);
  const taken = await changeProposals.decide({ id, hash }, { state: 'approved', by: who.by, at: who.decidedAt });
  if (taken === undefined) return conflict(DECIDED_MEANWHILE);
  try {
    const settled = await writtenAndMade(taken, who.by, context);
    const ended = (await changeProposals.settle(id, settled)) ?? (await changeProposals.byId(id)) ?? taken;
    if (settled.state !== 'failed') return payload(ended);
    await security.recordAccess(who.by, taken.owner, 'AgentChangeFailed', `${subjectOfChange(taken)}: ${settled.outcome}`);
    return conflict(settled.outcome);
  } catch (error) {
    report(`the change ${id} was approved, and what came of it is not known`, error);
    return unavailable(
      'It was approved, and it is not known what came of it: look at the journal. It is not made a second time.',
      'unknown',
    );
  }
}

async function reject(id: string, reason: string, context: Authorized): Promise<Decided> {
  const wrong = reasonProblem(reason);
  if (wrong !== undefined) return wrong;
  const proposal = await context.changeProposals.byId(id);
  if (proposal === undefined) return notFound('proposed change', id);
  const problem = changeRejectionProblem(proposal, context.principal);
  return problem === undefined ? await close(proposal, 'rejected', reason, context) : conflict(problem);
}

async function withdraw(id: string, reason: string, context: Authorized): Promise<Decided> {
  const wrong = reasonProblem(reason);
  if (wrong !== undefined) return wrong;
  const proposal = await context.changeProposals.byId(id);
  if (proposal === undefined) return notFound('proposed change', id);
  const problem = changeWithdrawalProblem(proposal, actorOf(context.principal));
  return problem === undefined ? await close(proposal, 'withdrawn', reason, context) : conflict(problem);
}

async function close(proposal: ChangeProposal, state: 'rejected' | 'withdrawn', because: string, context: Authorized): Promise<Decided> {
  const { changeProposals, people, principal, security } = context;
  const by = actorOf(principal);
  const closed = await changeProposals.decide(proposal, { state, by, at: people.now(), because });
  if (closed === undefined) return conflict(DECIDED_MEANWHILE);
  const act = state === 'rejected' ? 'AgentChangeRejected' : 'AgentChangeWithdrawn';
  await security.recordAccess(by, closed.owner, act, subjectOfChange(closed));
  return payload(closed);
}

/** Approve, reject and withdraw. */
export function addChangeDecisions(builder: Builder): void {
  const authScopes = { principal: true } as const;
  const result = builder.unionType('DecideChangeProposalResult', {
    description: 'ConflictError also where it was approved, and nothing could be done.',
    types: ['ChangeProposalPayload', 'NotFoundError', 'ConflictError', 'InvalidInputError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  builder.mutationFields((t) => ({
    approveChangeProposal: t.authField({
      type: result,
      authScopes,
      description:
        'Makes the change that an agent proposed, at once and once, as the mutation of the one who approves: `configureStrategy`, `setLimit`, `setStrategyLimit` or `promoteModel`. What takes two people asks the second then.',
      args: {
        id: t.arg.id({ required: true }),
        hash: t.arg.string({ required: true, description: 'The hash that was shown: another one approves nothing.' }),
      },
      resolve: (_root, { id, hash }, context) => approve(id, hash, context),
    }),
    rejectChangeProposal: t.authField({
      type: result,
      authScopes,
      description: 'By anybody who could make the change.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) => reject(id, reason, context),
    }),
    withdrawChangeProposal: t.authField({
      type: result,
      authScopes,
      description: 'By the agent that proposed it, or by the person who owns the agent.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) => withdraw(id, reason, context),
    }),
  }));
}
