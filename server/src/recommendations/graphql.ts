import type { Builder } from '../graphql/builder.ts';
import { pageRequest } from '../graphql/connections.ts';
import type { Page } from '../graphql/connections.ts';
import type { Enums } from '../graphql/enums.ts';
import { limitDefinition } from '../risk/limits.ts';
import { personName } from '../approvals/graphql.ts';
import { byAgent, byPerson, byStrategy } from './agreement.ts';
import type { Agreement, EndCount } from './agreement.ts';
import type { LimitMove } from './evidence.ts';
import { addProposerFields, markIn, proposerName } from './graphql-proposer.ts';
import { missedBy } from './hindsight.ts';
import { proposerOf } from './recommendation.ts';
import type { Recommendation } from './recommendation.ts';
import type { RecommendationListQuery, RecordedRecommendation } from './service.ts';

/** What the API reads of recommendations. */
export interface RecommendationReads {
  list(query: RecommendationListQuery): Promise<Page<RecordedRecommendation>>;
  byId(id: string): Promise<RecordedRecommendation | undefined>;
  /** What became of all there ever were, or of one strategy's. */
  ends(strategyId: string | undefined): Promise<readonly EndCount[]>;
  /** The newest that were rejected or have expired. */
  notLetGo(): Promise<readonly Recommendation[]>;
}

/** Agreement of strategies with people, each way round. */
export interface AgreementView {
  readonly byStrategy: readonly Agreement[];
  readonly byAgent: readonly Agreement[];
  readonly byPerson: readonly Agreement[];
}

function addOrderFields(builder: Builder, enums: Enums): void {
  builder.objectFields('Recommendation', (t) => ({
    symbol: t.string({ resolve: ({ recommendation }) => recommendation.intent.symbol }),
    side: t.field({ type: enums.side, resolve: ({ recommendation }) => recommendation.intent.side }),
    quantity: t.field({
      type: 'Decimal',
      description: 'Units that the strategy wants.',
      resolve: ({ recommendation }) => recommendation.intent.quantity,
    }),
    type: t.field({ type: enums.orderType, resolve: ({ recommendation }) => recommendation.intent.type }),
    timeInForce: t.field({ type: enums.timeInForce, resolve: ({ recommendation }) => recommendation.intent.timeInForce }),
    limitPrice: t.field({ type: 'Decimal', nullable: true, resolve: ({ recommendation }) => recommendation.intent.limitPrice }),
    stopPrice: t.field({ type: 'Decimal', nullable: true, resolve: ({ recommendation }) => recommendation.intent.stopPrice }),
    stopLoss: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Price of the stop that will protect what it opens.',
      resolve: ({ recommendation }) => recommendation.intent.stopLoss?.stopPrice,
    }),
    takeProfit: t.field({ type: 'Decimal', nullable: true, resolve: ({ recommendation }) => recommendation.intent.takeProfit?.limitPrice }),
    reason: t.string({ description: 'The strategy’s own words.', resolve: ({ recommendation }) => recommendation.intent.reason }),
  }));
}

function addEvidence(builder: Builder): void {
  builder.objectType('LimitMove', {
    description: 'A limit that the order brings nearer, in use as fractions of it.',
    fields: (t) => ({
      name: t.exposeString('name'),
      title: t.string({ resolve: ({ name }: LimitMove) => limitDefinition(name).title }),
      before: t.exposeFloat('before', { nullable: true }),
      after: t.exposeFloat('after', { nullable: true }),
    }),
  });
  builder.objectFields('Recommendation', (t) => ({
    referencePrice: t.field({ type: 'Decimal', nullable: true, resolve: ({ recommendation }) => recommendation.evidence.referencePrice }),
    notional: t.field({ type: 'Decimal', nullable: true, resolve: ({ recommendation }) => recommendation.evidence.notional }),
    orderRisk: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What the order can lose.',
      resolve: ({ recommendation }) => recommendation.evidence.orderRisk,
    }),
    orderRiskRatio: t.field({ type: 'Decimal', nullable: true, resolve: ({ recommendation }) => recommendation.evidence.orderRiskRatio }),
    exposureBefore: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Of the symbol, position and open orders at their worst.',
      resolve: ({ recommendation }) => recommendation.evidence.exposureBefore,
    }),
    exposureAfter: t.field({ type: 'Decimal', nullable: true, resolve: ({ recommendation }) => recommendation.evidence.exposureAfter }),
    grossBefore: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The same over all symbols.',
      resolve: ({ recommendation }) => recommendation.evidence.grossBefore,
    }),
    grossAfter: t.field({ type: 'Decimal', nullable: true, resolve: ({ recommendation }) => recommendation.evidence.grossAfter }),
    limits: t.field({ type: ['LimitMove'], resolve: ({ recommendation }) => [...recommendation.evidence.limits] }),
  }));
}

function addDecisionFields(builder: Builder): void {
  builder.objectFields('Recommendation', (t) => ({
    decidedBy: t.string({
      nullable: true,
      resolve: ({ recommendation: { decision } }, _args, context) => (decision === undefined ? null : personName(decision.by, context)),
    }),
    decidedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Wall clock.',
      resolve: ({ recommendation }) => recommendation.decision?.at,
    }),
    decisionReason: t.string({
      nullable: true,
      description: 'A person’s words, or why it ended without one.',
      resolve: ({ recommendation }) => recommendation.decision?.reason ?? recommendation.because,
    }),
    releasedQuantity: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Units that a person let go; what filled of them stands with the order.',
      resolve: ({ recommendation }) => recommendation.decision?.quantity,
    }),
    denials: t.field({
      type: ['Denial'],
      description: 'What the gate said no with, after a person had said yes.',
      resolve: ({ recommendation }) => [...(recommendation.denials ?? [])],
    }),
  }));
}

function addType(builder: Builder, enums: Enums): void {
  builder.objectType('Recommendation', {
    description: 'An order that a strategy or an agent wants: it leaves when a person says so, through the gate, or not at all.',
    fields: (t) => ({
      id: t.id({ description: 'That of the order which it becomes.', resolve: ({ recommendation }) => recommendation.id }),
      strategyId: t.id({
        description: 'Of the strategy; where an agent proposed it, `agent:` and the id of its key, as `proposer` says it.',
        resolve: ({ recommendation }) => proposerOf(recommendation),
      }),
      strategyName: t.string({
        description: 'Of the strategy, or of the agent.',
        resolve: ({ recommendation }, _args, context) => proposerName(proposerOf(recommendation), context),
      }),
      state: t.field({ type: enums.recommendationState, resolve: ({ recommendation }) => recommendation.state }),
      createdAt: t.field({
        type: 'DateTime',
        description: 'The engine’s time.',
        resolve: ({ recommendation }) => recommendation.createdAt,
      }),
      expiresAt: t.field({
        type: 'DateTime',
        description: 'The engine’s time.',
        resolve: ({ recommendation }) => recommendation.expiresAt,
      }),
      endedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ recommendation }) => recommendation.endedAt }),
      seq: t.exposeInt('seq', { description: 'The newest journal entry about it.' }),
    }),
  });
  addOrderFields(builder, enums);
  addEvidence(builder);
  addDecisionFields(builder);
}

function addAgreement(builder: Builder): void {
  builder.objectType('AgreementRow', {
    fields: (t) => ({
      id: t.exposeID('who'),
      name: t.string({
        description: 'Of the strategy, the agent, or the person.',
        resolve: ({ who }, _args, context) =>
          context.session.state().strategies.has(who) || who.startsWith('agent:')
            ? proposerName(who, context)
            : personName(`user:${who}`, context),
      }),
      approved: t.exposeInt('approved'),
      reduced: t.exposeInt('reduced'),
      rejected: t.exposeInt('rejected'),
      denied: t.exposeInt('denied', { description: 'Approved by a person, and denied by the gate.' }),
      expired: t.exposeInt('expired', { description: 'Nobody decided in time.' }),
      rate: t.exposeFloat('rate', {
        nullable: true,
        description: 'Approved whole, of all that a person decided about; null where nobody decided.',
      }),
      missed: t.expose('missed', {
        type: 'Decimal',
        nullable: true,
        description:
          'What those of the strategy or agent that were rejected or have expired would have made by now, of the newest thousand; null where no price says it, and of people.',
      }),
      missedCount: t.exposeInt('missedCount', { description: 'How many are in that sum.' }),
    }),
  });
  builder.objectType('RecommendationAgreement', {
    description: 'How often people were of one mind with strategies and agents, over all time.',
    fields: (t) => ({
      byStrategy: t.field({ type: ['AgreementRow'], resolve: (view) => [...view.byStrategy] }),
      byAgent: t.field({ type: ['AgreementRow'], description: 'By which agent asked.', resolve: (view) => [...view.byAgent] }),
      byPerson: t.field({ type: ['AgreementRow'], resolve: (view) => [...view.byPerson] }),
    }),
  });
}

/** Recommendations, and how often people agreed with them. */
export function addRecommendations(builder: Builder, enums: Enums): void {
  addType(builder, enums);
  addProposerFields(builder, enums);
  addAgreement(builder);
  builder.queryFields((t) => ({
    recommendations: t.field({
      type: 'RecommendationConnection',
      description: 'Newest first.',
      args: {
        first: t.arg.int(),
        after: t.arg.string(),
        states: t.arg({ type: [enums.recommendationState], description: 'Only those in one of these states.' }),
        strategyId: t.arg.id(),
      },
      resolve: (_root, { states, strategyId, ...args }, { recommendations }) =>
        recommendations.list({ ...pageRequest(args), states: states ?? undefined, strategyId: strategyId ?? undefined }),
    }),
    recommendation: t.field({
      type: 'Recommendation',
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, { recommendations }) => recommendations.byId(id),
    }),
    recommendationAgreement: t.field({
      type: 'RecommendationAgreement',
      args: { strategyId: t.arg.id() },
      resolve: async (_root, { strategyId }, { recommendations, session }) => {
        const ends = await recommendations.ends(strategyId ?? undefined);
        const missed = missedBy(await recommendations.notLetGo(), markIn(session.state()));
        return { byStrategy: byStrategy(ends, missed), byAgent: byAgent(ends, missed), byPerson: byPerson(ends) };
      },
    }),
  }));
}
