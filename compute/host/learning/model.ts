import { exponential } from '../models/exponential.ts';
import { sigmoid } from '../models/sigmoid.ts';
import type { Method, Objective } from './parameters.ts';

/** In `features`: a leaf; of splits the highest bit says that missing values go left, and the others are the feature. */
export const LEAF = 0xffff;
export const MISSING_LEFT = 0x8000;
export const FEATURE_BITS = 0x7fff;
/** Of all trees together. */
export const NODES_MAX = 16_000_000;

/**
 * Trees that add up to a score. Nodes of all trees stand one after another: of each tree the root first, then level by level, children side
 * by side. The k-th split of a tree, from 0, has its children at 1 + 2k and 2 + 2k.
 */
export interface TreeModel {
  readonly method: Method;
  readonly objective: Objective;
  /** Of a quantile model; 0.5 of others, without a meaning. */
  readonly quantile: number;
  readonly names: readonly string[];
  /** One an output; tree t belongs to output t mod the number of outputs. */
  readonly baseScores: Float64Array;
  /** Where each tree begins, and where the last one ends. */
  readonly roots: Uint32Array;
  readonly features: Uint16Array;
  /** Thresholds of splits: a value that is at most as large goes left. Values of leaves. */
  readonly values: Float64Array;
  /** Rows of the training that came by. */
  readonly counts: Uint32Array;
  /** Loss that each split took away; 0 of leaves. */
  readonly gains: Float32Array;
  /** Where the left child stands, the right one behind it. Follows from `features`. */
  readonly lefts: Uint32Array;
}

/** Where the left child of each node stands; 0 of leaves. */
export function leftsOf(features: Uint16Array, roots: Uint32Array): Uint32Array {
  const lefts = new Uint32Array(features.length);
  for (let tree = 0; tree + 1 < roots.length; tree += 1) {
    const root = roots[tree] ?? 0;
    let next = root + 1;
    for (let node = root; node < (roots[tree + 1] ?? 0); node += 1) {
      if (features[node] === LEAF) continue;
      lefts[node] = next;
      next += 2;
    }
  }
  return lefts;
}

/** Throws a RangeError for rows of another length and for infinite values. */
export function checkRow(model: TreeModel, row: ArrayLike<number>): void {
  const { names } = model;
  if (row.length !== names.length)
    throw new RangeError(`Model: the row has ${row.length} values and the model ${names.length} features: ${names.join(', ')}.`);
  for (let feature = 0; feature < row.length; feature += 1) {
    const value = row[feature];
    if (value === Infinity || value === -Infinity)
      throw new RangeError(`Model: ${names[feature]} is ${value}: give a finite number, or NaN where the value is missing.`);
  }
}

/** Whether a split sends a value to its left child. */
export function goesLeft(code: number, threshold: number, value: number): boolean {
  return value <= threshold || (value !== value && code >= MISSING_LEFT);
}

function leafOf({ features, values, lefts }: TreeModel, root: number, row: ArrayLike<number>): number {
  let node = root;
  for (let code = features[node] ?? LEAF; code !== LEAF; code = features[node] ?? LEAF) {
    const value = row[code & FEATURE_BITS] ?? Number.NaN;
    node = (lefts[node] ?? 0) + (goesLeft(code, values[node] ?? Number.NaN, value) ? 0 : 1);
  }
  return node;
}

/**
 * One score an output: log odds, one logarithm a class, or what is predicted itself. `row` has a value a feature, not-a-number where it is
 * missing. Throws a RangeError for rows of another length and for infinite values.
 */
export function scoresOf(model: TreeModel, row: ArrayLike<number>): Float64Array {
  checkRow(model, row);
  const { roots, values, baseScores } = model;
  const outputs = baseScores.length;
  const scores = Float64Array.from(baseScores);
  for (let tree = 0; tree + 1 < roots.length; tree += 1) {
    const leaf = leafOf(model, roots[tree] ?? 0, row);
    scores[tree % outputs] = (scores[tree % outputs] ?? 0) + (values[leaf] ?? Number.NaN);
  }
  return scores;
}

/** What the scores of one row say: the probability of class 1, of each class, or the predicted value. */
export function predictionOf({ objective, method }: TreeModel, scores: Float64Array): Float64Array {
  const score = scores[0] ?? Number.NaN;
  if (objective === 'multiclass') return softmax(scores);
  if (objective !== 'binary') return scores.slice();
  // The leaves of a forest hold shares already; their sum may pass 0 or 1 by its rounding.
  return Float64Array.of(method === 'forest' ? Math.min(1, Math.max(0, score)) : sigmoid(score));
}

function softmax(scores: Float64Array): Float64Array {
  const top = Math.max(...scores);
  const powers = scores.map((score) => exponential(score - top));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** {@link predictionOf} the {@link scoresOf} a row. */
export function predictRow(model: TreeModel, row: ArrayLike<number>): Float64Array {
  return predictionOf(model, scoresOf(model, row));
}

/** By feature: its part of all loss that splits took away. All are 0 of a model without a split. */
export function importancesOf({ names, features, gains }: TreeModel): Float64Array {
  const sums = new Float64Array(names.length);
  features.forEach((code, node) => {
    if (code !== LEAF) sums[code & FEATURE_BITS] = (sums[code & FEATURE_BITS] ?? 0) + (gains[node] ?? 0);
  });
  const total = sums.reduce((sum, gain) => sum + gain, 0);
  return total > 0 ? sums.map((gain) => gain / total) : sums;
}
