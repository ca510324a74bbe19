import { weightedMean } from '../moments.ts';
import type { Figure } from '../statistics-input.ts';
import type { ColumnReference, NamedColumn } from './column.ts';
import { columnDrift, meanEntropy, type ColumnDrift } from './measures.ts';

/** A model's drift in one figure a measure: of the prediction, or the mean over its features, whichever is larger. */
export interface DriftFigures {
  readonly psi: number;
  readonly kl: number;
  readonly ks: number;
  readonly meanShift: Figure;
  /** How far the mean entropy of its predictions has moved, in bits; `null` of a model that predicts values. */
  readonly entropyShift: Figure;
}

export interface WindowRows {
  readonly features: readonly NamedColumn[];
  readonly predictions: Float64Array;
}

/** What a window is measured against. */
export interface Spread {
  readonly features: readonly ColumnReference[];
  readonly prediction: ColumnReference;
  /** Mean entropy of the predictions; `null` of a model that predicts values. */
  readonly entropy: Figure;
}

export interface WindowDrift {
  readonly figures: DriftFigures;
  readonly features: readonly ColumnDrift[];
  readonly prediction: ColumnDrift;
}

export const PREDICTION = 'prediction';

/** Throws a RangeError where the columns are not those of the reference, in their order. */
export function windowDrift(spread: Spread, { features: columns, predictions }: WindowRows): WindowDrift {
  if (columns.length !== spread.features.length)
    throw new RangeError(`The window has ${columns.length} features and the reference ${spread.features.length}: give those of the model.`);
  const features = spread.features.map((reference, place) =>
    columnDrift(reference, columns[place] ?? { name: 'nothing', values: new Float64Array() }),
  );
  const prediction = columnDrift(spread.prediction, { name: PREDICTION, values: predictions });
  const entropy = meanEntropy(predictions);
  const entropyShift = spread.entropy === null || entropy === null ? null : Math.abs(entropy - spread.entropy);
  return { figures: { ...figuresOf(features, prediction), entropyShift }, features, prediction };
}

function figuresOf(features: readonly ColumnDrift[], prediction: ColumnDrift): Omit<DriftFigures, 'entropyShift'> {
  const larger = (of: (column: ColumnDrift) => Figure): Figure => {
    const known = features.map(of).filter((value) => value !== null);
    const mean = known.length === 0 ? null : weightedMean(Float64Array.from(known), new Float64Array(known.length).fill(1));
    const own = of(prediction);
    return mean === null || own === null ? (mean ?? own) : Math.max(mean, own);
  };
  return {
    psi: larger(({ psi }) => psi) ?? 0,
    kl: larger(({ kl }) => kl) ?? 0,
    ks: larger(({ ks }) => ks) ?? 0,
    meanShift: larger(({ meanShift }) => meanShift),
  };
}
