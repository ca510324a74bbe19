import { columnReference, type NamedColumn } from './column.ts';
import { meanEntropy } from './measures.ts';
import { PREDICTION, windowDrift, type DriftFigures, type Spread, type WindowRows } from './model-drift.ts';

/** Rows of a window, over all symbols: chance alone moves ten bins of a hundred rows by a PSI of about 0.1. */
export const DRIFT_WINDOW_ROWS = 100;

/** What a model's rows in production are measured against: the rows of its training. Plain JSON. */
export interface DriftReference extends Spread {
  readonly version: 1;
  /** What it predicts: probabilities of class 1, or values. */
  readonly task: 'classes' | 'values';
  readonly rows: number;
  /** Rows of a window. */
  readonly window: number;
  /**
   * The most by which windows of as many rows of the training, one after the other, differ from all of it. Features move slowly, and a few months are never spread as ten
   * years are: what is within this is no drift.
   */
  readonly usual: DriftFigures;
  /** Of rows that the folds had not seen: log-loss of a classifier, root of the mean squared error of values. `null` where nobody measured it. */
  readonly error: number | null;
}

export interface ReferenceOptions {
  readonly task: DriftReference['task'];
  readonly error?: number | null;
  readonly window?: number;
}

const NONE: DriftFigures = { psi: 0, kl: 0, ks: 0, meanShift: 0, entropyShift: 0 };

/** Of features and predictions over the rows of a training, in the order of time. Throws a RangeError without rows. */
export function driftReference(
  features: readonly NamedColumn[],
  predictions: Float64Array,
  { task, error = null, window = DRIFT_WINDOW_ROWS }: ReferenceOptions,
): DriftReference {
  const spread: Spread = {
    features: features.map(columnReference),
    prediction: columnReference({ name: PREDICTION, values: predictions }),
    entropy: task === 'classes' ? meanEntropy(predictions) : null,
  };
  const usual = windowsOf({ features, predictions }, window)
    .map((rows) => windowDrift(spread, rows).figures)
    .reduce(largerOf, NONE);
  return { version: 1, task, ...spread, rows: predictions.length, window, usual, error };
}

/** Whole windows, each beginning in the middle of the one before. */
function windowsOf({ features, predictions }: WindowRows, window: number): readonly WindowRows[] {
  const step = Math.max(1, Math.floor(window / 2));
  const starts = Array.from({ length: Math.max(0, Math.floor((predictions.length - window) / step) + 1) }, (_, place) => place * step);
  return starts.map((from) => ({
    features: features.map(({ name, values }) => ({ name, values: values.subarray(from, from + window) })),
    predictions: predictions.subarray(from, from + window),
  }));
}

const largerOf = (a: DriftFigures, b: DriftFigures): DriftFigures => ({
  psi: Math.max(a.psi, b.psi),
  kl: Math.max(a.kl, b.kl),
  ks: Math.max(a.ks, b.ks),
  meanShift: Math.max(a.meanShift ?? 0, b.meanShift ?? 0),
  entropyShift: Math.max(a.entropyShift ?? 0, b.entropyShift ?? 0),
});
