import { changeProblem, differencesNow, proposalProblem } from '../engine/proposals.ts';
import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import { pageRequest } from '../graphql/connections.ts';
import type { Page, PageRequest } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { conflict, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import { refuseLoosening } from '../graphql/authorization.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import { approvalProblem, rejectionProblem } from './approval.ts';
import { newProposal } from './proposal.ts';
import type { Change } from './proposal.ts';
import { atLeast } from './roles.ts';
import type { RecordedProposal } from './service.ts';
import { linesOf, titleOf } from './words.ts';

/** What the API reads of proposals. */
export interface ProposalReads {
  list(query: PageRequest & { readonly open: boolean | undefined }): Promise<Page<RecordedProposal>>;
  byId(id: string): Promise<RecordedProposal | undefined>;
}

export interface ProposalPayload {
  readonly __typename: 'ProposalPayload';
  readonly proposal: RecordedProposal;
}

type Authorized = Context & { readonly principal: Principal };
export type Proposed = ProposalPayload | InvalidInput | Conflict | Unavailable;

/** Asks for a second person: the change is made when somebody else approves exactly this. */
export async function propose(change: Change, reason: string, context: Authorized): Promise<Proposed> {
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const { session, principal, people, report } = context;
  refuseLoosening(principal);
  const proposal = newProposal({ change, reason, by: actorOf(principal), person: principal.personId, proposedAt: people.now() });
  const refused = proposalProblem(proposal, session.state());
  if (refused !== undefined) return conflict(refused);
  const outcome = await command(session, { kind: 'ChangeProposed', at: session.state().now, by: proposal.by, proposal }, report);
  if (!outcome.ok) return outcome.error;
  if (!outcome.state.proposals.has(proposal.id)) return conflict('The proposal was not taken: look at the alerts.');
  const { seq } = context.journal.head();
  await listed(seq, context);
  return { __typename: 'ProposalPayload', proposal: { proposal, state: 'open', seq } };
}

/** Whoever hears of a proposal finds it in the list; where the tables cannot be written now, it stands in the journal all the same. */
async function listed(seq: number, { journal, report }: Authorized): Promise<void> {
  try {
    await journal.projected(seq);
  } catch (error) {
    report('a proposal was made and is not in the tables yet', error);
  }
}

/** Trading goes on after a breaker or the kill switch, with exactly what differs from the broker now. */
export async function proposeRelease(reason: string, context: Authorized): Promise<Proposed> {
  const state = context.session.state();
  return await propose({ kind: 'release', from: state.tradingState, accepts: differencesNow(state) }, reason, context);
}

/** A decision's outcome as the tables tell it. */
async function decided(id: string, context: Authorized): Promise<ProposalPayload | Unavailable> {
  try {
    await context.journal.projected(context.journal.head().seq);
    const proposal = await context.proposals.byId(id);
    if (proposal !== undefined) return { __typename: 'ProposalPayload', proposal };
  } catch (error) {
    context.report('a proposal was decided and cannot be read', error);
  }
  return unavailable('It was decided, but cannot be read now: the database does not answer.', 'done');
}

/** Who decides, as the journal keeps it. */
export async function decider({ principal, people }: Authorized) {
  const { personId: person, role, kind, proof } = principal;
  const confirmedAt = kind === 'person' ? await people.confirmedAt(proof) : undefined;
  return { by: actorOf(principal), person, role, confirmedAt, decidedAt: people.now() };
}

type Decided = ProposalPayload | NotFound | Conflict | InvalidInput | Unavailable;

async function approve(id: string, hash: string, context: Authorized): Promise<Decided> {
  const { session, report } = context;
  const proposal = session.state().proposals.get(id);
  const approval = { ...(await decider(context)), proposalId: id, hash };
  const problem = approvalProblem(proposal, approval) ?? (proposal === undefined ? undefined : await problemNow(proposal.change, context));
  if (problem !== undefined) return conflict(problem);
  const outcome = await command(session, { kind: 'ChangeApproved', at: session.state().now, ...approval }, report);
  if (!outcome.ok) return outcome.error;
  const closed = outcome.effects.find((effect) => effect.kind === 'ProposalChanged');
  if (closed?.state !== 'applied') {
    const refused = outcome.effects.find((effect) => effect.kind === 'AlertRaised' && effect.alert.code === 'ApprovalRefused');
    return conflict(closed?.decisionReason ?? (refused?.kind === 'AlertRaised' ? refused.alert.detail : 'The approval did not count.'));
  }
  return await decided(id, context);
}

/** Why a change could not be made now: by the engine, and of models by their registry. */
async function problemNow(wanted: Change, { session, models }: Context): Promise<string | undefined> {
  return changeProblem(wanted, session.state()) ?? (wanted.kind === 'champion' ? await models.championProblem(wanted) : undefined);
}

async function reject(id: string, reason: string, context: Authorized): Promise<Decided> {
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const { session, report } = context;
  const by = await decider(context);
  const refused = rejectionProblem(session.state().proposals.get(id), by);
  if (refused !== undefined) return conflict(refused);
  const outcome = await command(session, { kind: 'ChangeRejected', at: session.state().now, ...by, proposalId: id, reason }, report);
  return outcome.ok ? await decided(id, context) : outcome.error;
}

/** Why the one who asks cannot approve this; null where they can, once their log-in is fresh. */
async function whyNot({ proposal, state }: RecordedProposal, context: Authorized): Promise<string | undefined> {
  const { principal } = context;
  if (state !== 'open') return 'It is decided.';
  if (principal.kind !== 'person') return 'Programs approve nothing.';
  if (principal.personId === proposal.person) return 'You proposed it: somebody else must approve.';
  if (!atLeast(principal.role, 'risk_officer')) return 'Approving needs the role risk officer.';
  return await problemNow(proposal.change, context);
}

/** What a person or an agent is called now; another program, or somebody who is here no more, by what the journal says. */
export const personName = async (actor: string, { people, keys }: Pick<Context, 'people' | 'keys'>): Promise<string> => {
  const id = actor.replace(/^user:/, '');
  if (actor.startsWith('agent:')) return (await keys.list()).find((key) => `agent:${key.id}` === actor)?.name ?? actor;
  return (await people.list()).find((person) => person.id === id)?.name ?? actor;
};

function addTypes(builder: Builder, enums: Enums): void {
  builder.objectType('ChangeLine', {
    description: 'One line of what would change.',
    fields: (t) => ({
      label: t.exposeString('label'),
      before: t.exposeString('before', { nullable: true }),
      after: t.exposeString('after'),
    }),
  });
  builder.objectType('Proposal', {
    description: 'A change that lets more risk through: proposed by one person, made when another approves exactly this.',
    fields: (t) => ({
      id: t.id({ resolve: ({ proposal }) => proposal.id }),
      kind: t.string({
        description: 'limit, symbols, resume, unpause, automate, release, accept, promote or champion.',
        resolve: ({ proposal }) => proposal.change.kind,
      }),
      title: t.string({ resolve: ({ proposal }) => titleOf(proposal.change) }),
      lines: t.field({ type: ['ChangeLine'], description: 'All of it.', resolve: ({ proposal }) => [...linesOf(proposal.change)] }),
      reason: t.string({ resolve: ({ proposal }) => proposal.reason }),
      hash: t.string({ description: 'Over every field: an approval names it.', resolve: ({ proposal }) => proposal.hash }),
      proposedBy: t.string({ resolve: ({ proposal }, _args, context) => personName(proposal.by, context) }),
      proposedAt: t.field({ type: 'DateTime', description: 'Wall clock.', resolve: ({ proposal }) => proposal.proposedAt }),
      expiresAt: t.field({ type: 'DateTime', description: 'Wall clock.', resolve: ({ proposal }) => proposal.expiresAt }),
      state: t.expose('state', { type: enums.proposalState }),
      decidedBy: t.string({
        nullable: true,
        resolve: ({ decidedBy }, _args, context) => (decidedBy === undefined ? undefined : personName(decidedBy, context)),
      }),
      decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true }),
      decisionReason: t.exposeString('decisionReason', { nullable: true }),
      seq: t.exposeInt('seq', { description: 'The journal entry that said so first.' }),
    }),
  });
  builder.objectFields('Proposal', (t) => ({
    yours: t.authField({
      type: 'Boolean',
      authScopes: { principal: true },
      resolve: ({ proposal }, _args, { principal }) => principal.personId === proposal.person,
    }),
    whyNot: t.authField({
      type: 'String',
      nullable: true,
      authScopes: { principal: true },
      description: 'Why you cannot approve it; null where you can.',
      resolve: (proposal, _args, context) => whyNot(proposal, context),
    }),
  }));
  builder.objectType('ProposalPayload', {
    description: 'It waits for a second person, or was decided.',
    fields: (t) => ({ proposal: t.expose('proposal', { type: 'Proposal' }) }),
  });
}

function addProposing(builder: Builder): void {
  const authScopes = { principal: true } as const;
  const result = builder.unionType('ProposeResult', {
    types: ['ProposalPayload', 'InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  builder.mutationFields((t) => ({
    proposeAcceptance: t.authField({
      type: result,
      authScopes,
      description: 'Asks a second person to take over the positions that the broker reports; trading stays as it is.',
      args: { reason: t.arg.string({ required: true }) },
      resolve: (_root, { reason }, context) =>
        propose({ kind: 'accept', accepts: differencesNow(context.session.state()) }, reason, context),
    }),
  }));
}

function addDeciding(builder: Builder): void {
  const authScopes = { principal: true } as const;
  const result = builder.unionType('DecideResult', {
    types: ['ProposalPayload', 'InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  builder.mutationFields((t) => ({
    approveChange: t.authField({
      type: result,
      authScopes,
      description: 'Makes the change, at once and once. By a person other than the proposer.',
      args: {
        id: t.arg.id({ required: true }),
        hash: t.arg.string({ required: true, description: 'The hash that was shown: another one approves nothing.' }),
      },
      resolve: (_root, { id, hash }, context) => approve(id, hash, context),
    }),
    rejectChange: t.authField({
      type: result,
      authScopes,
      description: 'By anybody who could approve it; the proposer takes it back.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) => reject(id, reason, context),
    }),
  }));
}

/** Proposals and their decisions. */
export function addApprovals(builder: Builder, enums: Enums): void {
  addTypes(builder, enums);
  addProposing(builder);
  addDeciding(builder);
  builder.queryField('proposals', (t) =>
    t.field({
      type: 'ProposalConnection',
      description: 'Newest first.',
      args: { first: t.arg.int(), after: t.arg.string(), open: t.arg.boolean({ description: 'Only those open, or only those decided.' }) },
      resolve: (_root, args, { proposals }) => proposals.list({ ...pageRequest(args), open: args.open ?? undefined }),
    }),
  );
}
