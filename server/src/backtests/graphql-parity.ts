import type { Builder } from '../graphql/builder.ts';
import type { Enums } from '../graphql/enums.ts';
import { badInput } from '../graphql/connections.ts';
import { sentenceOf } from '../engine/wishes.ts';
import { formatInstant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { StrategyParity } from './strategy-parity.ts';

/** What the API reads of live trading beside a backtest. */
export interface ParityReads {
  /** Since the strategy was last switched on or configured; `undefined` where it was never asked about a bar. Throws a `GraphQLError` where it cannot be told. */
  of(
    strategyId: string,
    span: { readonly from?: Instant | undefined; readonly to?: Instant | undefined },
  ): Promise<StrategyParity | undefined>;
}

function addDecisions(builder: Builder): void {
  builder.objectType('DecisionParity', {
    description: 'One bar’s decision, live and in the backtest.',
    fields: (t) => ({
      barAt: t.expose('barAt', { type: 'DateTime', description: 'Start of the bar.' }),
      equal: t.exposeBoolean('equal', { description: 'Equal in every field, reason included.' }),
      live: t.string({ description: 'Empty where nothing was wished for.', resolve: ({ live }) => sentenceOf(live) }),
      backtest: t.string({ resolve: ({ backtest }) => sentenceOf(backtest) }),
      sameHolding: t.exposeBoolean('sameHolding', {
        description:
          'Both held the same before they decided. Where not, orders had filled otherwise, and a strategy that looks at its position may well decide otherwise.',
      }),
    }),
  });
}

function addExecutions(builder: Builder, enums: Enums): void {
  builder.objectType('LiveExecution', {
    fields: (t) => ({
      quantity: t.expose('quantity', { type: 'Decimal' }),
      price: t.expose('price', { type: 'Decimal', description: 'Average over its fills.' }),
      fees: t.expose('fees', { type: 'Decimal' }),
      fills: t.exposeInt('fills'),
      at: t.expose('at', { type: 'DateTime', description: 'The last fill.' }),
    }),
  });
  builder.objectType('BacktestExecution', {
    fields: (t) => ({ quantity: t.exposeFloat('quantity'), price: t.exposeFloat('price') }),
  });
  builder.objectType('ExecutionParity', {
    description: 'What was bought, or sold, of a symbol within one bar: live, in the backtest, or both.',
    fields: (t) => ({
      barAt: t.expose('barAt', { type: 'DateTime', description: 'Start of the bar.' }),
      symbol: t.exposeString('symbol'),
      side: t.expose('side', { type: enums.side }),
      live: t.expose('live', { type: 'LiveExecution', nullable: true }),
      backtest: t.expose('backtest', { type: 'BacktestExecution', nullable: true }),
      slippageBps: t.exposeFloat('slippageBps', {
        nullable: true,
        description: 'Live against the backtest’s price, in basis points of it; positive is worse. Null where one side did not trade.',
      }),
    }),
  });
}

export function addParity(builder: Builder, enums: Enums): void {
  addDecisions(builder);
  addExecutions(builder, enums);
  builder.objectType('StrategyParity', {
    description:
      'A strategy’s trading since it was last switched on or configured, beside a backtest by the same version over the same bars: what was decided apart from what became of it.',
    fields: (t) => ({
      strategyId: t.id({ resolve: ({ config }) => config.id }),
      version: t.string({ resolve: ({ config }) => config.version }),
      from: t.expose('from', { type: 'DateTime', nullable: true, description: 'First bar that was compared.' }),
      to: t.expose('to', { type: 'DateTime', nullable: true, description: 'Last bar that was compared.' }),
      bars: t.exposeInt('bars', { description: 'Bars with a decision.' }),
      equal: t.exposeInt('equal', { description: 'Those whose decision is the same in the backtest.' }),
      unexplained: t.int({
        description: 'Decisions that differ although both held the same: it must be 0.',
        resolve: ({ decisions }) => decisions.filter(({ equal, sameHolding }) => !equal && sameHolding).length,
      }),
      barsTested: t.exposeInt('barsTested', {
        description: 'All bars that the backtest went through, those before the first question too.',
      }),
      decisions: t.field({
        type: ['DecisionParity'],
        description: 'Bars at which either side wished for something, or at which they differ; oldest first.',
        resolve: ({ decisions }) => [...decisions],
      }),
      executions: t.field({ type: ['ExecutionParity'], description: 'Oldest first.', resolve: ({ executions }) => [...executions] }),
      slippageBps: t.exposeFloat('slippageBps', { nullable: true, description: 'Of all executions that both sides have, by value.' }),
    }),
  });
  builder.queryField('strategyParity', (t) =>
    t.field({
      type: 'StrategyParity',
      nullable: true,
      description: 'Null where there is no such strategy, or where it was never asked about a bar.',
      args: {
        id: t.arg.id({ required: true }),
        from: t.arg({ type: 'DateTime', description: 'Only bars that start then or later.' }),
        to: t.arg({ type: 'DateTime', description: 'Only bars that start then or before.' }),
      },
      resolve: async (_root, { id, from, to }, { parity }) => {
        const span = { from: from ?? undefined, to: to ?? undefined };
        if (span.from !== undefined && span.to !== undefined && span.to < span.from)
          throw badInput(`to, ${formatInstant(span.to)}, is before from, ${formatInstant(span.from)}`);
        return (await parity.of(id, span)) ?? null;
      },
    }),
  );
}
