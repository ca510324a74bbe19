import { parseAxes } from '@tidemark/compute';
import type { Builder } from '../graphql/builder.ts';
import { pageRequest } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { parameterPairs } from '../strategies/graphql.ts';
import { selectionSentence } from './selection-sentence.ts';
import type { RankedSet, RecordedSweep, Selection } from './service.ts';
import { CELLS_MAX } from './surface.ts';
import type { SurfaceCell } from './surface.ts';

export type Sweep = RecordedSweep;

export interface SweepAxis {
  readonly name: string;
  /** At most so many as a chart can hold. */
  readonly values: readonly string[];
  /** Infinite for an interval that is sampled. */
  readonly count: number | null;
}

export interface SweepSelection extends Selection {
  readonly sentence: string;
}

const VALUES_MAX = 2_000;

export const axesOf = ({ request }: Sweep): SweepAxis[] =>
  parseAxes(request.space.grid).map((axis) => {
    const isListed = Number.isFinite(axis.count);
    const values = isListed ? Array.from({ length: Math.min(axis.count, VALUES_MAX) }, (_, index) => String(axis.at(index))) : [];
    return { name: axis.name, values, count: isListed ? axis.count : null };
  });

/** Cells of two different axes; nothing where there would be too many to draw. */
async function surface(sweep: Sweep, x: string, y: string, { sweeps }: Context): Promise<readonly SurfaceCell[]> {
  const axes = axesOf(sweep);
  const counts = [x, y].map((name) => axes.find((axis) => axis.name === name)?.count);
  const [across, down] = counts;
  if (x === y || typeof across !== 'number' || typeof down !== 'number' || across * down > CELLS_MAX) return [];
  return await sweeps.surface(sweep.id, x, y);
}

function addParts(builder: Builder): void {
  builder.objectType('SweepAxis', {
    fields: (t) => ({
      name: t.exposeString('name'),
      values: t.stringList({ description: `In order; the first ${VALUES_MAX}.`, resolve: ({ values }) => [...values] }),
      count: t.exposeInt('count', { nullable: true, description: 'null for an interval that is sampled.' }),
    }),
  });
  builder.objectType('SweepSet', {
    description: 'A set of parameters, with what came of it.',
    fields: (t) => ({
      parameters: t.field({ type: ['ParameterValue'], resolve: ({ parameters }) => parameterPairs(parameters) }),
      totalReturn: t.exposeFloat('totalReturn'),
      sharpe: t.exposeFloat('sharpe', { nullable: true, description: 'A year; null where nothing was ever held.' }),
      maxDrawdown: t.exposeFloat('maxDrawdown', { description: 'As a fraction, 0 or below.' }),
      orders: t.exposeInt('orders'),
      trades: t.exposeInt('trades'),
    }),
  });
  builder.objectType('SweepCell', {
    description: 'A place of two parameters, with the best that any values of the others gave there.',
    fields: (t) => ({
      x: t.string({ resolve: ({ x }) => String(x) }),
      y: t.string({ resolve: ({ y }) => String(y) }),
      sharpe: t.exposeFloat('sharpe', { nullable: true }),
      totalReturn: t.exposeFloat('totalReturn'),
      maxDrawdown: t.exposeFloat('maxDrawdown'),
      trades: t.exposeInt('trades'),
    }),
  });
  builder.objectType('SweepSelection', {
    description: 'How lucky the best set is, against everything that was ever tried on the same bars.',
    fields: (t) => ({
      sentence: t.exposeString('sentence', { description: 'The same in plain words.' }),
      trials: t.exposeFloat('trials', { description: 'Sets that were ever tried on bars of this span, by whatever strategy.' }),
      expectedMaximum: t.exposeFloat('expectedMaximum', {
        nullable: true,
        description: 'The Sharpe ratio, a year, that the best of so many is expected to show without any skill.',
      }),
      psr: t.exposeFloat('psr', { nullable: true, description: 'Probability that the true ratio is above 0.' }),
      dsr: t.exposeFloat('dsr', { nullable: true, description: 'Probability that it is above the expected maximum.' }),
      trackRecordMin: t.exposeFloat('trackRecordMin', { nullable: true, description: 'Bars until such a ratio is above 0 at 95 %.' }),
    }),
  });
}

const best = ({ summary }: Sweep, first: number): RankedSet[] => [...(summary?.best ?? [])].slice(0, first);

function selection({ summary }: Sweep): SweepSelection | null {
  if (summary === undefined || summary.selection === null) return null;
  return { ...summary.selection, sentence: selectionSentence(summary.best[0]?.sharpe ?? null, summary.selection) };
}

function addSweepType(builder: Builder, enums: Enums): void {
  builder.objectType('Sweep', {
    description: 'A strategy with many sets of parameters.',
    interfaces: ['Node'],
    fields: (t) => ({
      id: t.exposeID('id'),
      state: t.expose('state', { type: enums.runState }),
      progress: t.exposeFloat('progress', { description: '0 to 1.' }),
      strategyName: t.exposeString('strategyName'),
      version: t.exposeString('version'),
      parameters: t.field({
        type: ['ParameterValue'],
        description: 'Those that stay the same.',
        resolve: ({ request }) => parameterPairs(request.parameters),
      }),
      axes: t.field({ type: ['SweepAxis'], resolve: axesOf }),
      where: t.string({ nullable: true, resolve: ({ request }) => request.space.where }),
      method: t.string({ description: 'grid, random or sobol.', resolve: ({ request }) => request.space.method }),
      symbols: t.stringList({ resolve: ({ request }) => [...request.symbols] }),
      timeframe: t.field({ type: enums.timeframe, resolve: ({ request }) => request.timeframe }),
      from: t.expose('from', { type: 'DateTime', nullable: true }),
      to: t.expose('to', { type: 'DateTime', nullable: true }),
      bars: t.exposeInt('bars', { nullable: true }),
      dataHash: t.exposeString('dataHash', { nullable: true }),
      size: t.exposeFloat('size', { nullable: true, description: 'Combinations, before the condition; or draws.' }),
      sets: t.exposeFloat('sets', { description: 'With a result so far.' }),
      refused: t.exposeFloat('refused', { description: 'That the strategy itself does not take.' }),
      best: t.field({
        type: ['SweepSet'],
        description: 'By Sharpe ratio; at most 100, once it is done.',
        args: { first: t.arg.int({ required: true, defaultValue: 20 }) },
        resolve: (sweep, { first }) => best(sweep, Math.max(0, first)),
      }),
      surface: t.field({
        type: ['SweepCell'],
        description: `Of two parameters, of what is done so far; empty where it would have more than ${CELLS_MAX} cells.`,
        args: { x: t.arg.string({ required: true }), y: t.arg.string({ required: true }) },
        resolve: async (sweep, { x, y }, context) => [...(await surface(sweep, x, y, context))],
      }),
      selection: t.field({ type: 'SweepSelection', nullable: true, resolve: selection }),
      reusedFrom: t.exposeID('reusedFrom', { nullable: true, description: 'The earlier sweep of the same content.' }),
      error: t.exposeString('error', { nullable: true }),
      command: t.exposeString('command', { description: 'The command that does the same over a file of the bars.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    }),
  });
}

export function addResearch(builder: Builder, enums: Enums): void {
  addParts(builder);
  addSweepType(builder, enums);
  builder.queryFields((t) => ({
    sweeps: t.field({
      type: 'SweepConnection',
      description: 'Newest first.',
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_root, args, { sweeps }) => sweeps.list(pageRequest(args)),
    }),
    sweep: t.field({
      type: 'Sweep',
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, { sweeps }) => (await sweeps.byId(id)) ?? null,
    }),
  }));
}
