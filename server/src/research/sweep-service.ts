import { partsOf, studyBeside, studyById } from './service.ts';
import type { RecordedSweep, RecordedWalkForward } from './study-record.ts';
import { openStudyService } from './study-service.ts';
import type { Studies, StudyService, StudyServiceOptions } from './study-service.ts';
import { openSurface } from './surface.ts';
import type { Surface } from './surface.ts';
import { sweepSteps } from './sweep-steps-service.ts';
import { setsAPart, setsOf } from './sweep.ts';

/** What the API needs of sweeps. */
export interface Sweeps extends Studies<'sweep'> {
  /** The best of each place of two parameters, of what is done so far. */
  surface(id: string, x: string, y: string): Promise<Surface>;
  /** The newest walk-forward of the same search over the same bars. */
  walkForwardOf(sweep: RecordedSweep): Promise<RecordedWalkForward | undefined>;
}

export type SweepService = Sweeps & StudyService<'sweep'>;

async function surfaceOf(db: StudyServiceOptions['db'], id: string, x: string, y: string): Promise<Surface> {
  const sweep = await studyById(db, 'sweep', id);
  if (sweep?.size === undefined || sweep.bars === undefined) return [];
  const { space, parameters, options, symbols } = sweep.request;
  const sets = setsOf(space, parameters, options.seed);
  const length = setsAPart(sweep.size, sweep.bars * symbols.length);
  const surface = openSurface(sets.axes, x, y);
  for await (const { part, figures } of partsOf(db, sweep.reusedFrom ?? id)) {
    surface.add(sets.part(part * length, (part + 1) * length), new Float64Array(figures.buffer));
  }
  return surface.cells();
}

/** Sweeps as jobs, in parts that any worker takes. */
export function openSweepService(options: StudyServiceOptions): SweepService {
  const { db } = options;
  return {
    ...openStudyService(sweepSteps, options),
    surface: (id, x, y) => surfaceOf(db, id, x, y),
    walkForwardOf: (sweep) => studyBeside(db, 'walk-forward', sweep),
  };
}
