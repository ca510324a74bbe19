import type { PeriodReturn } from '@tidemark/compute/statistics';
import type { Builder } from '../graphql/builder.ts';
import { badInput, pageRequest } from '../graphql/connections.ts';
import type { Page, PageRequest } from '../graphql/connections.ts';
import type { Enums } from '../graphql/enums.ts';
import { parameterPairs } from '../strategies/graphql.ts';
import { addRunStudies } from './graphql-round-trips.ts';
import type { RunStudies } from './graphql-round-trips.ts';
import type { BacktestJob } from './job.ts';
import { POINTS_MIN } from './run-figures.ts';
import type { RunFigures, RunPoint, RunTrade } from './run-figures.ts';
import type { SelectionRecord } from './selection.ts';
import type { RecordedRun } from './service.ts';

/** A backtest that waits, runs or has run: as it is recorded. */
export type Run = RecordedRun;

export type { PeriodReturn };
export type { RunMetric, RunPoint, RunTrade } from './run-figures.ts';

/** What the API needs of backtests. */
export interface BacktestRuns {
  list(query: PageRequest): Promise<Page<Run>>;
  byId(id: string): Promise<Run | undefined>;
  /** What could be said of its choice when it was done. */
  selectionOf(id: string): Promise<SelectionRecord | undefined>;
  /** Queues it and answers at once. */
  start(job: BacktestJob): Promise<Run>;
  /** False where it does not run. */
  abort(id: string): Promise<boolean>;
  /** Called at each change of this run; returns the way to stop. */
  onChange(id: string, listener: () => void): () => void;
}

/** What the API reads of the results of runs that are done. All reject where a result cannot be read. */
export interface RunResults extends RunStudies {
  figures(id: string): Promise<RunFigures>;
  trades(id: string): Promise<readonly RunTrade[]>;
  /** At most so many points: see `thinned` of `run-figures.ts`. */
  curve(id: string, points: number): Promise<readonly RunPoint[]>;
}

const POINTS_USUAL = 2_000;
const POINTS_MAX = 10_000;

function pointsArgument(points: number | null | undefined): number {
  const most = points ?? POINTS_USUAL;
  if (most >= POINTS_MIN && most <= POINTS_MAX) return most;
  throw badInput(`points must be ${POINTS_MIN} to ${POINTS_MAX}, got ${most}: the CSV of the run has all`);
}

const isDone = ({ state }: Run): boolean => state === 'done';

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
  builder.objectType('PeriodReturn', {
    fields: (t) => ({
      period: t.exposeString('period', { description: 'By UTC: `2024-03`, or `2024`.' }),
      return: t.exposeFloat('return', { description: 'A fraction of the equity at its beginning.' }),
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
}

/** What is read of the result once it is done. */
function addRunResults(builder: Builder, enums: Enums): void {
  builder.objectFields('Run', (t) => ({
    badges: t.stringList({
      description: 'Short words on what to mind: "fewer than 30 trades".',
      resolve: async (run, _args, { runResults }) => (isDone(run) ? [...(await runResults.figures(run.id)).badges] : []),
    }),
    metrics: t.field({
      type: ['RunMetric'],
      resolve: async (run, _args, { runResults }) => (isDone(run) ? [...(await runResults.figures(run.id)).metrics] : []),
    }),
    timeframe: t.field({
      type: enums.timeframe,
      nullable: true,
      description: 'Of the bars that it was on; null while it is not done, and where they are too few to tell.',
      resolve: async (run, _args, { runResults }) => (isDone(run) ? (await runResults.figures(run.id)).timeframe : undefined),
    }),
    monthlyReturns: t.field({
      type: ['PeriodReturn'],
      description: 'Of each calendar month that it touches, in the order of time. None where equity reached zero.',
      resolve: async (run, _args, { runResults }) => (isDone(run) ? [...(await runResults.figures(run.id)).months] : []),
    }),
    yearlyReturns: t.field({
      type: ['PeriodReturn'],
      description: 'As monthlyReturns, of each calendar year: the months of a year, compounded.',
      resolve: async (run, _args, { runResults }) => (isDone(run) ? [...(await runResults.figures(run.id)).years] : []),
    }),
    trades: t.field({
      type: ['RunTrade'],
      resolve: async (run, _args, { runResults }) => (isDone(run) ? [...(await runResults.trades(run.id))] : []),
    }),
    equity: t.field({
      type: ['RunPoint'],
      description:
        'At each bar, where there are no more than `points`; else the first and the last, and of each stretch between them the highest equity and the deepest drawdown. `equityCsvUrl` has all.',
      args: { points: t.arg.int({ description: `At most so many: ${POINTS_MIN} to ${POINTS_MAX}, ${POINTS_USUAL} where absent.` }) },
      resolve: async (run, { points }, { runResults }) => {
        const most = pointsArgument(points);
        return isDone(run) ? [...(await runResults.curve(run.id, most))] : [];
      },
    }),
  }));
}

export function addBacktests(builder: Builder, enums: Enums): void {
  addRunParts(builder);
  addRunType(builder, enums);
  addRunResults(builder, enums);
  addRunStudies(builder);
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
