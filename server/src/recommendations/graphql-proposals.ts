import { orderProposalProblem, withdrawalProblem } from '../engine/agent-proposals.ts';
import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import { conflict, invalidInput, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import { isInvalid, oneAtATime, parseFor, preparedFor } from '../orders/graphql-asking.ts';
import type { TicketInputs } from '../orders/graphql-ticket.ts';
import type { Denial, OrderIntent } from '../orders/order.ts';
import { sameRequest } from '../orders/ticket.ts';
import type { TicketText } from '../orders/ticket.ts';
import { PROPOSALS_PER_HOUR_MAX, textsProblem } from './agent-proposal.ts';
import type { ProposalTexts } from './agent-proposal.ts';
import { listed } from './graphql-mutations.ts';
import type { Authorized, RecommendationPayload } from './graphql-mutations.ts';
import type { RecordedRecommendation } from './service.ts';

/** The gate would deny now what an agent proposes: nobody is asked. */
export interface OrderRefused {
  readonly __typename: 'OrderRefusedError';
  readonly message: string;
  readonly recommendation: RecordedRecommendation;
  readonly denials: readonly Denial[];
}
type Proposed = RecommendationPayload | OrderRefused | InvalidInput | Conflict | Unavailable;

/** What an agent asks for, as it was typed. */
export interface ProposalText extends Omit<TicketText, 'reason'> {
  readonly explanation: string;
  readonly sources: readonly string[];
  readonly expiresInMinutes: number;
}

/** Stands with the order where a person's reason would: the agent's own words stay with the proposal. */
const REASON = 'proposed by an agent';

/** What an earlier proposal under the same key came to; `undefined` where this is the first. */
async function earlier(intent: OrderIntent, texts: ProposalTexts, context: Authorized): Promise<Proposed | undefined> {
  const { session, recommendations, report, journal } = context;
  try {
    if (session.state().recommendations.has(intent.id)) await journal.projected(journal.head().seq);
    const recorded = await recommendations.byId(intent.id);
    if (recorded === undefined) return undefined;
    const { intent: before, proposal } = recorded.recommendation;
    const isSame = sameRequest(before, intent) && proposal?.explanation === texts.explanation && sameTexts(proposal.sources, texts.sources);
    if (!isSame) return conflict('This idempotency key was used for a different proposal. Use a fresh key for a new one.');
    return answerFor(recorded);
  } catch (error) {
    report('earlier proposals cannot be read', error);
    return unavailable('Earlier proposals cannot be read now, so nothing was proposed. Try again with the same idempotency key.');
  }
}

const sameTexts = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((text, index) => text === right[index]);

function answerFor(recorded: RecordedRecommendation): RecommendationPayload | OrderRefused {
  const { state, denials = [] } = recorded.recommendation;
  if (state !== 'refused') return { __typename: 'RecommendationPayload', recommendation: recorded };
  const message = `Nobody is asked, for the gate would deny it now: ${denials.map((denial) => denial.message).join(' ')}`;
  return { __typename: 'OrderRefusedError', message, recommendation: recorded, denials };
}

async function proposeOrder({ explanation, sources, expiresInMinutes, ...ticket }: ProposalText, context: Authorized): Promise<Proposed> {
  const { principal, session, report } = context;
  if (principal.key?.kind !== 'agent')
    return conflict('Agents propose orders: people and services place theirs with `placeOrder`, by which the gate decides at once.');
  const texts = { explanation, sources, waitMs: expiresInMinutes * 60_000 };
  const wrong = textsProblem(texts);
  if (wrong !== undefined) return invalidInput(wrong.field, wrong.message, 'Shorten it, and write plain text.');
  const text = { ...ticket, reason: REASON };
  // Whether its symbol is listed is asked after whether it was proposed already.
  const asked = await parseFor(text, context, () => true);
  if (isInvalid(asked)) return asked;
  return await oneAtATime(session, asked.id, async () => {
    const before = await earlier(asked, texts, context);
    if (before !== undefined) return before;
    const intent = await preparedFor(text, context);
    if (isInvalid(intent)) return intent;
    const proposed = { by: actorOf(principal), person: principal.personId, intent, ...texts, perHourMax: PROPOSALS_PER_HOUR_MAX };
    const problem = orderProposalProblem(session.state(), proposed);
    if (problem !== undefined) return conflict(problem);
    const outcome = await command(session, { kind: 'OrderProposed', at: session.state().now, ...proposed }, report);
    if (!outcome.ok) return outcome.error;
    if (!outcome.state.recommendations.has(intent.id))
      return conflict('The proposal was not taken: five may wait, twenty may come in an hour, and each once.');
    const made = await listed(intent.id, context);
    return made.__typename === 'RecommendationPayload' ? answerFor(made.recommendation) : made;
  });
}

type Withdrawn = RecommendationPayload | NotFound | Conflict | InvalidInput | Unavailable;

async function withdraw(id: string, reason: string, context: Authorized): Promise<Withdrawn> {
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const { session, principal, recommendations, report } = context;
  const by = actorOf(principal);
  const state = session.state();
  const refused = withdrawalProblem(state.recommendations.get(id), { by, reason });
  if (refused !== undefined) {
    const known = state.recommendations.has(id) || (await recommendations.byId(id)) !== undefined;
    return known ? conflict(refused) : notFound('recommendation', id);
  }
  const outcome = await command(session, { kind: 'RecommendationWithdrawn', at: state.now, by, recommendationId: id, reason }, report);
  if (!outcome.ok) return outcome.error;
  const isDone = outcome.effects.some(
    (effect) => effect.kind === 'RecommendationChanged' && effect.recommendation.id === id && effect.recommendation.state === 'withdrawn',
  );
  return isDone ? await listed(id, context) : conflict('It was decided meanwhile: read it again.');
}

/** An agent asks for an order, and takes it back. */
export function addProposalMutations(builder: Builder, input: TicketInputs['propose']): void {
  const authScopes = { principal: true } as const;
  const proposeResult = builder.unionType('ProposeOrderResult', {
    types: ['RecommendationPayload', 'OrderRefusedError', 'InvalidInputError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const withdrawResult = builder.unionType('WithdrawRecommendationResult', {
    types: ['RecommendationPayload', 'NotFoundError', 'ConflictError', 'InvalidInputError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  builder.mutationFields((t) => ({
    proposeOrder: t.authField({
      type: proposeResult,
      authScopes,
      description: 'By an agent: a person decides about the order, and the gate again when it is let go. Five of one agent wait at most.',
      args: { input: t.arg({ type: input, required: true }) },
      resolve: (_root, { input: asked }, context) => proposeOrder(asked, context),
    }),
    withdrawRecommendation: t.authField({
      type: withdrawResult,
      authScopes,
      description: 'By the agent that proposed it, or by the person who owns the agent.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) => withdraw(id, reason, context),
    }),
  }));
}
