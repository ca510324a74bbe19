import { ParameterError } from '../errors.ts';
import { wholeShare, type CheckedParameters } from './parameters.ts';

/** Rows to learn from, as columns. */
export interface Samples {
  /** Of the features; each has a name of its own. */
  readonly names: readonly string[];
  /** One a feature, each with a value a row: finite, or not-a-number where it is missing. */
  readonly columns: readonly Float64Array[];
  /** 0 or 1 of `binary`, whole numbers from 0 of `multiclass`, finite numbers otherwise. */
  readonly target: Float64Array;
  /** Finite and not negative; only their proportions count. Rows of weight zero, or below 1e-300 of the largest, are left out. All are equal when absent. */
  readonly weights?: Float64Array;
}

/** Samples that a training can use. */
export interface CheckedSamples {
  readonly rows: number;
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
  readonly target: Float64Array;
  /** With a mean of one; `undefined` where all are equal. */
  readonly weights: Float64Array | undefined;
}

/** Counts of rows have to fit beside hessians: see `assembly/learning/pairs.ts`. */
export const ROWS_MAX = 4_000_000;
export const FEATURES_MAX = 4096;
export const NAME_BYTES_MAX = 256;
/** Gains are squares of targets, summed up, and stand in models as single precision: of these they stay finite. */
const TARGET_MAX = 1e15;
const WEIGHT_MAX = 1e12;
/** Less than this part of the largest weight is none: its share of the whole has no logarithm. */
const LIGHTEST = 1e-300;
/** Brings weights whose sum could have no inverse to where it has one, without a change to their digits. */
const LIFT = { below: 2 ** -500, by: 2 ** 500 };

/** Throws a RangeError that says what is wrong, where, and what to do. `what` is how the samples are called in it. */
export function checkSamples(what: string, samples: Samples, parameters: CheckedParameters): CheckedSamples {
  const { names, columns, target, weights } = samples;
  checkFeatureNames(what, names);
  checkShapes(what, samples);
  columns.forEach((column, index) => checkValues(`${what}: ${names[index]}`, column));
  checkTarget(what, target, parameters);
  if (weights === undefined) return { rows: target.length, names, columns, target, weights: undefined };
  checkWeights(what, weights);
  return withWeights(what, samples, weights);
}

/** What only rows to learn from must have: enough of them, and something to learn. */
export function checkLearnable(samples: CheckedSamples, parameters: CheckedParameters): void {
  checkSplittable(samples.rows, parameters);
  const { objective, classes } = parameters;
  if (objective === 'regression' || objective === 'quantile') return;
  const counts = new Float64Array(objective === 'multiclass' ? classes : 2);
  for (const value of samples.target) counts[value] = (counts[value] ?? 0) + 1;
  const absent = counts.indexOf(0);
  if (absent < 0) return;
  throw new RangeError(
    `Training: no row is of class ${absent}: a model cannot learn what it never sees. Give rows of it, or use fewer classes.`,
  );
}

/** Draws with replacement come by some rows twice, and by others never: what a tree sees is what it comes by in the mean. */
function checkSplittable(rows: number, { method, rowShare, leafSamplesMin }: CheckedParameters): void {
  const drawn = wholeShare(rowShare, rows);
  const seen = method === 'forest' ? rows * (1 - (1 - 1 / rows) ** drawn) : drawn;
  if (seen >= 2 * leafSamplesMin) return;
  const has = method === 'forest' ? `a tree draws about ${seen.toFixed(1)} different rows of ${rows}` : `a tree has ${drawn} rows`;
  throw new RangeError(
    `Training: ${has}, but one split needs ${2 * leafSamplesMin}, as leafSamplesMin is ${leafSamplesMin}: give more rows, or lower leafSamplesMin.`,
  );
}

/** Samples that are held out have the features of the others, in the same order. */
export function checkSameFeatures(samples: Samples, held: Samples): void {
  const different = samples.names.findIndex((name, index) => held.names[index] !== name);
  if (different < 0 && samples.names.length === held.names.length) return;
  throw new RangeError(
    `Held-out rows: the features are ${held.names.join(', ')}, but those of the training are ${samples.names.join(', ')}: give the same, in the same order.`,
  );
}

/** The direction of each feature. Throws a ParameterError for a name that is none. */
export function directionsOf(names: readonly string[], monotone: CheckedParameters['monotone']): Int8Array {
  const unknown = Object.keys(monotone).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new ParameterError('Training', `monotone.${unknown}`, monotone[unknown], `of a feature: ${names.join(', ')}`);
  return Int8Array.from(names, (name) => (Object.hasOwn(monotone, name) ? (monotone[name] ?? 0) : 0));
}

export function checkFeatureNames(what: string, names: readonly string[]): void {
  if (names.length === 0 || names.length > FEATURES_MAX)
    throw new RangeError(`${what}: ${names.length} features, but there must be 1 to ${FEATURES_MAX}.`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`${what}: two features are called ${twice}: give each a name of its own.`);
  const broken = names.find((name) => !name.isWellFormed());
  if (broken !== undefined)
    throw new RangeError(
      `${what}: a feature is called ${JSON.stringify(broken)}: it holds half a character, which no file can: give whole ones.`,
    );
  const long = names.find((name) => name === '' || new TextEncoder().encode(name).length > NAME_BYTES_MAX);
  if (long !== undefined)
    throw new RangeError(`${what}: a feature is called ${JSON.stringify(long)}: a name has 1 to ${NAME_BYTES_MAX} bytes of UTF-8.`);
}

function checkShapes(what: string, { names, columns, target, weights }: Samples): void {
  if (columns.length !== names.length)
    throw new RangeError(`${what}: ${columns.length} columns for ${names.length} names of features: give one column a name.`);
  const rows = target.length;
  if (rows === 0 || rows > ROWS_MAX) throw new RangeError(`${what}: ${rows} rows, but there must be 1 to ${ROWS_MAX}.`);
  const lengths = columns.map((column, index) => [names[index] ?? '', column.length] as const);
  if (weights !== undefined) lengths.push(['weights', weights.length]);
  const other = lengths.find(([, length]) => length !== rows);
  if (other !== undefined) throw new RangeError(`${what}: ${other[0]} has ${other[1]} values and the target ${rows}: give one a row.`);
}

function checkValues(what: string, column: Float64Array): void {
  for (let row = 0; row < column.length; row += 1) {
    const value = column[row] ?? Number.NaN;
    if (value === Infinity || value === -Infinity)
      throw new RangeError(`${what} of row ${row} is ${value}: give a finite number, or NaN where the value is missing.`);
  }
}

function checkTarget(what: string, target: Float64Array, { objective, classes }: CheckedParameters): void {
  const isClass = objective === 'binary' || objective === 'multiclass';
  const count = objective === 'multiclass' ? classes : 2;
  for (let row = 0; row < target.length; row += 1) {
    const value = target[row] ?? Number.NaN;
    if (isClass ? Number.isInteger(value) && value >= 0 && value < count : Math.abs(value) <= TARGET_MAX) continue;
    const allowed = isClass ? `a class from 0 to ${count - 1}` : `a number of at most ${TARGET_MAX} either way`;
    throw new RangeError(`${what}: the target of row ${row} is ${value}, but must be ${allowed}: leave rows without one out.`);
  }
}

function checkWeights(what: string, weights: Float64Array): void {
  for (let row = 0; row < weights.length; row += 1) {
    const value = weights[row] ?? Number.NaN;
    if (value >= 0 && value <= WEIGHT_MAX) continue;
    throw new RangeError(`${what}: the weight of row ${row} is ${value}, but must be a number from 0 to ${WEIGHT_MAX}.`);
  }
}

function withWeights(what: string, { names, columns, target }: Samples, weights: Float64Array): CheckedSamples {
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  if (largest === 0) throw new RangeError(`${what}: all weights are zero: give a row that counts.`);
  const lift = largest < LIFT.below ? LIFT.by : 1;
  const isKept = (_: number, row: number): boolean => (weights[row] ?? 0) / largest >= LIGHTEST;
  const kept = weights.filter(isKept).map((weight) => weight * lift);
  const rows = kept.length;
  const isWhole = rows === weights.length;
  const isEqual = kept.every((weight) => weight === kept[0]);
  const scale = rows / kept.reduce((sum, weight) => sum + weight, 0);
  return {
    rows,
    names,
    columns: isWhole ? columns : columns.map((column) => column.filter(isKept)),
    target: isWhole ? target : target.filter(isKept),
    weights: isEqual ? undefined : kept.map((weight) => weight * scale),
  };
}
