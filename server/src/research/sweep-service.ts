import type { GridSet, ParameterAxis } from '@tidemark/compute';
import { partsOf, studyBeside, studyById } from './service.ts';
import type { RecordedSweep, RecordedWalkForward } from './study-record.ts';
import { openStudyService } from './study-service.ts';
import type { Studies, StudyService, StudyServiceOptions } from './study-service.ts';
import { openSurface } from './surface.ts';
import type { Surface } from './surface.ts';
import { sweepSteps } from './sweep-steps-service.ts';
import { setsAPart, setsOf } from './sweep.ts';
import { openTrialTable } from './trial-table.ts';
import type { TrialTable } from './trial-table.ts';

/** What the API needs of sweeps. */
export interface Sweeps extends Studies<'sweep'> {
  /** The best of each place of two parameters, of what is done so far. */
  surface(id: string, x: string, y: string): Promise<Surface>;
  /** Its sets with what came of each, of what is done so far; `undefined` before it has begun. */
  trials(id: string): Promise<TrialTable | undefined>;
  /** The newest walk-forward of the same search over the same bars. */
  walkForwardOf(sweep: RecordedSweep): Promise<RecordedWalkForward | undefined>;
}

export type SweepService = Sweeps & StudyService<'sweep'>;

interface Collector {
  add(sets: Iterable<GridSet>, figures: Float64Array): void;
}

/** Gives a collector each part that is done, in their order; `undefined` where the sweep has not begun. */
async function collected<C extends Collector>(
  db: StudyServiceOptions['db'],
  id: string,
  open: (axes: readonly ParameterAxis[], sweep: RecordedSweep) => C,
): Promise<C | undefined> {
  const sweep = await studyById(db, 'sweep', id);
  if (sweep?.size === undefined || sweep.bars === undefined) return undefined;
  const { space, parameters, options, symbols } = sweep.request;
  const sets = setsOf(space, parameters, options.seed);
  const length = setsAPart(sweep.size, sweep.bars * symbols.length);
  const collector = open(sets.axes, sweep);
  for await (const { part, figures } of partsOf(db, sweep.reusedFrom ?? id)) {
    collector.add(sets.part(part * length, (part + 1) * length), new Float64Array(figures.buffer));
  }
  return collector;
}

const surfaceOf = async (db: StudyServiceOptions['db'], id: string, x: string, y: string): Promise<Surface> =>
  (await collected(db, id, (axes) => openSurface(axes, x, y)))?.cells() ?? [];

const trialsOf = async (db: StudyServiceOptions['db'], id: string): Promise<TrialTable | undefined> =>
  (
    await collected(db, id, (axes, { sets, state, request: { space } }) =>
      openTrialTable({ axes, all: sets, method: space.method, isDone: state === 'done' }),
    )
  )?.table();

/** Sweeps as jobs, in parts that any worker takes. */
export function openSweepService(options: StudyServiceOptions): SweepService {
  const { db } = options;
  return {
    ...openStudyService(sweepSteps, options),
    surface: (id, x, y) => surfaceOf(db, id, x, y),
    trials: (id) => trialsOf(db, id),
    walkForwardOf: (sweep) => studyBeside(db, 'walk-forward', sweep),
  };
}
