import { ageDecay, combinedWeights } from '../labels/sample-weights.ts';
import { ROWS_MIN, checkTrainingData } from '../models/training-data.ts';
import type { TrainingData } from '../models/training-data.ts';
import { averageRanks, informationCoefficient } from '../validation/correlation.ts';
import { at } from '../rows-input.ts';
import type { DatasetRow } from './dataset-rows.ts';
import { DatasetError } from './dataset-spec.ts';
import type { LabelSpec, WeightSpec } from './dataset-spec.ts';

/** What is learnt from: rows in the order of time, and their weights where they do not count alike. */
export interface Weighed {
  readonly rows: readonly DatasetRow[];
  readonly weights: Float64Array | undefined;
  /** Rows left out because they count nothing. */
  readonly weightless: number;
}

/** The rows that count, their weights 1 on average. */
export function weighed(rows: readonly DatasetRow[], spec: WeightSpec | undefined): Weighed {
  if (spec === undefined || rows.length === 0) return { rows, weights: undefined, weightless: 0 };
  const weights = weightsOf(rows, spec);
  const counts = (_: unknown, row: number): boolean => at(weights, row) > 0;
  const kept = rows.filter(counts);
  return { rows: kept, weights: combinedWeights(kept.length, [weights.filter(counts)]), weightless: rows.length - kept.length };
}

/** The rows as a matrix, with their labels and weights, checked for what a model takes for granted. `columns` are those of each symbol. */
export function trainingDataOf(
  features: readonly string[],
  { rows, weights }: Weighed,
  columns: readonly (readonly Float64Array[])[],
  label: LabelSpec,
): TrainingData {
  if (rows.length < ROWS_MIN) {
    throw new DatasetError(
      `Only ${rows.length} bars have all features, a label and a weight above 0: give more bars, shorter features, or a shorter horizon.`,
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
    weights,
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

/**
 * Throws a {@link DatasetError} that names a feature which is the label, or the return until the label's end, by another name: that of the side which is taken, or
 * that of the price.
 */
export function checkNoLeak({ features, x, y }: TrainingData, rows: readonly DatasetRow[]): void {
  const alike = new Float64Array(rows.length).fill(1);
  const ranked = (values: Float64Array): Float64Array => averageRanks(values, alike);
  const futures = [
    { what: 'label', ranks: ranked(y) },
    { what: 'return to the label’s end', ranks: ranked(Float64Array.from(rows, ({ gained }) => gained)) },
    { what: 'move of the price to the label’s end', ranks: ranked(Float64Array.from(rows, ({ moved }) => moved)) },
  ];
  for (const [column, name] of features.entries()) {
    const ranks = ranked(Float64Array.from(rows, (_, row) => at(x.values, row * x.columns + column)));
    for (const future of futures) {
      const agreement = Math.abs(informationCoefficient(ranks, future.ranks) ?? 0);
      if (agreement <= AGREEMENT_MAX) continue;
      throw new DatasetError(
        `The feature ${name} leaks: its rank correlation with the ${future.what} is ${agreement.toFixed(4)}, as only the future has it. Leave it out, or give what was known at each bar's close.`,
      );
    }
  }
}
