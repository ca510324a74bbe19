import { decider } from '../approvals/graphql.ts';
import { recommendationProblem } from '../engine/releasing.ts';
import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import type { Context } from '../graphql/context.ts';
import { conflict, invalidInput, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, OrderDenied, Unavailable } from '../graphql/errors.ts';
import type { Principal } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import { DecimalTextError, quantity } from '../money/fixed.ts';
import type { Verdict } from './recommendation.ts';
import type { RecordedRecommendation } from './service.ts';

type Authorized = Context & { readonly principal: Principal };

export interface RecommendationPayload {
  readonly __typename: 'RecommendationPayload';
  readonly recommendation: RecordedRecommendation;
}
type Decided = RecommendationPayload | OrderDenied | NotFound | Conflict | InvalidInput | Unavailable;

/** The engine decides again, in its own order of events, what is looked at here: whoever asks hears why at once. */
async function decide(id: string, verdict: Verdict, context: Authorized): Promise<Decided> {
  const { session, report, recommendations } = context;
  const state = session.state();
  const who = await decider(context);
  const problem = recommendationProblem(state, id, verdict, who);
  if (problem !== undefined) {
    const known = state.recommendations.has(id) || (await recommendations.byId(id)) !== undefined;
    return known ? conflict(problem) : notFound('recommendation', id);
  }
  const event = { kind: 'RecommendationDecided', at: state.now, recommendationId: id, verdict, ...who } as const;
  const outcome = await command(session, event, report);
  if (!outcome.ok) return outcome.error;
  const changed = outcome.effects.find((effect) => effect.kind === 'RecommendationChanged' && effect.recommendation.id === id);
  if (changed?.kind !== 'RecommendationChanged') return conflict('The decision did not count: look at the alerts.');
  const { recommendation } = changed;
  if (recommendation.state === 'expired') return conflict('The recommendation has expired.');
  if (recommendation.state !== 'denied') return await listed(id, context);
  const order = outcome.state.orders.get(id);
  if (order === undefined) return conflict(recommendation.because ?? 'It was not sent.');
  const denials = recommendation.denials ?? [];
  const message = `The gate denied it: ${denials.map((denial) => denial.message).join(' ')}`;
  return { __typename: 'OrderDeniedError', message, order, denials };
}

/** As the tables tell it. */
async function listed(id: string, { journal, recommendations, report }: Authorized): Promise<RecommendationPayload | Unavailable> {
  try {
    await journal.projected(journal.head().seq);
    const recommendation = await recommendations.byId(id);
    if (recommendation !== undefined) return { __typename: 'RecommendationPayload', recommendation };
  } catch (error) {
    report('a recommendation was decided and cannot be read', error);
  }
  return unavailable('It was decided, but cannot be read now: the database does not answer.', 'done');
}

async function reduce(id: string, text: string, reason: string, context: Authorized): Promise<Decided> {
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  try {
    return await decide(id, { kind: 'reduce', quantity: quantity(text), reason }, context);
  } catch (error) {
    if (error instanceof DecimalTextError)
      return invalidInput('quantity', error.message, 'Write digits with at most one point, like 12.5.');
    throw error;
  }
}

/** Approve, reduce and reject. */
export function addRecommendationMutations(builder: Builder): void {
  const authScopes = { principal: true } as const;
  builder.objectType('RecommendationPayload', {
    fields: (t) => ({ recommendation: t.expose('recommendation', { type: 'Recommendation' }) }),
  });
  const result = builder.unionType('DecideRecommendationResult', {
    description: 'OrderDeniedError: a person said yes, and the gate says no by prices and limits of now; it ends so.',
    types: ['RecommendationPayload', 'OrderDeniedError', 'NotFoundError', 'ConflictError', 'InvalidInputError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  builder.mutationFields((t) => ({
    approveRecommendation: t.authField({
      type: result,
      authScopes,
      description: 'The order passes the gate again and goes at once. By a person; with real money, freshly logged in.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => decide(id, { kind: 'approve' }, context),
    }),
    reduceRecommendation: t.authField({
      type: result,
      authScopes,
      description: 'Approves fewer units than recommended: above zero, and never as many.',
      args: {
        id: t.arg.id({ required: true }),
        quantity: t.arg({ type: 'Decimal', required: true }),
        reason: t.arg.string({ required: true }),
      },
      resolve: (_root, { id, quantity: units, reason }, context) => reduce(id, units, reason, context),
    }),
    rejectRecommendation: t.authField({
      type: result,
      authScopes,
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) => reasonProblem(reason) ?? decide(id, { kind: 'reject', reason }, context),
    }),
  }));
}
