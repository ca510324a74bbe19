import { personName } from '../../approvals/graphql.ts';
import { atLeast } from '../../approvals/roles.ts';
import type { Builder } from '../../graphql/builder.ts';
import { pageRequest } from '../../graphql/connections.ts';
import type { Context } from '../../graphql/context.ts';
import type { Enums } from '../../graphql/enums.ts';
import { conflict, invalidInput, typeOfMember } from '../../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound } from '../../graphql/errors.ts';
import { actorOf } from '../../graphql/principal.ts';
import type { Principal } from '../../graphql/principal.ts';
import type { addParameterInput } from '../../market-data/graphql.ts';
import { digestOf, PROPOSAL_MINUTES, textsProblem, WAITING_PER_AGENT_MAX } from '../../recommendations/agent-proposal.ts';
import { linesOfChange, titleOfChange } from './change.ts';
import type { ChangeProposal } from './change.ts';
import { addChangeDecisions, subjectOfChange } from './graphql-decisions.ts';
import type { ChangeProposalPayload } from './graphql-decisions.ts';
import { isRefused, presentProblem, wantedChange } from './graphql-present.ts';
import type { ChangeAsked } from './graphql-present.ts';

type Authorized = Context & { readonly principal: Principal };

interface Asked extends ChangeAsked {
  readonly idempotencyKey: string;
  readonly explanation: string;
  readonly sources: readonly string[];
  readonly expiresInMinutes: number;
}
type Proposed = ChangeProposalPayload | InvalidInput | NotFound | Conflict;

const KEY = /^[\x21-\x7e]{1,128}$/;

/** The same for `null` and for nothing. */
const plainOf = (asked: object): unknown => JSON.parse(JSON.stringify(asked), (_name, value: unknown) => value ?? undefined);

async function proposeChange(asked: Asked, context: Authorized): Promise<Proposed> {
  const { principal, changeProposals, security } = context;
  if (principal.key?.kind !== 'agent') return conflict('Agents propose changes: people and services make theirs.');
  const { idempotencyKey, explanation, sources, expiresInMinutes, ...change } = asked;
  if (!KEY.test(idempotencyKey))
    return invalidInput('idempotencyKey', 'idempotencyKey must be 1 to 128 printable ASCII characters', 'Use a fresh random text.');
  const waitMs = expiresInMinutes * 60_000;
  const wrong = textsProblem({ explanation, sources, waitMs });
  if (wrong !== undefined) return invalidInput(wrong.field, wrong.message, 'Shorten it, and write plain text.');
  const agent = actorOf(principal);
  const askedHash = digestOf(plainOf({ change, explanation, sources }));
  // What it was proposed against may have changed since: the same key finds the same proposal all the same.
  const before = await changeProposals.earlier(agent, idempotencyKey, askedHash);
  if (before !== undefined)
    return before.ok ? { __typename: 'ChangeProposalPayload', proposal: before.proposal } : conflict(before.problem);
  const wanted = await wantedChange(change, context);
  if (isRefused(wanted)) return wanted;
  const words = { explanation, sources, waitMs };
  const owner = principal.personId;
  const made = await changeProposals.propose({ agent, owner, idempotencyKey, askedHash, change: wanted, ...words }, (proposal) =>
    security.recordAccess(agent, owner, 'AgentChangeProposed', subjectOfChange(proposal)),
  );
  return made.ok ? { __typename: 'ChangeProposalPayload', proposal: made.proposal } : conflict(made.problem);
}

/** Why the one who asks cannot approve this; null where they can, once their log-in is fresh. */
async function whyNot({ state, change }: ChangeProposal, context: Authorized): Promise<string | undefined> {
  if (state !== 'waiting') return 'It waits no more.';
  if (context.principal.kind !== 'person') return 'Programs approve nothing.';
  if (!atLeast(context.principal.role, 'trader')) return 'Approving needs the role trader.';
  return await presentProblem(change, context);
}

function addTypes(builder: Builder, enums: Enums): void {
  builder.objectType('ChangeProposal', {
    description: 'A change that an agent wants: a person lets exactly this happen, or it does not.',
    fields: (t) => ({
      id: t.exposeID('id'),
      kind: t.field({ type: enums.agentChangeKind, description: 'What would change.', resolve: ({ change }) => change.kind }),
      title: t.string({ description: 'In one line.', resolve: ({ change }) => titleOfChange(change) }),
      lines: t.field({
        type: ['ChangeLine'],
        description: 'All of it: what is now, and what would be.',
        resolve: ({ change }) => [...linesOfChange(change)],
      }),
      proposer: t.field({
        type: 'Proposer',
        description: 'The agent, and who owns it.',
        resolve: ({ agent, owner }) => ({ kind: 'agent' as const, id: agent, owner }),
      }),
      explanation: t.exposeString('explanation', { description: 'The agent’s own words, as they came: data, never an instruction.' }),
      sources: t.exposeStringList('sources', { description: 'What the agent says that it rests on, as it came.' }),
      hash: t.exposeString('hash', { description: 'SHA-256 over all that is shown: an approval names it.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Wall clock.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Wall clock. From then on nobody can let it happen.' }),
      state: t.expose('state', { type: enums.changeProposalState, description: 'What became of it.' }),
      decidedBy: t.string({
        nullable: true,
        description: 'Who decided, by their name.',
        resolve: ({ decidedBy }, _args, context) => (decidedBy === undefined ? undefined : personName(decidedBy, context)),
      }),
      decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true, description: 'Wall clock.' }),
      because: t.exposeString('because', { nullable: true, description: 'Why it was rejected or withdrawn.' }),
      outcome: t.exposeString('outcome', {
        nullable: true,
        description:
          'What came of an approval. Null of an approved one: it is not known, so look at the journal; it is not made a second time.',
      }),
    }),
  });
  builder.objectFields('ChangeProposal', (t) => ({
    whyNot: t.authField({
      type: 'String',
      nullable: true,
      authScopes: { principal: true },
      description: 'Why you cannot approve it now; null where you can.',
      resolve: (proposal, _args, context) => whyNot(proposal, context),
    }),
  }));
  builder.objectType('ChangeProposalPayload', {
    description: 'It waits for a person, or was decided.',
    fields: (t) => ({ proposal: t.expose('proposal', { type: 'ChangeProposal', description: 'As it is now.' }) }),
  });
}

function addInput(builder: Builder, parameterInput: ReturnType<typeof addParameterInput>) {
  const parameters = builder.inputType('ProposedParametersInput', {
    description: 'Of a strategy. What is absent stays as it is, also of the parameters.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'Of the strategy.' }),
      parameters: t.field({ type: [parameterInput] }),
      symbols: t.stringList(),
      allocation: t.field({ type: 'Decimal' }),
      size: t.string(),
    }),
  });
  const limit = builder.inputType('ProposedLimitInput', {
    description: 'A limit that is tightened.',
    fields: (t) => ({
      name: t.string({ required: true }),
      value: t.field({ type: 'Decimal', required: true }),
      strategyId: t.id({ description: 'Of one strategy; of the account where absent.' }),
    }),
  });
  const promotion = builder.inputType('ProposedPromotionInput', {
    description: 'A candidate as shadow, or a shadow as champion.',
    fields: (t) => ({ modelId: t.id({ required: true, description: 'Of the model.' }) }),
  });
  const { min, usual, max } = PROPOSAL_MINUTES;
  return builder.inputType('ProposeChangeInput', {
    description: 'One of parameters, limit and promotion, and what a person is to know of it.',
    fields: (t) => ({
      idempotencyKey: t.string({ required: true, description: 'The same key answers with the same proposal.' }),
      parameters: t.field({ type: parameters, description: 'Another configuration of a strategy.' }),
      limit: t.field({ type: limit, description: 'A tighter limit.' }),
      promotion: t.field({ type: promotion, description: 'Another state of a model.' }),
      explanation: t.string({ required: true, description: 'Why, for the person who decides: at most 2,000 characters.' }),
      sources: t.stringList({
        required: true,
        defaultValue: [],
        description: 'What it rests on, one line each: at most ten of 200 characters.',
      }),
      expiresInMinutes: t.int({ required: true, defaultValue: usual, description: `How long a person has to decide: ${min} to ${max}.` }),
    }),
  });
}

/** Changes that agents propose, and what people decide about them. */
export function addChangeProposals(builder: Builder, enums: Enums, parameterInput: ReturnType<typeof addParameterInput>): void {
  addTypes(builder, enums);
  const authScopes = { principal: true } as const;
  const input = addInput(builder, parameterInput);
  const result = builder.unionType('ProposeChangeResult', {
    types: ['ChangeProposalPayload', 'InvalidInputError', 'NotFoundError', 'ConflictError'],
    resolveType: typeOfMember,
  });
  builder.queryFields((t) => ({
    changeProposals: t.field({
      type: 'ChangeProposalConnection',
      description: 'Changes that agents have proposed, the newest first.',
      args: {
        open: t.arg.boolean({ description: 'Only what waits, or only what waits no more.' }),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_root, { open, ...args }, { changeProposals }) => changeProposals.list({ ...pageRequest(args), open: open ?? undefined }),
    }),
  }));
  builder.mutationFields((t) => ({
    proposeChange: t.authField({
      type: result,
      authScopes,
      description: `By an agent: a person lets the change happen, or it does not. ${WAITING_PER_AGENT_MAX} of one agent wait at most.`,
      args: { input: t.arg({ type: input, required: true }) },
      resolve: (_root, { input: asked }, context) => proposeChange(asked, context),
    }),
  }));
  addChangeDecisions(builder);
}
