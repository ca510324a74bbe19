import { personName } from '../approvals/graphql.ts';
import { policyNow } from '../engine/agent-proposals.ts';
import type { EngineState } from '../engine/state.ts';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import type { Price } from '../money/fixed.ts';
import { contentHash } from './agent-proposal.ts';
import { firstApprovalNow } from './agent-decision.ts';
import { hindsightOf } from './hindsight.ts';
import { proposerOf } from './recommendation.ts';
import type { FirstApproval, Recommendation } from './recommendation.ts';

/** Whoever wants an order. */
export interface Proposer {
  readonly kind: 'strategy' | 'agent';
  readonly id: string;
  /** The person who owns the agent. */
  readonly owner: string | undefined;
}

export const markIn =
  ({ marks }: Pick<EngineState, 'marks'>) =>
  (symbol: string): Price | undefined =>
    marks.get(symbol)?.price;

/** What a strategy or an agent is called now; one that is here no more, by what the journal says. */
export async function proposerName(proposer: string, context: Context): Promise<string> {
  if (proposer.startsWith('agent:')) return await personName(proposer, context);
  return context.session.state().strategies.get(proposer)?.config.name ?? proposer;
}

const who = (recommendation: Recommendation): Proposer => ({
  kind: recommendation.proposal === undefined ? 'strategy' : 'agent',
  id: proposerOf(recommendation),
  owner: recommendation.proposal?.owner,
});

const policyOf = (recommendation: Recommendation, { session }: Context) =>
  policyNow(session.state(), recommendation, recommendation.intent.quantity);

/** The first of two approvals, where it still counts; of what has ended, the one that counted. */
function approvalBefore(recommendation: Recommendation, context: Context): FirstApproval | undefined {
  if (recommendation.state !== 'waiting') return recommendation.decision?.after;
  return firstApprovalNow(recommendation, policyOf(recommendation, context));
}

function addTypes(builder: Builder, enums: Enums): void {
  builder.objectType('Proposer', {
    description: 'Whoever wants an order: a strategy, or an agent.',
    fields: (t) => ({
      kind: t.expose('kind', { type: enums.proposerKind }),
      id: t.exposeID('id', { description: 'A strategy’s id, or `agent:` and the id of the agent’s key.' }),
      name: t.string({ description: 'As it is called now.', resolve: ({ id }, _args, context) => proposerName(id, context) }),
      owner: t.string({
        nullable: true,
        description: 'The person who owns the agent; null of a strategy.',
        resolve: ({ owner }, _args, context) => (owner === undefined ? null : personName(`user:${owner}`, context)),
      }),
    }),
  });
  builder.objectType('FirstApproval', {
    description: 'The first of the two people whom it needs has said yes.',
    fields: (t) => ({
      by: t.string({ description: 'The person’s name.', resolve: ({ by }, _args, context) => personName(by, context) }),
      at: t.expose('at', { type: 'DateTime', description: 'Wall clock.' }),
      quantity: t.expose('quantity', { type: 'Decimal', description: 'Units: the second person lets go as many.' }),
      reason: t.exposeString('reason', { nullable: true, description: 'Why fewer than proposed; null where it is all of them.' }),
    }),
  });
  builder.objectType('Hindsight', {
    description:
      'What an order that was not let go would have made by now at the reference price of then: without costs, and without its exits.',
    fields: (t) => ({
      mark: t.expose('mark', { type: 'Decimal', description: 'The price of now.' }),
      perUnit: t.expose('perUnit', { type: 'Decimal', description: 'Gain of one unit; negative where it would have lost.' }),
      result: t.expose('result', { type: 'Decimal', description: 'Gain of the whole order in money; negative where it would have lost.' }),
    }),
  });
}

/** Who proposed it, what they say, and what an approval is bound to. */
export function addProposerFields(builder: Builder, enums: Enums): void {
  addTypes(builder, enums);
  builder.objectFields('Recommendation', (t) => ({
    proposer: t.field({ type: 'Proposer', description: 'Who wants it.', resolve: ({ recommendation }) => who(recommendation) }),
    explanation: t.string({
      nullable: true,
      description: 'An agent’s own words, as they came; null of a strategy’s.',
      resolve: ({ recommendation }) => recommendation.proposal?.explanation,
    }),
    sources: t.stringList({
      description: 'What the agent says that it rests on, as it came; none of a strategy’s.',
      resolve: ({ recommendation }) => [...(recommendation.proposal?.sources ?? [])],
    }),
    hash: t.string({
      description: 'SHA-256 over all that is shown of the order and its evidence: an approval names it.',
      resolve: ({ recommendation }) => contentHash(recommendation),
    }),
    policyVersion: t.string({
      description: 'The version of the risk policy of now, as it bears on this order: an approval names it.',
      resolve: ({ recommendation }, _args, context) => policyOf(recommendation, context).version,
    }),
    needsTwo: t.boolean({
      description: 'Whether letting all of it go takes two people now. Never of a strategy’s, and never of what has ended.',
      resolve: ({ recommendation }, _args, context) => recommendation.state === 'waiting' && policyOf(recommendation, context).needsTwo,
    }),
    firstApproval: t.field({
      type: 'FirstApproval',
      nullable: true,
      description: 'Null where nobody has approved yet, where one person suffices, and where the risk policy has changed since.',
      resolve: ({ recommendation }, _args, context) => approvalBefore(recommendation, context),
    }),
    hindsight: t.field({
      type: 'Hindsight',
      nullable: true,
      description: 'Of what was rejected or has expired; null of others, and where a price is missing.',
      resolve: ({ recommendation }, _args, { session }) => hindsightOf(recommendation, markIn(session.state())),
    }),
  }));
}
