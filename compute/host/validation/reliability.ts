import { checkChoice, checkNumber } from '../statistics-input.ts';
import { at, checkLabels, checkProbabilities, weightsOf } from '../rows-input.ts';

/** Rows with about the same probability, and how often they came true. */
export interface ReliabilityBin {
  /** The least and the largest probability that fall in it; for `width`, of the bin itself. */
  readonly low: number;
  readonly high: number;
  /** However much each of them weighs. */
  readonly rows: number;
  readonly weight: number;
  /** Mean probability, and share of ones, by weight. */
  readonly predicted: number;
  readonly observed: number;
}

export interface Reliability {
  /** Those that hold weight, from low to high. */
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error: Σ weight · |observed − predicted| / Σ weight (Naeini, Cooper and Hauskrecht, 2015). */
  readonly expectedError: number;
  /** The largest |observed − predicted| of a bin. */
  readonly maximumError: number;
}

export type BinRule = 'width' | 'count';
const BINS = { min: 1, max: 1000, whole: true };

/** `width` cuts 0 to 1 into bins of one width, `count` into bins of about as many rows, whatever they weigh, never between equal probabilities. */
export function reliability(
  labels: Float64Array,
  probabilities: Float64Array,
  weights?: Float64Array,
  { bins = 10, rule = 'width' }: { readonly bins?: number; readonly rule?: BinRule } = {},
): Reliability {
  const what = 'reliability';
  checkNumber(what, 'bins', bins, BINS);
  checkChoice(what, 'rule', rule, ['width', 'count']);
  checkLabels(what, labels);
  checkProbabilities(what, probabilities, labels.length);
  const counted = weightsOf(what, labels.length, weights);
  const groups = rule === 'width' ? byWidth(probabilities, bins) : byCount(probabilities, bins);
  const filled = groups
    .map(({ rows, low, high }) => binOf(rows, low, high, labels, probabilities, counted))
    .filter(({ weight }) => weight > 0);
  const total = filled.reduce((sum, { weight }) => sum + weight, 0);
  const errors = filled.map(({ observed, predicted }) => Math.abs(observed - predicted));
  return {
    bins: filled,
    expectedError: filled.reduce((sum, { weight }, index) => sum + weight * at(errors, index), 0) / total,
    maximumError: Math.max(...errors),
  };
}

interface Group {
  readonly rows: number[];
  readonly low: number;
  readonly high: number;
}

/** A probability at an edge belongs to the bin above; 1 to the last. */
function byWidth(probabilities: Float64Array, bins: number): readonly Group[] {
  const groups: readonly Group[] = Array.from({ length: bins }, (_, bin) => ({ rows: [], low: bin / bins, high: (bin + 1) / bins }));
  for (const [row, probability] of probabilities.entries()) groups[binAt(probability, bins)]?.rows.push(row);
  return groups;
}

/** The product is rounded, so that it can name the bin beside (0.29 · 100 is below 29): the edges decide. */
function binAt(probability: number, bins: number): number {
  const near = Math.floor(probability * bins);
  const bin = probability < near / bins ? near - 1 : probability >= (near + 1) / bins ? near + 1 : near;
  return Math.min(bins - 1, bin);
}

function byCount(probabilities: Float64Array, bins: number): readonly Group[] {
  const order = Array.from(probabilities.keys()).sort((a, b) => at(probabilities, a) - at(probabilities, b));
  const groups: Group[] = [];
  let from = 0;
  for (let bin = 1; bin <= bins; bin += 1) {
    let to = Math.max(from, Math.round((bin * order.length) / bins));
    while (to > 0 && to < order.length && at(probabilities, at(order, to)) === at(probabilities, at(order, to - 1))) to += 1;
    if (to > from) {
      groups.push({
        rows: order.slice(from, to),
        low: at(probabilities, at(order, from)),
        high: at(probabilities, at(order, to - 1)),
      });
    }
    from = to;
  }
  return groups;
}

function binOf(
  rows: readonly number[],
  low: number,
  high: number,
  labels: Float64Array,
  probabilities: Float64Array,
  weights: Float64Array,
): ReliabilityBin {
  let [weight, predicted, observed] = [0, 0, 0];
  for (const row of rows) {
    weight += at(weights, row);
    predicted += at(weights, row) * at(probabilities, row);
    observed += at(weights, row) * at(labels, row);
  }
  return { low, high, rows: rows.length, weight, predicted: predicted / weight, observed: observed / weight };
}
