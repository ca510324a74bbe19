import type { Statistics } from '@tidemark/compute/statistics';
import type { BacktestMetrics, BacktestResult } from '@tidemark/compute/types';
import DataLoader from 'dataloader';
import type { Builder } from '../graphql/builder.ts';
import { pageRequest } from '../graphql/connections.ts';
import type { Page, PageRequest } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { parameterPairs } from '../strategies/graphql.ts';
import { badgesOf } from './badges.ts';
import { METRIC_LABELS } from './metric-labels.ts';
import type { BacktestJob } from './job.ts';
import { underwaterOf } from './report/equity-curve.ts';
import type { SelectionRecord } from './selection.ts';
import type { RecordedRun } from './service.ts';

/** A backtest that waits, runs or has run: as it is recorded. */
export type Run = RecordedRun;

export interface RunMetric {
  readonly name: string;
  readonly label: string;
  readonly value: number | null;
  readonly unit: string;
}
export type RunTrade = BacktestResult['trades'][number];
export interface RunPoint {
  readonly time: string;
  readonly equity: number;
  readonly drawdown: number;
}

/** What the API needs of backtests. */
export interface BacktestRuns {
  list(query: PageRequest): Promise<Page<Run>>;
  byId(id: string): Promise<Run | undefined>;
  resultOf(id: string): Promise<BacktestResult | undefined>;
  statistics(): Promise<Statistics>;
  /** What could be said of its choice when it was done. */
  selectionOf(id: string): Promise<SelectionRecord | undefined>;
  /** Queues it and answers at once. */
  start(job: BacktestJob): Promise<Run>;
  /** False where it does not run. */
  abort(id: string): Promise<boolean>;
  /** Called at each change of this run; returns the way to stop. */
  onChange(id: string, listener: () => void): () => void;
}

const resultLoaders = new WeakMap<Context, DataLoader<string, BacktestResult | undefined>>();

/** One read of a run's result, whatever the number of fields that need it. */
function resultOf(context: Context, run: Run): Promise<BacktestResult | undefined> {
  if (run.state !== 'done') return Promise.resolve(undefined);
  let loader = resultLoaders.get(context);
  if (loader === undefined) {
    loader = new DataLoader((ids: readonly string[]) => Promise.all(ids.map((id) => context.runs.resultOf(id))));
    resultLoaders.set(context, loader);
  }
  return loader.load(run.id);
}

const metricsOf = (metrics: BacktestMetrics): RunMetric[] =>
  METRIC_LABELS.map(({ name, label, unit }) => ({ name, label, unit, value: metrics[name] }));

/** The equity curve with its distance from the high-water mark, as a fraction, at each point. The mark begins at the run's cash. */
export function withDrawdown({ equity, options }: Pick<BacktestResult, 'equity' | 'options'>): RunPoint[] {
  const underwater = underwaterOf(equity, options.cash);
  return equity.map((point, index) => ({ ...point, drawdown: underwater[index] ?? Number.NaN }));
}

function addRunParts(builder: Builder): void {
  builder.objectType('RunMetric', {
    fields: (t) => ({
      name: t.exposeString('name'),
      label: t.exposeString('label'),
      value: t.exposeFloat('value', { nullable: true, description: 'null where the data cannot support it.' }),
      unit: t.exposeString('unit', { description: 'ratio, usd, count or number.' }),
    }),
  });
  builder.objectType('RunTrade', {
    description: 'A round trip, matched first in, first out.',
    fields: (t) => ({
      symbol: t.exposeString('symbol'),
      direction: t.exposeString('direction'),
      size: t.exposeFloat('size'),
      entryTime: t.exposeString('entryTime'),
      entryPrice: t.exposeFloat('entryPrice'),
      exitTime: t.exposeString('exitTime', { nullable: true }),
      exitPrice: t.exposeFloat('exitPrice', { nullable: true }),
      grossPnl: t.exposeFloat('grossPnl'),
      commission: t.exposeFloat('commission'),
      status: t.exposeString('status'),
    }),
  });
  builder.objectType('RunPoint', {
    fields: (t) => ({ time: t.exposeString('time'), equity: t.exposeFloat('equity'), drawdown: t.exposeFloat('drawdown') }),
  });
}

function addRunType(builder: Builder, enums: Enums): void {
  builder.objectType('Run', {
    description: 'A backtest: what was tested, on what, and what came of it.',
    interfaces: ['Node'],
    fields: (t) => ({
      id: t.exposeID('id'),
      state: t.expose('state', { type: enums.runState }),
      progress: t.exposeFloat('progress', { description: '0 to 1.' }),
      strategyName: t.exposeString('strategyName'),
      version: t.exposeString('version'),
      parameters: t.field({ type: ['ParameterValue'], resolve: ({ parameters }) => parameterPairs(parameters) }),
      symbols: t.stringList({ resolve: ({ symbols }) => [...symbols] }),
      from: t.exposeString('from', { nullable: true }),
      to: t.exposeString('to', { nullable: true }),
      bars: t.exposeInt('bars', { nullable: true }),
      dataHash: t.exposeString('dataHash', { nullable: true }),
      error: t.exposeString('error', { nullable: true }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
      reportUrl: t.string({
        nullable: true,
        description: 'Where the HTML report is.',
        resolve: ({ id, state }) => (state === 'done' ? `/reports/${id}.html` : undefined),
      }),
      jsonUrl: t.string({ nullable: true, resolve: ({ id, state }) => (state === 'done' ? `/reports/${id}.json` : undefined) }),
      tradesCsvUrl: t.string({
        nullable: true,
        description: 'Its round trips as CSV.',
        resolve: ({ id, state }) => (state === 'done' ? `/reports/${id}.trades.csv` : undefined),
      }),
      equityCsvUrl: t.string({
        nullable: true,
        description: 'Its equity and drawdown as CSV.',
        resolve: ({ id, state }) => (state === 'done' ? `/reports/${id}.equity.csv` : undefined),
      }),
      command: t.exposeString('command', { description: 'The command that reproduces it.' }),
    }),
  });
  builder.objectFields('Run', (t) => ({
    badges: t.stringList({
      description: 'Short words on what to mind: "fewer than 30 trades".',
      resolve: async (run, _args, context) => {
        const result = await resultOf(context, run);
        if (result === undefined) return [];
        return [...badgesOf(result, await context.runs.statistics(), await context.runs.selectionOf(run.id))];
      },
    }),
    metrics: t.field({
      type: ['RunMetric'],
      resolve: async (run, _args, context) => {
        const result = await resultOf(context, run);
        return result === undefined ? [] : metricsOf(result.metrics);
      },
    }),
    trades: t.field({ type: ['RunTrade'], resolve: async (run, _args, context) => [...((await resultOf(context, run))?.trades ?? [])] }),
    equity: t.field({
      type: ['RunPoint'],
      resolve: async (run, _args, context) => {
        const result = await resultOf(context, run);
        return result === undefined ? [] : withDrawdown(result);
      },
    }),
  }));
}

export function addBacktests(builder: Builder, enums: Enums): void {
  addRunParts(builder);
  addRunType(builder, enums);
  builder.queryFields((t) => ({
    runs: t.field({
      type: 'RunConnection',
      description: 'Newest first.',
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_root, args, { runs }) => runs.list(pageRequest(args)),
    }),
    run: t.field({
      type: 'Run',
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, { runs }) => (await runs.byId(id)) ?? null,
    }),
  }));
}
