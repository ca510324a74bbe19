import type { FoldResult, JoinedFigures, ParameterStability, SelectedSet, WalkForwardResult } from '@tidemark/compute/optimisation';
import { withDrawdown } from '../backtests/run-figures.ts';
import type { Builder } from '../graphql/builder.ts';
import { pageRequest } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import { parameterPairs } from '../strategies/graphql.ts';
import { findingsOf } from './findings.ts';
import type { StudyInterface, StudySelection } from './graphql-study.ts';
import type { RankedSet, RecordedWalkForward, WalkForwardSummary } from './study-record.ts';
import { walkOf } from './study.ts';

export type WalkForward = RecordedWalkForward;
export type WalkForwardWindow = FoldResult & { readonly index: number };

const rankedOf = ({ parameters, figures }: SelectedSet): RankedSet => ({
  parameters,
  totalReturn: figures.total_return ?? 0,
  sharpe: figures.sharpe,
  maxDrawdown: figures.max_drawdown ?? 0,
  orders: figures.orders ?? 0,
  trades: figures.trades ?? 0,
});

function addWindow(builder: Builder): void {
  const span = builder.objectRef<FoldResult['test']>('BarSpan').implement({
    fields: (t) => ({
      from: t.exposeString('from', { description: 'Start of its first bar.' }),
      to: t.exposeString('to', { description: 'Start of its last.' }),
      bars: t.exposeInt('bars'),
    }),
  });
  const figures = builder.objectRef<NonNullable<FoldResult['inSample']>>('WindowFigures').implement({
    fields: (t) => ({
      totalReturn: t.exposeFloat('totalReturn'),
      annualReturn: t.exposeFloat('annualReturn', { description: 'Total return ÷ bars · periods a year: simple.' }),
      sharpe: t.exposeFloat('sharpe', { nullable: true, description: 'A year.' }),
      maxDrawdown: t.exposeFloat('maxDrawdown', { nullable: true }),
    }),
  });
  builder.objectType('WalkForwardWindow', {
    description: 'Bars in which a set was chosen, and those after them in which it traded.',
    fields: (t) => ({
      index: t.exposeInt('index'),
      train: t.expose('train', { type: span }),
      test: t.expose('test', { type: span }),
      chosen: t.field({
        type: ['ParameterValue'],
        nullable: true,
        description: 'null where no set could be chosen: the window was waited out in cash.',
        resolve: ({ selection: { chosen } }) => (chosen === null ? null : parameterPairs(chosen.parameters)),
      }),
      plateauRatio: t.float({
        nullable: true,
        description: 'Median score of its neighbours over its own: near 1 is flat ground.',
        resolve: ({ selection: { chosen } }) => chosen?.plateau?.ratio,
      }),
      inSample: t.expose('inSample', { type: figures, nullable: true }),
      outOfSample: t.expose('outOfSample', { type: figures, nullable: true }),
      trades: t.int({ description: 'Out of sample.', resolve: ({ outOfSample }) => outOfSample?.trades ?? 0 }),
      closingCost: t.float({
        description: 'For what was open at its end, in money.',
        resolve: ({ outOfSample }) => outOfSample?.closingCost ?? 0,
      }),
      efficiency: t.exposeFloat('efficiency', {
        nullable: true,
        description: 'Annual return out of sample over that in sample; null where the latter is not above 0.',
      }),
    }),
  });
}

function addStability(builder: Builder) {
  return builder.objectRef<ParameterStability>('ParameterStability').implement({
    description: 'How much the chosen value of a parameter moves from window to window.',
    fields: (t) => ({
      name: t.exposeString('name'),
      distinct: t.exposeInt('distinct', { description: 'Different values.' }),
      changed: t.exposeFloat('changed', {
        nullable: true,
        description: 'Share of windows after the first with another value than before.',
      }),
      mostCommon: t.string({ resolve: ({ mostCommon }) => String(mostCommon) }),
      mostCommonShare: t.exposeFloat('mostCommonShare'),
      least: t.exposeFloat('least', { nullable: true, description: 'null of choices.' }),
      largest: t.exposeFloat('largest', { nullable: true }),
      meanStep: t.exposeFloat('meanStep', { nullable: true, description: 'Mean absolute change, in steps of the grid.' }),
    }),
  });
}

function addJoined(builder: Builder) {
  return builder.objectRef<JoinedFigures>('JoinedFigures').implement({
    description: 'The account over all windows: each begins with what the one before has left.',
    fields: (t) => ({
      finalEquity: t.exposeFloat('finalEquity'),
      totalReturn: t.exposeFloat('totalReturn'),
      cagr: t.exposeFloat('cagr', { nullable: true }),
      volatility: t.exposeFloat('volatility', { nullable: true }),
      sharpe: t.exposeFloat('sharpe', { nullable: true }),
      sortino: t.exposeFloat('sortino', { nullable: true }),
      maxDrawdown: t.exposeFloat('maxDrawdown', { nullable: true }),
      calmar: t.exposeFloat('calmar', { nullable: true }),
      trades: t.exposeInt('trades'),
      orders: t.exposeInt('orders'),
      closingCost: t.exposeFloat('closingCost', { description: 'Paid for closing positions between windows, in money.' }),
      ruinedAt: t.exposeString('ruinedAt', { nullable: true, description: 'When the account was lost.' }),
    }),
  });
}

function addResult(builder: Builder): void {
  const stability = addStability(builder);
  addWindow(builder);
  builder.objectType('WalkForwardResult', {
    fields: (t) => ({
      windows: t.field({ type: ['WalkForwardWindow'], resolve: ({ folds }) => folds.map((fold, index) => ({ ...fold, index })) }),
      stability: t.field({ type: [stability], resolve: (result) => [...result.stability] }),
      equity: t.field({
        type: ['RunPoint'],
        description: 'The joined curve out of sample.',
        resolve: (result) => withDrawdown(result),
      }),
      hindsight: t.field({
        type: 'SweepSet',
        nullable: true,
        description: 'The set with the best score over all that was traded, as nobody could have known it.',
        resolve: ({ hindsight }) => (hindsight === null ? null : rankedOf(hindsight)),
      }),
    }),
  });
}

function selection(walk: WalkForward, summary: WalkForwardSummary, { walkForwards }: Context): StudySelection | null {
  if (summary.selection === null) return null;
  const findings = async () => findingsOf(await walkForwards.sweepOf(walk), walk);
  return { ...summary.selection, sharpe: summary.joined.sharpe, findings };
}

function addWalkForwardType(builder: Builder, study: StudyInterface): void {
  const joined = addJoined(builder);
  addResult(builder);
  builder.objectType('WalkForward', {
    description: 'A set of parameters chosen anew in each window of bars, and traded in the bars after it.',
    interfaces: ['Node', study],
    fields: (t) => ({
      id: t.exposeID('id'),
      train: t.int({ description: 'Bars to choose in.', resolve: (walk) => walkOf(walk.request).windows.train }),
      test: t.int({ description: 'Bars to trade in.', resolve: (walk) => walkOf(walk.request).windows.test }),
      mode: t.string({ description: 'rolling or anchored.', resolve: (walk) => walkOf(walk.request).windows.mode }),
      objective: t.string({ resolve: (walk) => walkOf(walk.request).selection.objective ?? 'sharpe' }),
      constraint: t.string({ nullable: true, resolve: (walk) => walkOf(walk.request).selection.constraint }),
      choose: t.string({ description: 'peak or plateau.', resolve: (walk) => walkOf(walk.request).selection.choose ?? 'peak' }),
      windows: t.int({ nullable: true, description: 'Once it is done.', resolve: ({ summary }) => summary?.windows }),
      traded: t.int({
        nullable: true,
        description: 'Windows in which a set was chosen and traded.',
        resolve: ({ summary }) => summary?.traded,
      }),
      profitableShare: t.float({
        nullable: true,
        description: 'Of the traded windows.',
        resolve: ({ summary }) => summary?.profitableShare,
      }),
      efficiency: t.float({
        nullable: true,
        description:
          'Return a bar out of sample over return a bar in sample, over all traded windows; null where the latter is not above 0.',
        resolve: ({ summary }) => summary?.efficiency,
      }),
      joined: t.field({ type: joined, nullable: true, resolve: ({ summary }) => summary?.joined }),
      selection: t.field({
        type: 'SweepSelection',
        nullable: true,
        resolve: (walk, _args, context) => (walk.summary === undefined ? null : selection(walk, walk.summary, context)),
      }),
      result: t.field({
        type: 'WalkForwardResult',
        nullable: true,
        description: 'Once it is done.',
        resolve: async (walk, _args, { walkForwards }) => (walk.state === 'done' ? ((await walkForwards.resultOf(walk)) ?? null) : null),
      }),
    }),
  });
}

export type { WalkForwardResult };

export function addWalkForwards(builder: Builder, study: StudyInterface): void {
  addWalkForwardType(builder, study);
  builder.queryFields((t) => ({
    walkForwards: t.field({
      type: 'WalkForwardConnection',
      description: 'Newest first.',
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_root, args, { walkForwards }) => walkForwards.list(pageRequest(args)),
    }),
    walkForward: t.field({
      type: 'WalkForward',
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, { walkForwards }) => (await walkForwards.byId(id)) ?? null,
    }),
  }));
}
