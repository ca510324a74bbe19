import type { Builder } from '../graphql/builder.ts';
import { pageRequest } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import { findingsOf } from './findings.ts';
import { axesOf } from './graphql-study.ts';
import type { StudyInterface, StudySelection } from './graphql-study.ts';
import type { RankedSet, RecordedSweep } from './study-record.ts';
import { CELLS_MAX } from './surface.ts';
import { addTrials } from './graphql-trials.ts';
import type { SurfaceCell } from './surface.ts';

export type Sweep = RecordedSweep;

/** Cells of two different axes; nothing where there would be too many to draw. */
async function surface(sweep: Sweep, x: string, y: string, { sweeps }: Context): Promise<readonly SurfaceCell[]> {
  const axes = axesOf(sweep);
  const counts = [x, y].map((name) => axes.find((axis) => axis.name === name)?.count);
  const [across, down] = counts;
  if (x === y || typeof across !== 'number' || typeof down !== 'number' || across * down > CELLS_MAX) return [];
  return await sweeps.surface(sweep.id, x, y);
}

const best = ({ summary }: Sweep, first: number): RankedSet[] => [...(summary?.best ?? [])].slice(0, first);

function selection(sweep: Sweep, { sweeps }: Context): StudySelection | null {
  const { summary } = sweep;
  if (summary === undefined || summary.selection === null) return null;
  const findings = async () => findingsOf(sweep, await sweeps.walkForwardOf(sweep));
  return { ...summary.selection, sharpe: summary.best[0]?.sharpe ?? null, findings };
}

function addSweepType(builder: Builder, study: StudyInterface): void {
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
  builder.objectType('Sweep', {
    description: 'A strategy with many sets of parameters, all over the same bars.',
    interfaces: ['Node', study],
    fields: (t) => ({
      id: t.exposeID('id'),
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
      selection: t.field({ type: 'SweepSelection', nullable: true, resolve: (sweep, _args, context) => selection(sweep, context) }),
    }),
  });
}

export function addResearch(builder: Builder, study: StudyInterface): void {
  addSweepType(builder, study);
  addTrials(builder);
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
