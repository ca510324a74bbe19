import { ageDecay, combinedWeights } from '../labels/sample-weights.ts';
import { ROWS_MIN, checkTrainingData } from '../models/training-data.ts';
import type { TrainingData } from '../models/training-data.ts';
import { rankInformationCoefficient } from '../validation/correlation.ts';
import { at } from '../rows-input.ts';
import type { DatasetRow } from './dataset-rows.ts';
import { DatasetError } from './dataset-spec.ts';
import type { DatasetSpec, WeightSpec } from './dataset-spec.ts';

/** The rows as a matrix, with their labels and weights, checked for what a model takes for granted. `columns` are those of each symbol. */
export function trainingDataOf(
  features: readonly string[],
  rows: readonly DatasetRow[],
  columns: readonly (readonly Float64Array[])[],
  { label, weights }: DatasetSpec,
): TrainingData {
  if (rows.length < ROWS_MIN) {
    throw new DatasetError(
      `Only ${rows.length} bars have all features and a label: give more bars, shorter features, or a shorter horizon.`,
    );
  }
  const values = new Float64Array(rows.length * features.length);
  for (const [row, { symbol, bar }] of rows.entries()) {
    for (const [place, column] of (columns[symbol] ?? []).entries()) values[row * features.length + place] = at(column, bar);
  }
  const data: TrainingData = {
    features,
    x: { rows: rows.length, columns: features.length, values },
    y: Float64Array.from(rows, (row) => row.label),
    weights: weights === undefined ? undefined : weightsOf(rows, weights),
  };
  const classes = label.kind !== 'fixed-horizon' || label.target === 'direction';
  checkTrainingData('dataset', data, classes ? 'classes' : 'values');
  return data;
}

function weightsOf(rows: readonly DatasetRow[], { uniqueness = false, returns = false, oldest }: WeightSpec): Float64Array {
  const unique = Float64Array.from(rows, (row) => row.uniqueness);
  return combinedWeights(rows.length, [
    ...(uniqueness ? [unique] : []),
    ...(returns ? [Float64Array.from(rows, (row) => row.attribution)] : []),
    ...(oldest === undefined ? [] : [ageDecay(unique, oldest)]),
  ]);
}

/** A feature that orders rows so well by what it shall predict is made of it. */
const AGREEMENT_MAX = 0.999;

/** Throws a {@link DatasetError} that names a feature which is the label, or the return until the label's end, by another name. */
export function checkNoLeak({ features, x, y }: TrainingData, rows: readonly DatasetRow[]): void {
  const gained = Float64Array.from(rows, (row) => row.gained);
  for (const [column, name] of features.entries()) {
    const values = Float64Array.from({ length: x.rows }, (_, row) => at(x.values, row * x.columns + column));
    for (const [what, future] of [['label', y] as const, ['return to the label’s end', gained] as const]) {
      const agreement = Math.abs(rankInformationCoefficient(values, future) ?? 0);
      if (agreement <= AGREEMENT_MAX) continue;
      throw new DatasetError(
        `The feature ${name} leaks: its rank correlation with the ${what} is ${agreement.toFixed(4)}, as only the future has it. Leave it out, or give what was known at each bar's close.`,
      );
    }
  }
}
