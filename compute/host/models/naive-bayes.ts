import { checkNumber } from '../statistics-input.ts';
import type { Matrix } from '../statistics-matrix.ts';
import { at } from '../rows-input.ts';
import type { NaiveBayesModel, NormalClass } from './model.ts';
import { standardisationOf, standardised } from './standardisation.ts';
import { checkTrainingData } from './training-data.ts';
import type { TrainingData } from './training-data.ts';

export interface NaiveBayesParameters {
  /** What is added to each variance, in parts of the largest variance of a feature. */
  readonly smoothing?: number;
}

const SMOOTHING = { min: 1e-12, max: 1 };

/**
 * Gaussian naive Bayes: within each class the features are normal and know nothing of each other. Because they do, its probabilities lie too near to 0 and 1:
 * calibrate them.
 */
export function trainNaiveBayes(data: TrainingData, { smoothing = 1e-9 }: NaiveBayesParameters = {}): NaiveBayesModel {
  const what = 'naive-bayes';
  checkNumber(what, 'smoothing', smoothing, SMOOTHING);
  const weights = checkTrainingData(what, data, 'classes');
  const standardisation = standardisationOf(data.x, weights);
  const x = standardised(data.x, standardisation);
  // Of standardised features the largest variance is 1.
  const classOf = (label: number): NormalClass =>
    normalClass(
      x,
      weights.map((weight, row) => (at(data.y, row) === label ? weight : 0)),
      weights,
      smoothing,
    );
  return {
    kind: 'naive-bayes',
    features: data.features,
    parameters: { smoothing },
    rows: x.rows,
    standardisation,
    classes: [classOf(0), classOf(1)],
    calibration: null,
  };
}

function normalClass(x: Matrix, own: Float64Array, all: Float64Array, smoothing: number): NormalClass {
  const { means, deviations } = standardisationOf(x, own);
  const variances = deviations.map((deviation) => deviation * deviation + smoothing);
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  return {
    logPrior: Math.log(sum(own) / sum(all)),
    means,
    variances,
    logScale: -variances.reduce((total, variance) => total + Math.log(variance), 0) / 2,
  };
}
