import { TrainingError, checkFeatureRows } from './training-data.ts';
import type { FeatureRows } from './training-data.ts';
import { at, checkLength } from '../rows-input.ts';
import { VALUE_MAX, firstUnfit } from '../statistics-matrix.ts';
import { calibrated } from './calibration.ts';
import type { Calibration } from './calibration.ts';
import { sigmoid } from './sigmoid.ts';
import { standardise } from './standardisation.ts';
import type { Standardisation } from './standardisation.ts';

export type LinearKind = 'logistic' | 'least-squares' | 'ridge' | 'lasso' | 'elastic-net';

interface Trained {
  /** In the order in which a row gives them. */
  readonly features: readonly string[];
  /** What it was trained with, by name. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Rows that it was trained on. */
  readonly rows: number;
  /** What the features were brought to mean 0 and deviation 1 by. */
  readonly standardisation: Standardisation;
}

/** score = intercept + Σ coefficient · standardised feature. Logistic regression's score is the logarithm of the odds; the others' is the value. */
export interface LinearModel extends Trained {
  readonly kind: LinearKind;
  readonly coefficients: readonly number[];
  readonly intercept: number;
  /** Of the scores of a logistic regression. */
  readonly calibration: Calibration | null;
}

/** A class as naive Bayes sees it: each standardised feature normal, and independent of the others. */
export interface NormalClass {
  /** Logarithm of its share of the weight. */
  readonly logPrior: number;
  readonly means: readonly number[];
  readonly variances: readonly number[];
  /** −½ Σ ln variance. */
  readonly logScale: number;
}

/** score = the logarithm of the odds of class 1 against class 0. */
export interface NaiveBayesModel extends Trained {
  readonly kind: 'naive-bayes';
  readonly classes: readonly [NormalClass, NormalClass];
  readonly calibration: Calibration | null;
}

export type Model = LinearModel | NaiveBayesModel;
export type ModelKind = Model['kind'];

/** Whether predictions are probabilities of class 1. */
const isClassifier = ({ kind }: Model): boolean => kind === 'logistic' || kind === 'naive-bayes';

/** Probabilities of class 1, or values, one a row. Throws a {@link TrainingError} where the features are not those of the model. */
export function predict(model: Model, rows: FeatureRows): Float64Array {
  return scores(model, rows).map((score) => predictionOf(model, score));
}

/** The prediction of one row, its features in the order of the model. */
export function predictRow(model: Model, row: Float64Array): number {
  checkLength(model.kind, 'row', row, model.features.length);
  const unfit = firstUnfit(row);
  if (unfit >= 0) {
    const name = model.features[unfit] ?? '';
    throw new TrainingError(
      `${model.kind}: the feature ${name} is ${row[unfit]}: without a number of at most ${VALUE_MAX} there is no prediction.`,
    );
  }
  return predictionOf(model, scoreOf(model, row, 0));
}

/** Before the sigmoid or the calibration: what calibrations are fitted to. */
export function scores(model: Model, rows: FeatureRows): Float64Array {
  checkFeatureRows(model.kind, rows);
  checkSameFeatures(model, rows.features);
  const { rows: count, columns, values } = rows.x;
  return Float64Array.from({ length: count }, (_, row) => scoreOf(model, values, row * columns));
}

function checkSameFeatures(model: Model, features: readonly string[]): void {
  const odd = model.features.findIndex((name, index) => features[index] !== name);
  if (odd < 0 && features.length === model.features.length) return;
  const place = odd < 0 ? model.features.length : odd;
  throw new TrainingError(
    `${model.kind}: feature ${place} is ${features[place] ?? 'missing'}, but the model was trained with ${model.features.join(', ')}: give these, in this order.`,
  );
}

function predictionOf(model: Model, score: number): number {
  if (!isClassifier(model)) return score;
  return model.calibration === null ? sigmoid(score) : calibrated(model.calibration, score);
}

function scoreOf(model: Model, values: Float64Array, start: number): number {
  if (model.kind !== 'naive-bayes') return linearScore(model, values, start);
  const [zero, one] = model.classes;
  return logDensity(one, model.standardisation, values, start) - logDensity(zero, model.standardisation, values, start);
}

function linearScore({ coefficients, intercept, standardisation }: LinearModel, values: Float64Array, start: number): number {
  let sum = intercept;
  for (const [column, coefficient] of coefficients.entries()) {
    sum += coefficient * standardise(at(values, start + column), standardisation, column);
  }
  return sum;
}

/** Up to a constant that both classes share. */
function logDensity(side: NormalClass, standardisation: Standardisation, values: Float64Array, start: number): number {
  let sum = 0;
  for (const [column, mean] of side.means.entries()) {
    const distance = standardise(at(values, start + column), standardisation, column) - mean;
    sum += (distance * distance) / at(side.variances, column);
  }
  return side.logPrior + side.logScale - sum / 2;
}
