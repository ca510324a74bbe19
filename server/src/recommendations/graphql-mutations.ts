import { isFreshAt } from '../approvals/approval.ts';
import { decider } from '../approvals/graphql.ts';
import { recommendationProblem } from '../engine/releasing.ts';
import type { Builder, SchemaTypes } from '../graphql/builder.ts';
import { notFresh } from '../graphql/authorization.ts';
import { command } from '../graphql/command.ts';
import type { Context } from '../graphql/context.ts';
import { conflict, invalidInput, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, OrderDenied, Unavailable } from '../graphql/errors.ts';
import type { Principal } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import { DecimalTextError, quantity } from '../money/fixed.ts';
import type { Shown, Verdict } from './recommendation.ts';
import type { RecordedRecommendation } from './service.ts';

export type Authorized = Context & { readonly principal: Principal };

/** What a person had before them; `undefined` where they say nothing of it, and a problem where they say half. */
function shownIn(hash: string | null | undefined, policyVersion: string | null | undefined): Shown | InvalidInput | undefined {
  const [content, policy] = [hash ?? undefined, policyVersion ?? undefined];
  if (content === undefined && policy === undefined) return undefined;
  if (content !== undefined && policy !== undefined) return { hash: content, policyVersion: policy };
  const field = content === undefined ? 'hash' : 'policyVersion';
  return invalidInput(field, 'hash and policyVersion go together', 'Give both as the recommendation shows them.');
}

interface Bound {
  readonly hash?: string | null | undefined;
  readonly policyVersion?: string | null | undefined;
}

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
  // Before anything else, so that a page can ask for it in place.
  const isAgents = state.recommendations.get(id)?.proposal !== undefined;
  if (isAgents && verdict.kind !== 'reject' && context.principal.kind === 'person' && !isFreshAt(who)) throw notFresh('person');
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
export async function listed(id: string, { journal, recommendations, report }: Authorized): Promise<RecommendationPayload | Unavailable> {
  try {
    await journal.projected(journal.head().seq);
    const recommendation = await recommendations.byId(id);
    if (recommendation !== undefined) return { __typename: 'RecommendationPayload', recommendation };
  } catch (error) {
    report('a recommendation was decided and cannot be read', error);
  }
  return unavailable('It was decided, but cannot be read now: the database does not answer.', 'done');
}

async function approve({ id, hash, policyVersion }: Bound & { readonly id: string }, context: Authorized): Promise<Decided> {
  const shown = shownIn(hash, policyVersion);
  if (shown !== undefined && '__typename' in shown) return shown;
  return await decide(id, { kind: 'approve', ...(shown === undefined ? {} : { shown }) }, context);
}

type Reducing = Bound & { readonly id: string; readonly quantity: string; readonly reason: string };

async function reduce({ id, quantity: text, reason, hash, policyVersion }: Reducing, context: Authorized): Promise<Decided> {
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const shown = shownIn(hash, policyVersion);
  if (shown !== undefined && '__typename' in shown) return shown;
  try {
    const units = quantity(text);
    return await decide(id, { kind: 'reduce', quantity: units, reason, ...(shown === undefined ? {} : { shown }) }, context);
  } catch (error) {
    if (error instanceof DecimalTextError)
      return invalidInput('quantity', error.message, 'Write digits with at most one point, like 12.5.');
    throw error;
  }
}

/** What an approval is bound to. */
const boundArgs = (t: PothosSchemaTypes.MutationFieldBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, object>) => ({
  hash: t.arg.string({ description: 'The recommendation’s, as it was shown: needed of an agent’s.' }),
  policyVersion: t.arg.string({ description: 'The version of the risk policy that was shown with it: needed of an agent’s.' }),
});

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
      description:
        'The order passes the gate again and goes at once. By a person; with real money, or where an agent proposed it, freshly logged in. An agent’s order takes the hash and the version of the risk policy that were shown; where it needs two people, the first approval is kept and it goes with the second.',
      args: { id: t.arg.id({ required: true }), ...boundArgs(t) },
      resolve: (_root, args, context) => approve(args, context),
    }),
    reduceRecommendation: t.authField({
      type: result,
      authScopes,
      description: 'Approves fewer units than recommended: above zero, and never as many.',
      args: {
        id: t.arg.id({ required: true }),
        quantity: t.arg({ type: 'Decimal', required: true }),
        reason: t.arg.string({ required: true }),
        ...boundArgs(t),
      },
      resolve: (_root, args, context) => reduce(args, context),
    }),
    rejectRecommendation: t.authField({
      type: result,
      authScopes,
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) => reasonProblem(reason) ?? decide(id, { kind: 'reject', reason }, context),
    }),
  }));
}
