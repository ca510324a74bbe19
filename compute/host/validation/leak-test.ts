import { momentsOf } from '../moments.ts';
import { hasBothClasses, rowsOf } from '../models/training-data.ts';
import type { TrainingData } from '../models/training-data.ts';
import { checkNumber } from '../statistics-input.ts';
import type { Learner } from './cross-validation.ts';
import { at } from '../rows-input.ts';
import { rocAuc } from './ranking.ts';
import { shuffledPlaces } from './shuffle.ts';
import type { Split } from './spans.ts';

/**
 * All that is done between data and predictions: choosing features, scaling, training, tuning. It gets everything, as a person at a desk does, and gives the
 * probabilities of the split's test rows.
 */
export type Pipeline = (data: TrainingData, split: Split) => Float64Array;

/** One that can only look at the rows to learn from, and the features of the others. */
export const pipelineOf =
  (learn: Learner): Pipeline =>
  (data, split) =>
    learn(rowsOf(data, split.train))(rowsOf(data, split.test));

export interface LeakTest {
  /** Mean ROC AUC of the splits, of each shuffle that leaves one of them rows of both classes. */
  readonly aucs: readonly number[];
  readonly mean: number;
  /** The highest mean that chance explains: one half and four standard errors. */
  readonly bound: number;
  /** The pipeline predicts labels that nothing predicts: it has seen them. */
  readonly leaks: boolean;
}

const ROUNDS_MIN = 5;
const ERRORS_MAX = 4;
/** Below it an AUC is of no use to anybody, whatever its standard error. */
const MARGIN_MIN = 0.002;

/**
 * Gives the pipeline labels in a random order, which no feature can know: what it still predicts, it has from looking at the test. An honest one is called a leak
 * where Student's t of one degree less than the rounds lies above 4: in one of 2,600 tests of 20 rounds, of 125 tests of 5. Splits where the shuffle leaves too few
 * rows of a class to learn from, or a test of one class, are left out. Test rows count alike here, whatever their weight: only then is the mean of a shuffle one
 * half. It does not see leaks through time: features that know the future, or labels that overlap (purge them).
 */
export function leakTest(
  data: TrainingData,
  splits: readonly Split[],
  pipeline: Pipeline,
  { seed, rounds = 20 }: { readonly seed: number; readonly rounds?: number },
): LeakTest {
  checkNumber('leakTest', 'rounds', rounds, { min: ROUNDS_MIN, max: 10_000, whole: true });
  checkNumber('leakTest', 'seed', seed, { min: 0, max: 2 ** 32 - 1, whole: true });
  const aucs = Array.from({ length: rounds }, (_, round) => round).flatMap((round) => {
    const places = shuffledPlaces(data.x.rows, seed, round);
    const shuffled = { ...data, y: Float64Array.from(places, (place) => at(data.y, place)) };
    const usable = splits.filter(({ train }) => hasBothClasses(rowsOf(shuffled, train)));
    const ofSplits = usable.flatMap((split) => rocAuc(rowsOf(shuffled, split.test).y, pipeline(shuffled, split)) ?? []);
    return ofSplits.length === 0 ? [] : ofSplits.reduce((sum, auc) => sum + auc, 0) / ofSplits.length;
  });
  if (aucs.length < ROUNDS_MIN) {
    throw new RangeError(
      `leakTest: in ${aucs.length} of ${rounds} rounds a split has rows of both classes to learn from and to test, and ${ROUNDS_MIN} must: give more rows, or fewer splits.`,
    );
  }
  const { mean, deviation } = momentsOf(aucs);
  const bound = 0.5 + Math.max(MARGIN_MIN, (ERRORS_MAX * deviation) / Math.sqrt(aucs.length));
  return { aucs, mean, bound, leaks: mean > bound };
}
