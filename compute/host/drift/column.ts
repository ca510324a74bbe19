import { momentsOf } from '../moments.ts';
import { at } from '../rows-input.ts';
import { figureOf, type Figure } from '../statistics-input.ts';

/** Values of one feature, or of the prediction, a row each. What is not finite is missing. */
export interface NamedColumn {
  readonly name: string;
  readonly values: Float64Array;
}

/** How the values of a column were spread over the rows of a training. Plain JSON. */
export interface ColumnReference {
  readonly name: string;
  /** Ascending; bin i holds what is above cut i − 1 and at most cut i. */
  readonly cuts: readonly number[];
  /** Of all rows, in each bin: one more than there are cuts. With `missing` they sum to 1. */
  readonly shares: readonly number[];
  readonly missing: number;
  /** Of the values that are there, the deviation over n − 1; `null` where there are too few. */
  readonly mean: Figure;
  readonly deviation: Figure;
}

/** Bins of as many values, fewer where values tie. */
const BINS = 10;

export const isPresent = (value: number): boolean => Number.isFinite(value);

/** Those that are there, ascending, with one zero as JSON has it: sums over them round alike in whatever order rows come. */
export const presentOf = (values: Float64Array): Float64Array =>
  values
    .filter(isPresent)
    .map((value) => value + 0)
    .toSorted();

/** The bins of a column with their shares, mean and deviation. Throws a RangeError for a column without rows. */
export function columnReference({ name, values }: NamedColumn): ColumnReference {
  if (values.length === 0) throw new RangeError(`The reference of ${name} has no rows: give those that the model was trained on.`);
  const present = presentOf(values);
  const cuts = cutsOf(present);
  const { mean, deviation } = momentsOf([...present]);
  return { name, cuts, ...sharesOf(cuts, values), mean: figureOf(mean), deviation: figureOf(deviation) };
}

function cutsOf(sorted: Float64Array): readonly number[] {
  const [least, largest] = [sorted[0], sorted.at(-1)];
  if (least === undefined || largest === undefined) return [];
  // Of a constant, what lies below it and what lies above it have a bin each.
  if (least === largest) return [justBelow(least), least];
  const places = Array.from({ length: BINS - 1 }, (_, bin) => Math.ceil(((bin + 1) * sorted.length) / BINS) - 1);
  return [...new Set(places.map((place) => at(sorted, place)))].filter((cut) => cut < largest);
}

const justBelow = (value: number): number => value - Math.max(Math.abs(value) * Number.EPSILON, Number.MIN_VALUE);

/** The share of all rows in each bin, and of those without a value. */
export function sharesOf(cuts: readonly number[], values: Float64Array): Pick<ColumnReference, 'shares' | 'missing'> {
  const counts = Array.from({ length: cuts.length + 1 }, () => 0);
  let missing = 0;
  for (const value of values) {
    const bin = binOf(cuts, value);
    if (isPresent(value)) counts[bin] = at(counts, bin) + 1;
    else missing += 1;
  }
  return { shares: counts.map((count) => count / values.length), missing: missing / values.length };
}

function binOf(cuts: readonly number[], value: number): number {
  const bin = cuts.findIndex((cut) => value <= cut);
  return bin < 0 ? cuts.length : bin;
}
