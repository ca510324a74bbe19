import { parseAxes } from '@tidemark/compute';
import type { SearchFindings } from '../backtests/selection.ts';
import type { Builder } from '../graphql/builder.ts';
import type { Enums } from '../graphql/enums.ts';
import { parameterPairs } from '../strategies/graphql.ts';
import { selectionSentence } from './selection-sentence.ts';
import type { RecordedStudy, Selection } from './study-record.ts';
import type { StudyKind } from './study.ts';

export type Study = RecordedStudy<StudyKind>;

export interface SweepAxis {
  readonly name: string;
  /** At most so many as a chart can hold. */
  readonly values: readonly string[];
  /** Infinite for an interval that is sampled. */
  readonly count: number | null;
}

/** What was chosen, and how lucky it is. */
export interface StudySelection extends Selection {
  /** Of what was chosen, a year. */
  readonly sharpe: number | null;
  /** Of its sweep and its walk-forward, one of which has to be looked for. */
  readonly findings: () => Promise<SearchFindings>;
}

const VALUES_MAX = 2_000;

export const axesOf = ({ request }: Pick<Study, 'request'>): SweepAxis[] =>
  parseAxes(request.space.grid).map((axis) => {
    const isListed = Number.isFinite(axis.count);
    const values = isListed ? Array.from({ length: Math.min(axis.count, VALUES_MAX) }, (_, index) => String(axis.at(index))) : [];
    return { name: axis.name, values, count: isListed ? axis.count : null };
  });

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
}

function addSelection(builder: Builder): void {
  builder.objectType('SweepSelection', {
    description: 'How lucky what was chosen is, against everything that was ever tried on the same bars.',
    fields: (t) => ({
      sentence: t.string({
        description: 'The same in plain words.',
        resolve: async ({ findings, ...selection }) => selectionSentence(selection.sharpe, selection, await findings()),
      }),
      trials: t.exposeFloat('trials', { description: 'Sets that were ever tried on bars of this span, by whatever strategy.' }),
      expectedMaximum: t.exposeFloat('expectedMaximum', {
        nullable: true,
        description: 'The Sharpe ratio, a year, that the best of so many is expected to show without any skill.',
      }),
      psr: t.exposeFloat('psr', { nullable: true, description: 'Probability that the true ratio is above 0.' }),
      dsr: t.exposeFloat('dsr', { nullable: true, description: 'Probability that it is above the expected maximum.' }),
      trackRecordMin: t.exposeFloat('trackRecordMin', { nullable: true, description: 'Bars until such a ratio is above 0 at 95 %.' }),
      pbo: t.float({
        nullable: true,
        description:
          'Probability of overfitting of the sweep: how often the best of one half of the bars is below the middle in the other.',
        resolve: async ({ findings }) => (await findings()).pbo,
      }),
      pboReason: t.string({
        nullable: true,
        description: 'Why there is none.',
        resolve: async ({ findings }) => (await findings()).reasons?.pbo,
      }),
      walkForwardEfficiency: t.float({
        nullable: true,
        description: 'Return a bar out of sample over return a bar in sample, of the newest walk-forward of the same search.',
        resolve: async ({ findings }) => (await findings()).walkForwardEfficiency,
      }),
      walkForwardReason: t.string({
        nullable: true,
        description: 'Why there is none.',
        resolve: async ({ findings }) => (await findings()).reasons?.walkForwardEfficiency,
      }),
    }),
  });
}

/** Everything that sweeps and walk-forwards have in common; answers their interface. */
export function addStudy(builder: Builder, enums: Enums) {
  addParts(builder);
  addSelection(builder);
  return builder.interfaceRef<Study>('Study').implement({
    description: 'Many sets of parameters of one strategy, tried on the same bars.',
    fields: (t) => ({
      id: t.exposeID('id'),
      state: t.expose('state', { type: enums.runState }),
      progress: t.exposeFloat('progress', { description: '0 to 1.' }),
      strategyName: t.exposeString('strategyName'),
      strategyFlag: t.string({
        description: 'The built-in by its name, or the file of the source: as on the command line.',
        resolve: ({ request }) => request.strategyFlag,
      }),
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
      sets: t.exposeFloat('sets', { description: 'With a result so far; of a walk-forward in all its windows together.' }),
      refused: t.exposeFloat('refused', { description: 'That the strategy itself does not take.' }),
      reusedFrom: t.exposeID('reusedFrom', { nullable: true, description: 'The earlier one of the same content.' }),
      error: t.exposeString('error', { nullable: true }),
      command: t.exposeString('command', { description: 'The command that does the same over a file of the bars.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    }),
  });
}

export type StudyInterface = ReturnType<typeof addStudy>;
