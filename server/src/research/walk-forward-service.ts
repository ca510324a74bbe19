import type { WalkForwardResult } from '@tidemark/compute/optimisation';
import { studyBeside, walkForwardResult } from './service.ts';
import type { RecordedSweep, RecordedWalkForward } from './study-record.ts';
import { openStudyService } from './study-service.ts';
import type { Studies, StudyService, StudyServiceOptions } from './study-service.ts';
import { walkForwardSteps } from './walk-forward-steps-service.ts';

/** What the API needs of walk-forwards. */
export interface WalkForwards extends Studies<'walk-forward'> {
  /** Its windows and its joined curve, once it is done. */
  resultOf(walk: Pick<RecordedWalkForward, 'id' | 'reusedFrom'>): Promise<WalkForwardResult | undefined>;
  /** The newest sweep of the same search over the same bars. */
  sweepOf(walk: RecordedWalkForward): Promise<RecordedSweep | undefined>;
}

export type WalkForwardService = WalkForwards & StudyService<'walk-forward'>;

/** Walk-forwards as jobs, a window a part. */
export function openWalkForwardService(options: StudyServiceOptions): WalkForwardService {
  const { db } = options;
  return {
    ...openStudyService(walkForwardSteps, options),
    resultOf: (walk) => walkForwardResult(db, walk),
    sweepOf: (walk) => studyBeside(db, 'sweep', walk),
  };
}
