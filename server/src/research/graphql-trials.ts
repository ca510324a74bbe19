import type { Builder } from '../graphql/builder.ts';
import { badInput } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import type { StudyPace } from './pace.ts';
import { TRIALS_MAX } from './trial-table.ts';
import type { TrialColumn, TrialTable } from './trial-table.ts';

export type { StudyPace, TrialColumn, TrialTable };

function addTrialTypes(builder: Builder): void {
  builder.objectType('TrialColumn', {
    description: 'The values of one parameter, one a trial.',
    fields: (t) => ({ name: t.exposeString('name'), values: t.stringList({ resolve: ({ values }) => [...values] }) }),
  });
  builder.objectType('TrialTable', {
    description: 'The sets of a sweep with what came of each, in columns: one place in each is one set, in the order of the grid.',
    fields: (t) => ({
      all: t.exposeInt('all', { description: 'How many sets have a result.' }),
      step: t.exposeInt('step', { description: `1 where all are here; of more than ${TRIALS_MAX}, each of so many is, and the best.` }),
      parameters: t.field({ type: ['TrialColumn'], resolve: ({ parameters }) => [...parameters] }),
      sharpe: t.field({
        type: ['Float'],
        nullable: { list: false, items: true },
        description: 'A year; null where nothing was ever held.',
        resolve: ({ sharpe }) => [...sharpe],
      }),
      totalReturn: t.field({ type: ['Float'], resolve: ({ totalReturn }) => [...totalReturn] }),
      maxDrawdown: t.field({ type: ['Float'], description: 'As fractions, 0 or below.', resolve: ({ maxDrawdown }) => [...maxDrawdown] }),
      trades: t.field({ type: ['Int'], description: 'Round trips of each.', resolve: ({ trades }) => [...trades] }),
      best: t.exposeInt('best', { nullable: true, description: 'Place of the highest Sharpe ratio, the first of equals.' }),
      plateau: t.int({
        nullable: true,
        description: 'Place of the set whose neighbourhood, one step of the grid around it, has the highest median Sharpe ratio.',
        resolve: ({ plateau }) => (typeof plateau === 'number' ? plateau : null),
      }),
      plateauReason: t.string({
        nullable: true,
        description: 'Why there is none.',
        resolve: ({ plateau }) => (typeof plateau === 'number' ? null : plateau.reason),
      }),
    }),
  });
}

function addPace(builder: Builder): void {
  builder.objectType('StudyPace', {
    description: 'How quickly sweeps or walk-forwards were done on this server, from being asked for to their end.',
    fields: (t) => ({
      barsPerSecond: t.exposeFloat('barsPerSecond', { description: 'Bars that sets decide on, a second.' }),
      secondsMin: t.exposeFloat('secondsMin', { description: 'None was done in less.' }),
      barsMax: t.exposeFloat('barsMax', { description: 'The most that one of them had to decide.' }),
      studies: t.exposeInt('studies', { description: 'How many were measured.' }),
      isOfStrategy: t.exposeBoolean('isOfStrategy', { description: 'They are of the strategy that was asked about; else of others.' }),
    }),
  });
}

async function paceOf(kind: string, version: string | null | undefined, { sweeps, walkForwards }: Context): Promise<StudyPace | null> {
  if (kind !== 'sweep' && kind !== 'walk-forward') throw badInput(`kind must be sweep or walk-forward, got ${kind}`);
  return (await (kind === 'sweep' ? sweeps : walkForwards).pace(version ?? undefined)) ?? null;
}

/** What only a page on research asks: every trial of a sweep, and how long another would take. */
export function addTrials(builder: Builder): void {
  addTrialTypes(builder);
  addPace(builder);
  builder.objectFields('Sweep', (t) => ({
    trialTable: t.field({
      type: 'TrialTable',
      nullable: true,
      description: 'Its sets with what came of each, of what is done so far; null before it has begun.',
      resolve: async ({ id }, _args, { sweeps }) => (await sweeps.trials(id)) ?? null,
    }),
  }));
  builder.queryFields((t) => ({
    studyPace: t.field({
      type: 'StudyPace',
      nullable: true,
      description: 'How quickly the newest studies of a kind were done here; null where none was.',
      args: {
        kind: t.arg.string({ required: true, description: 'sweep or walk-forward.' }),
        version: t.arg.string({ description: 'Of the strategy: those of the same version come before all others.' }),
      },
      resolve: (_root, { kind, version }, context) => paceOf(kind, version, context),
    }),
  }));
}
