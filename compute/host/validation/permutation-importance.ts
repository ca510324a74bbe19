import { momentsOf } from '../moments.ts';
import { rowsOf } from '../models/training-data.ts';
import type { TrainingData } from '../models/training-data.ts';
import { checkNumber } from '../statistics-input.ts';
import type { Learner } from './cross-validation.ts';
import { at } from '../rows-input.ts';
import { shuffledPlaces } from './shuffle.ts';
import type { Split } from './spans.ts';

/** How good predictions are; more is better. */
export type Score = (labels: Float64Array, predictions: Float64Array, weights?: Float64Array) => number;

export interface FeatureImportance {
  readonly feature: string;
  /** How much the score falls when the feature's values are put in another order: mean and deviation (over n − 1) over the splits. */
  readonly mean: number;
  readonly deviation: number;
}

export interface ImportanceOptions {
  readonly seed: number;
  /** Orders that are tried in each split. */
  readonly repeats?: number;
}

/**
 * Permutation importance on unseen rows (Breiman, 2001; López de Prado, 2018, chapter 8, "mean decrease accuracy"): what the model loses when it no longer knows a
 * feature. Features that say the same share their importance: each can look useless. Splits must be purged, or memory counts as importance.
 */
export function permutationImportance(
  data: TrainingData,
  splits: readonly Split[],
  learn: Learner,
  score: Score,
  { seed, repeats = 5 }: ImportanceOptions,
): readonly FeatureImportance[] {
  const what = 'permutationImportance';
  checkNumber(what, 'repeats', repeats, { min: 1, max: 1000, whole: true });
  checkNumber(what, 'seed', seed, { min: 0, max: 2 ** 32 - 1, whole: true });
  if (splits.length < 2)
    throw new RangeError(`${what}: ${splits.length} splits say nothing of how sure an importance is: give at least 2.`);
  const losses = splits.map((split, fold) => {
    const test = rowsOf(data, split.test);
    const predicts = learn(rowsOf(data, split.train));
    const whole = score(test.y, predicts(test), test.weights);
    return data.features.map((_, column) => {
      let sum = 0;
      for (let repeat = 0; repeat < repeats; repeat += 1) {
        const draw = (fold * data.features.length + column) * repeats + repeat;
        const values = withShuffledColumn(test, column, shuffledPlaces(test.x.rows, seed, draw));
        sum += whole - score(test.y, predicts({ features: data.features, x: { ...test.x, values } }), test.weights);
      }
      return sum / repeats;
    });
  });
  return data.features.map((feature, column) => ({ feature, ...momentsOf(losses.map((each) => at(each, column))) }));
}

function withShuffledColumn({ x }: TrainingData, column: number, places: Uint32Array): Float64Array {
  const values = x.values.slice();
  for (const [row, place] of places.entries()) values[row * x.columns + column] = at(x.values, place * x.columns + column);
  return values;
}
