import { VALUE_MAX, checkShape, firstUnfit } from '../statistics-matrix.ts';
import type { Matrix } from '../statistics-matrix.ts';
import { at, checkLabels, checkLength, weightsOf } from '../rows-input.ts';

/** Rows of features by name. */
export interface FeatureRows {
  /** The name of each column of `x`. */
  readonly features: readonly string[];
  /** A row an observation, a column a feature. */
  readonly x: Matrix;
}

/** What a model learns from. */
export interface TrainingData extends FeatureRows {
  /** The label of each row: 0 or 1 for a classifier, any finite number for a regression. */
  readonly y: Float64Array;
  /** How much each row counts; one each unless given. A row of weight 2 counts as two equal rows. */
  readonly weights?: Float64Array | undefined;
}

/** These rows of it, in this order. */
export function rowsOf(data: TrainingData, rows: Iterable<number> & ArrayLike<number>): TrainingData {
  const { columns, values } = data.x;
  const places = Uint32Array.from(rows);
  const chosen = new Float64Array(places.length * columns);
  for (const [place, row] of places.entries()) chosen.set(values.subarray(row * columns, (row + 1) * columns), place * columns);
  const pick = (from: Float64Array): Float64Array => Float64Array.from(places, (row) => at(from, row));
  return {
    features: data.features,
    x: { rows: places.length, columns, values: chosen },
    y: pick(data.y),
    weights: data.weights === undefined ? undefined : pick(data.weights),
  };
}

/** Data that nothing can be learnt from: says which feature, row or class, and what to do. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
}

export const ROWS_MIN = 10;
const ROWS_OF_CLASS_MIN = 2;
const FEATURES_MAX = 10_000;
/** A feature whose values differ by less, in parts of their size, is a constant with rounding. */
const SPREAD_MIN = 1e-12;
/** Squares of smaller ones would be 0: the counterpart of the largest value. */
const SIZE_MIN = 1 / VALUE_MAX;

/** Checks everything that a model takes for granted, and gives the weights. Throws a {@link TrainingError} or a RangeError. */
export function checkTrainingData(what: string, data: TrainingData, task: 'classes' | 'values'): Float64Array {
  checkFeatureRows(what, data);
  const { x, y } = data;
  checkLength(what, 'y', y, x.rows);
  if (x.rows < ROWS_MIN) {
    throw new TrainingError(`${what}: ${x.rows} rows are too few to learn from: give at least ${ROWS_MIN}.`);
  }
  const weights = trainingWeights(what, x.rows, data.weights);
  if (task === 'classes') checkClasses(what, y, weights);
  else checkValues(what, y);
  checkSpread(what, data, weights);
  return weights;
}

/** Names and shape agree, and every value is a number. */
export function checkFeatureRows(what: string, { features, x }: FeatureRows): void {
  if (x.columns !== features.length || x.columns < 1 || x.columns > FEATURES_MAX) {
    const shape = `${features.length} names for ${x.rows} rows of ${x.columns} columns`;
    throw new TrainingError(`${what}: ${shape}: give from 1 to ${FEATURES_MAX} features, and a name a column.`);
  }
  checkShape(`${what}: x`, x);
  const twice = features.find((name, index) => features.indexOf(name) !== index);
  if (twice !== undefined) throw new TrainingError(`${what}: the feature ${twice} is there twice: leave one out.`);
  const unfit = firstUnfit(x.values);
  if (unfit >= 0) throw badValue(what, { features, x }, unfit);
}

function badValue(what: string, { features, x }: FeatureRows, index: number): TrainingError {
  const column = index % x.columns;
  const name = features[column] ?? '';
  let missing = 0;
  for (let row = 0; row < x.rows; row += 1) if (Number.isNaN(at(x.values, row * x.columns + column))) missing += 1;
  if (missing === x.rows) return new TrainingError(`${what}: the feature ${name} has no value in any row: leave it out.`);
  const where = `the feature ${name} is ${at(x.values, index)} in row ${Math.floor(index / x.columns)}`;
  const others = missing > 1 ? `, and missing in ${missing} of ${x.rows} rows` : '';
  return new TrainingError(`${what}: ${where}${others}, but must be a number of at most ${VALUE_MAX}: leave out rows with gaps.`);
}

function trainingWeights(what: string, rows: number, given: Float64Array | undefined): Float64Array {
  const weights = weightsOf(what, rows, given);
  const wrong = weights.findIndex((weight) => weight > VALUE_MAX || (weight > 0 && weight < SIZE_MIN));
  if (wrong >= 0) {
    const bounds = `0, or from ${SIZE_MIN} to ${VALUE_MAX}`;
    throw new TrainingError(`${what}: weights[${wrong}] is ${weights[wrong]}, but a weight is ${bounds}: scale the weights to about 1.`);
  }
  const counting = weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
  if (counting >= ROWS_MIN) return weights;
  throw new TrainingError(`${what}: only ${counting} rows have a weight above 0: at least ${ROWS_MIN} must count.`);
}

function checkClasses(what: string, y: Float64Array, weights: Float64Array): void {
  checkLabels(what, y, 'y');
  for (const [label, count] of countingRows(y, weights).entries()) {
    if (count >= ROWS_OF_CLASS_MIN) continue;
    const found = count === 0 ? `no row is of class ${label}` : `only ${count} row is of class ${label}`;
    throw new TrainingError(
      `${what}: ${found}: at least ${ROWS_OF_CLASS_MIN} of each class must count, or there is nothing to tell apart.`,
    );
  }
}

/** Of each class, the rows with a weight above 0. */
function countingRows(y: Float64Array, weights: Float64Array | undefined): readonly [number, number] {
  const counts: [number, number] = [0, 0];
  for (const [row, label] of y.entries()) if (weights === undefined || at(weights, row) > 0) counts[label === 1 ? 1 : 0] += 1;
  return counts;
}

/** Whether there are rows enough of both classes that count for a classifier to be trained on. */
export const hasBothClasses = ({ y, weights }: TrainingData): boolean =>
  countingRows(y, weights).every((count) => count >= ROWS_OF_CLASS_MIN);

function checkValues(what: string, y: Float64Array): void {
  const wrong = firstUnfit(y);
  if (wrong >= 0) throw new TrainingError(`${what}: y[${wrong}] is ${y[wrong]}, but must be a number of at most ${VALUE_MAX}.`);
}

/** Rows without weight do not make a feature move. */
function checkSpread(what: string, { features, x }: FeatureRows, weights: Float64Array): void {
  for (const [column, name] of features.entries()) {
    let [least, largest] = [Infinity, -Infinity];
    for (let row = 0; row < x.rows; row += 1) {
      if (at(weights, row) === 0) continue;
      const value = at(x.values, row * x.columns + column);
      least = Math.min(least, value);
      largest = Math.max(largest, value);
    }
    const spread = largest - least;
    if (!(spread > SPREAD_MIN * Math.max(Math.abs(least), Math.abs(largest)))) {
      throw new TrainingError(`${what}: the feature ${name} is ${least} in every row that counts: leave it out.`);
    }
    if (spread >= SIZE_MIN) continue;
    throw new TrainingError(`${what}: the feature ${name} moves by less than ${SIZE_MIN}: give it in a smaller unit, or leave it out.`);
  }
}
