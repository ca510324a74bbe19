import type { Matrix } from '../statistics-matrix.ts';
import { at, checkLength } from '../rows-input.ts';

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

/** Data that nothing can be learnt from: says which feature, row or class, and what to do. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
}

export const ROWS_MIN = 10;
const ROWS_OF_CLASS_MIN = 2;
const FEATURES_MAX = 10_000;
/** Squares of larger ones would leave too little room for sums. */
const VALUE_MAX = 1e100;
/** A feature whose values differ by less, in parts of their size, is a constant with rounding. */
const SPREAD_MIN = 1e-12;

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
  const { rows, columns, values } = x;
  if (columns !== features.length || values.length !== rows * columns || columns < 1 || columns > FEATURES_MAX) {
    const shape = `${features.length} names for ${rows} rows of ${columns} columns with ${values.length} values`;
    throw new TrainingError(`${what}: ${shape}: give from 1 to ${FEATURES_MAX} features, a name a column, and all values row by row.`);
  }
  const twice = features.find((name, index) => features.indexOf(name) !== index);
  if (twice !== undefined) throw new TrainingError(`${what}: the feature ${twice} is there twice: leave one out.`);
  for (let index = 0; index < values.length; index += 1) {
    if (Math.abs(at(values, index)) <= VALUE_MAX) continue;
    throw badValue(what, { features, x }, index);
  }
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

function trainingWeights(what: string, rows: number, weights: Float64Array | undefined): Float64Array {
  if (weights === undefined) return new Float64Array(rows).fill(1);
  checkLength(what, 'weights', weights, rows);
  const wrong = weights.findIndex((weight) => !(weight >= 0 && weight <= VALUE_MAX));
  if (wrong >= 0) throw new TrainingError(`${what}: weights[${wrong}] is ${weights[wrong]}, but a weight is a number of at least 0.`);
  const counting = weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
  if (counting >= ROWS_MIN) return weights;
  throw new TrainingError(`${what}: only ${counting} rows have a weight above 0: at least ${ROWS_MIN} must count.`);
}

function checkClasses(what: string, y: Float64Array, weights: Float64Array): void {
  const counts = [0, 0];
  for (let row = 0; row < y.length; row += 1) {
    const label = at(y, row);
    if (label !== 0 && label !== 1) throw new TrainingError(`${what}: y[${row}] is ${label}, but a label of two classes is 0 or 1.`);
    if (at(weights, row) > 0) counts[label] = at(counts, label) + 1;
  }
  for (const [label, count] of counts.entries()) {
    if (count >= ROWS_OF_CLASS_MIN) continue;
    const found = count === 0 ? `no row is of class ${label}` : `only ${count} row is of class ${label}`;
    throw new TrainingError(
      `${what}: ${found}: at least ${ROWS_OF_CLASS_MIN} of each class must count, or there is nothing to tell apart.`,
    );
  }
}

function checkValues(what: string, y: Float64Array): void {
  const wrong = y.findIndex((value) => !(Math.abs(value) <= VALUE_MAX));
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
    if (largest - least > SPREAD_MIN * Math.max(Math.abs(least), Math.abs(largest))) continue;
    throw new TrainingError(`${what}: the feature ${name} is ${least} in every row that counts: leave it out.`);
  }
}
